"""Whatever object a push brings, and however it hides a mark, it is read; what can't be read is never clean."""

from __future__ import annotations

import json
import re
from pathlib import Path

import git
import pytest

from conftest import CLAUDE, SHARE_LINK, TRAILER, Work, bare, cloned
from ringfence.git.objects import OVERLAP, WINDOW
from ringfence.setup import client_hooks
from server.conftest import (
    AGENT,
    API_ID,
    HUMAN,
    SESSION,
    blob,
    brought,
    hook,
    judged,
    line,
    marks,
    packed,
    raw_commit,
    raw_push,
    raw_tag,
    refs,
    refused,
)  # fmt: skip

ADDRESS = ["anthropic-claude-code-address"]
FOOT = TRAILER.encode()


# --- files ---


def test_a_file_that_the_server_has_is_refused_under_a_marked_name(clone: Work) -> None:
    """The blob is known to the server, and its new path is the mark."""
    clone.commit("Add notes", files={"notes.jsonl": "{}\n"})
    clone.did("push", "-q", "origin", "main")
    (clone.path / ".claude/projects/x").mkdir(parents=True)
    clone.did("mv", "notes.jsonl", ".claude/projects/x/y.jsonl")
    clone.commit("Move notes")
    said = clone.git("push", "origin", "main")
    assert "anthropic-claude-code-session-log" in marks(refused(said, "  commit ", ", .claude/projects/x/y.jsonl"))


def test_a_weakly_marked_name_warns_and_passes(clone: Work) -> None:
    """A weak marker leads to a warning with exit code 0 under the default policy."""
    clone.commit("Add notes", files={"notes.md": "Be brief.\n"})
    clone.did("push", "-q", "origin", "main")
    clone.did("mv", "notes.md", "CLAUDE.md")
    clone.commit("Move notes")
    said = clone.git("push", "origin", "main")
    assert said
    assert "ringfence pre-receive: allowed, with 1 warning (training-data)" in said.out
    assert marks(said) == ["anthropic-claude-code-config"]


def test_a_marked_file_is_refused_with_its_line(clone: Work) -> None:
    commit = clone.commit("Add rows", files={"rows.jsonl": f'{{}}\n{{"id": "{API_ID}"}}\n'})
    said = refused(clone.git("push", "origin", "main"), f"commit {commit[:12]}, rows.jsonl, line 2", API_ID)
    assert marks(said) == ["anthropic-api-message-id"]


def test_a_mark_in_a_commit_that_a_later_one_takes_out_again_is_refused(clone: Work) -> None:
    bad = clone.commit("Add rows", files={"rows.jsonl": API_ID})
    clone.commit("Take rows out", files={"rows.jsonl": "{}\n"})
    refused(clone.git("push", "origin", "main"), bad[:12])


@pytest.mark.parametrize(
    "data",
    [
        API_ID.encode("utf-16"),
        b"\xfe\xff" + API_ID.encode("utf-16-be"),
        f"id,text\n1,{API_ID}\n".encode("utf-16-le"),
        f"id,text\n1,{API_ID}\n".encode("utf-16-be"),
        API_ID.encode("utf-32"),
        b"\xef\xbb\xbf" + API_ID.encode(),
        b"\x00\x01\x02" + API_ID.encode() + b"\xff\xfe\x00",
        "行\n".encode("utf-16") * 1 + f"{'行' * 5000}\n{API_ID}\n".encode("utf-16-le"),
    ],
    ids=["utf-16", "utf-16-be", "le-bare", "be-bare", "utf-32", "utf-8-bom", "binary", "wide"],
)
def test_a_mark_in_a_file_of_another_encoding_is_found(clone: Work, server: Work, data: bytes) -> None:
    """UTF-16 and UTF-32, with and without a byte order mark, and binary content around a mark don't hide it."""
    clone.commit("Add rows", files={"rows": data})
    assert marks(judged(clone, server)) == ["anthropic-api-message-id"]


@pytest.mark.parametrize(
    "start",
    [b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"a\x00" * 3000, b"\x00a" * 3000],
    ids=["le", "be", "32-le", "32-be", "le-start", "be-start"],
)
def test_a_file_that_only_begins_like_wide_text_hides_nothing(clone: Work, server: Work, start: bytes) -> None:
    """A misleading byte order mark or a wide beginning doesn't keep the rest from being scanned as ASCII."""
    clone.commit("Add rows", files={"rows": start + f'\n{{"id": "{API_ID}"}}\n'.encode()})
    assert marks(judged(clone, server)) == ["anthropic-api-message-id"]


def test_a_mark_behind_twenty_mebibytes_is_found_on_its_line(clone: Work) -> None:
    row = "x" * 63 + "\n"
    clone.commit("Add rows", files={"rows.txt": row * (20 << 14) + API_ID + "\n"})
    refused(clone.git("push", "origin", "main"), f"rows.txt, line {(20 << 14) + 1}")


@pytest.mark.parametrize(
    "start",
    [WINDOW - 10, WINDOW - OVERLAP // 2 - 10, WINDOW - OVERLAP // 2, WINDOW - OVERLAP - 10, WINDOW - OVERLAP, WINDOW],
)
def test_a_mark_across_the_seam_of_two_windows_counts_once(clone: Work, server: Work, start: int) -> None:
    rows = b"." * 63 + b"\n"
    before = (rows * (start // 64 + 1))[: start - 1] + b" "
    clone.commit("Add rows", files={"rows.txt": before + API_ID.encode() + b" \n" + rows * 2000})
    said = judged(clone, server)
    assert marks(said) == ["anthropic-api-message-id"]
    assert "times" not in said.out
    number = before.count(b"\n") + 1
    assert f"rows.txt, line {number}\n" in said.out


def test_a_mark_at_a_seam_of_wide_text_of_two_scripts_is_found_once(clone: Work, server: Work) -> None:
    """Wide letters become three bytes, plain ones one: what two windows share has another measure than the windows."""
    wide, plain = "行" * 63 + "\n", "." * 63 + "\n"
    units = WINDOW // 2
    seam = units - OVERLAP // 2 // 2  # the middle of what the windows share, in letters
    first = wide * ((units - OVERLAP) // 64)
    between = (plain * 2000)[: seam - len(first) - 10]
    text = first + between + f" {API_ID} " + plain * 2000 + wide * 100_000
    clone.commit("Add rows", files={"rows.txt": b"\xff\xfe" + text.encode("utf-16-le")})
    said = judged(clone, server)
    assert marks(said) == ["anthropic-api-message-id"]
    assert "times" not in said.out


CONTAINERS = {
    "gzip": (b"\x1f\x8b\x08\x00rest", "damaged (truncated)"),
    "zip": (b"PK\x03\x04rest", "zip: damaged (File is not a zip file)"),
    "7z": (b"7z\xbc\xaf\x27\x1crest", "7z: no decoder for this format"),
    "ORC": (b"ORC\x00rest", "ORC: no decoder for this format"),
}


@pytest.mark.parametrize("name", sorted(CONTAINERS))
def test_a_container_is_unread_and_refused_as_incomplete(clone: Work, server: Work, name: str) -> None:
    """A format that can't be opened exits 3 and is listed with its reason, never passed as clean."""
    data, reason = CONTAINERS[name]
    clone.commit("Add rows", files={"rows.bin": data})
    said = judged(clone, server)
    assert said.status == 3
    assert said.out == (
        "ringfence pre-receive: refused as incomplete, 1 item could not be read (training-data)\n"
        "  unread:\n"
        f"    rows.bin: {reason}\n"
        "  Next: commit it in a readable format, or keep it elsewhere.\n"
        "  If this is wrong or allowed, ask the policy's owner.\n"
    )


POINTERS = {
    "v1": "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12\n",
    "hawser": "version https://hawser.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12\n",
    "xet": "version https://git-lfs.github.com/spec/v1\next-0-x sha256:" + "1" * 64 + "\noid sha256:" + "0" * 64
    + "\nsize 12\nxet-hash " + "2" * 64 + "\n",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(POINTERS))
def test_a_pointer_to_large_file_storage_is_unread(clone: Work, server: Work, name: str) -> None:
    """The content behind a Git LFS pointer isn't in git, so that the push is incomplete."""
    clone.commit("Add rows", files={"rows.csv": POINTERS[name]})
    said = judged(clone, server)
    assert said.status == 3
    assert "rows.csv: Git LFS pointer: the content is neither in git nor in a local store" in said.out


def test_an_incomplete_push_is_refused_at_the_client_too(clone: Work, server: Work) -> None:
    clone.commit("Add rows", files={"rows.gz": CONTAINERS["gzip"][0]})
    said = clone.git("push", "origin", "main")
    assert not said
    assert "ringfence pre-receive: refused as incomplete" in said.out
    assert "refs/heads/main" in refs(server)


def test_what_is_unread_passes_with_a_warning_where_the_tag_says_so(clone: Work, policy) -> None:
    policy('[tag.images]\nunread = "warn"\n[[repository]]\nmatch = ["*"]\ntags = ["images"]')
    Work(clone.path.parent / "server.git").did("config", "--unset-all", "ringfence.tag")
    clone.commit("Add rows", files={"rows.gz": CONTAINERS["gzip"][0]})
    said = clone.git("push", "origin", "main")
    assert said
    assert "ringfence pre-receive: incomplete, 1 item could not be read (images)" in said.out


def test_a_mark_in_the_open_part_of_a_container_is_found(clone: Work, server: Work) -> None:
    clone.commit("Add rows", files={"rows.zip": CONTAINERS["zip"][0] + f" {API_ID} ".encode()})
    said = judged(clone, server)
    assert said.status == 1
    assert marks(said) == ["anthropic-api-message-id"]


@pytest.mark.parametrize("text", ["ORCID of the authors: none\n", "ORCHARD\n", "BZhang wrote this\n"])
def test_text_that_begins_with_a_containers_letters_passes(clone: Work, server: Work, text: str) -> None:
    clone.commit("Add authors", files={"AUTHORS": text})
    assert judged(clone, server).out == ""


def test_a_link_is_judged_by_its_name(clone: Work, server: Work) -> None:
    (clone.path / ".claude/projects/x").mkdir(parents=True)
    (clone.path / ".claude/projects/x/y.jsonl").symlink_to("../../../README.md")
    clone.commit("Link")
    said = judged(clone, server)
    assert said.status == 1, said.out
    assert "anthropic-claude-code-session-log" in marks(said)


def test_a_link_is_judged_by_where_it_points(clone: Work, server: Work) -> None:
    (clone.path / "link").symlink_to(SHARE_LINK)
    clone.commit("Link")
    assert judged(clone, server).status == 1


def test_a_link_into_an_annex_is_unread(clone: Work, server: Work) -> None:
    """A link into .git/annex/objects is reported as content that isn't in git."""
    (clone.path / "rows").symlink_to(".git/annex/objects/KG/gX/SHA256E-s12--0.csv/SHA256E-s12--0.csv")
    clone.commit("Link")
    assert "rows: git-annex pointer: the content is neither in git nor in a local store" in judged(clone, server).out


def test_a_submodule_at_a_marked_place_is_refused(clone: Work, server: Work) -> None:
    clone.did("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},.claude/projects/x/y.jsonl")
    clone.did("commit", "-q", "-m", "Add models")
    said = judged(clone, server)
    assert said.status == 1, said.out
    assert "anthropic-claude-code-session-log" in marks(said)


def test_a_path_with_line_ends_and_bytes_that_are_no_utf_8_is_named_harmless(clone: Work, server: Work) -> None:
    """Newlines, escape sequences and runner commands in a path are escaped in the report."""
    entry = b"100644 blob " + blob(clone, API_ID).encode() + b"\ta\n\x1b[2J\xff::error::x\0"
    tree = clone.did("mktree", "-z", stdin=entry)
    said = judged(clone, server, raw_commit(clone, tree=tree))
    assert marks(said) == ["anthropic-api-message-id"]
    assert "a\\n\\x1b[2J\\xff::error::x, line 1\n" in said.out


# --- tags, and refs to what is no commit ---


def test_a_marked_tag_of_an_old_commit_is_refused(clone: Work) -> None:
    """The message of an annotated tag is judged although its commit was accepted."""
    clone.did("tag", "-a", "v1", "-m", f"Release\n\n{TRAILER}", "main")
    assert marks(refused(clone.git("push", "origin", "v1"), "message, line 3")) == ADDRESS


def test_a_clean_tag_of_an_old_commit_passes(clone: Work) -> None:
    """An annotated tag brings no commits, and its clean message passes."""
    clone.did("tag", "-a", "v1", "-m", "Release", "main")
    assert clone.git("push", "origin", "v1")


def test_a_marked_tagger_is_refused(clone: Work) -> None:
    """The tagger of an annotated tag is judged like an author."""
    tag = raw_tag(clone, clone.did("rev-parse", "main"), tagger=CLAUDE.encode())
    assert marks(refused(clone.git("push", "origin", f"{tag}:refs/tags/v1"), "tagger")) == ADDRESS


def test_a_marked_tag_behind_clean_tags_is_refused(clone: Work) -> None:
    """A tag of a tag of a tag is followed, and each message is judged."""
    inner = raw_tag(clone, clone.did("rev-parse", "main"), message=b"Inner\n\n" + FOOT)
    outer = raw_tag(clone, raw_tag(clone, inner, "tag"), "tag")
    assert marks(refused(clone.git("push", "origin", f"{outer}:refs/tags/v1"), inner[:12])) == ADDRESS


def test_a_tag_brings_the_commits_that_no_branch_has(clone: Work) -> None:
    """A commit that only a nested tag reaches is new."""
    bad = clone.commit(f"Second\n\n{TRAILER}")
    outer = raw_tag(clone, raw_tag(clone, bad), "tag")
    refused(clone.git("push", "origin", f"{outer}:refs/tags/v1"), bad[:12])


@pytest.mark.parametrize("tagged", [False, True], ids=["lightweight", "tag"])
def test_a_marked_file_without_a_commit_is_refused(clone: Work, tagged: bool) -> None:
    """A tag can point at a blob that is in no commit, and its content is scanned."""
    oid = blob(clone, API_ID)
    oid = raw_tag(clone, oid, "blob") if tagged else oid
    said = clone.git("push", "origin", f"{oid}:refs/tags/v1")
    assert marks(refused(said, "refs/tags/v1, line 1")) == ["anthropic-api-message-id"]


@pytest.mark.parametrize("tagged", [False, True], ids=["lightweight", "tag"])
def test_a_marked_tree_without_a_commit_is_refused(clone: Work, tagged: bool) -> None:
    """A tag can point at a tree that is in no commit, and every file below it is scanned."""
    inner = clone.did("mktree", stdin=f"100644 blob {blob(clone, API_ID)}\trows.txt\n".encode())
    oid = clone.did("mktree", stdin=f"040000 tree {inner}\tdata\n".encode())
    oid = raw_tag(clone, oid, "tree") if tagged else oid
    said = clone.git("push", "origin", f"{oid}:refs/tags/v1")
    assert marks(refused(said, "data/rows.txt, line 1")) == ["anthropic-api-message-id"]


@pytest.mark.parametrize("kind", ["blob", "tree", "tag"])
def test_a_clean_object_without_a_commit_passes(clone: Work, kind: str) -> None:
    """A clean blob, tree or tag of a blob under any ref is no error."""
    oid = {
        "blob": lambda: blob(clone, "clean\n"),
        "tree": lambda: clone.did("rev-parse", "HEAD^{tree}"),
        "tag": lambda: raw_tag(clone, blob(clone, "clean\n"), "blob"),
    }[kind]()
    assert clone.git("push", "origin", f"{oid}:refs/x/{kind}")


def test_two_marked_files_without_a_commit_are_both_named(clone: Work) -> None:
    """Each of two blobs is reported under the ref that brings it."""
    one, two = blob(clone, API_ID), blob(clone, f"{API_ID}\n")
    said = clone.git("push", "origin", f"{one}:refs/tags/one", f"{two}:refs/tags/two")
    refused(said, "refs/tags/one, line 1", "refs/tags/two, line 1")


GIT_AI = {
    "sessions": {"sessions": {"s1": {"agent_id": {"tool": "claude", "id": "x", "model": "m"}, "human_author": "Ann"}}},
    "prompts": {"prompts": {"p1": {"agent_id": {"id": "x", "tool": "claude", "model": "m"}, "messages": []}}},
}


@pytest.mark.parametrize("schema", sorted(GIT_AI))
def test_a_note_of_git_ai_that_names_an_agent_is_refused(clone: Work, schema: str) -> None:
    """git-ai's notes name the tool of each session, in every schema that it has written."""
    note = "rows.txt\n  p1 1-2\n---\n" + json.dumps({"schema_version": "authorship/3.0.0", **GIT_AI[schema]}, indent=2)
    clone.did("notes", "--ref", "ai", "add", "-m", note, "main")
    said = refused(clone.git("push", "origin", "refs/notes/ai"))
    assert marks(said) == ["anthropic-claude-code-note", "git-ai-notes-ref"]


def test_a_note_of_git_ai_that_names_nobody_passes(clone: Work) -> None:
    """A git-ai note without an agent is clean under the same ref."""
    note = '---\n{"schema_version": "authorship/3.0.0", "prompts": {}, "sessions": {}}'
    clone.did("notes", "--ref", "ai", "add", "-m", note, "main")
    assert clone.git("push", "origin", "refs/notes/ai")


def test_the_words_of_a_note_in_a_file_that_is_none_pass(clone: Work) -> None:
    clone.commit("Document notes", files={"docs/notes.json": json.dumps(GIT_AI["sessions"])})
    assert clone.git("push", "origin", "main")


def test_a_mark_in_any_note_is_refused(clone: Work) -> None:
    """The text of git notes under any ref is scanned."""
    clone.did("notes", "add", "-m", f"See {SHARE_LINK}", "main")
    refused(clone.git("push", "origin", "refs/notes/*"))


# --- merges ---


def diverged(work: Work, *names: str) -> None:
    """Make clean branches off main, each with a file of its own, and go back to main with another commit."""
    for name in names:
        work.did("switch", "-q", "-c", name, "main")
        work.commit(f"Add {name}", files={f"{name}.txt": f"{name}\n"})
    work.did("switch", "-q", "main")
    work.commit("Go on", files={"main.txt": "main\n"})


def test_what_only_a_merge_brings_is_refused(clone: Work) -> None:
    """A file that is in neither parent is new in the merge commit."""
    diverged(clone, "side")
    clone.did("merge", "-q", "--no-ff", "--no-commit", "side")
    merge = clone.commit("Merge side", files={"evil.txt": API_ID})
    said = clone.git("push", "origin", "main")
    assert marks(refused(said, f"commit {merge[:12]}, evil.txt, line 1")) == ["anthropic-api-message-id"]


def test_what_a_merge_changes_in_a_file_of_both_sides_is_refused(clone: Work) -> None:
    """A merge can change a file that both sides have, and that change is judged."""
    diverged(clone, "side")
    clone.did("merge", "-q", "--no-ff", "--no-commit", "side")
    clone.commit("Merge side", files={"side.txt": API_ID})
    refused(clone.git("push", "origin", "main"), "side.txt, line 1")


def test_an_octopus_that_brings_something_of_its_own_is_refused(clone: Work) -> None:
    """A file that is in none of four parents is new in the merge commit."""
    diverged(clone, "one", "two", "three")
    parents = clone.did("rev-parse", "main", "one", "two", "three").split()
    clone.commit("Evil", files={"evil.txt": API_ID})
    tree = clone.did("rev-parse", "HEAD^{tree}")
    octopus = raw_commit(clone, b"Merge all\n", parents=tuple(parents), tree=tree)
    said = clone.git("push", "origin", f"{octopus}:refs/heads/main")
    assert marks(refused(said, f"commit {octopus[:12]}, evil.txt")) == ["anthropic-api-message-id"]


def test_a_merge_is_judged_by_its_message_too(clone: Work) -> None:
    """A trailer in the message of a merge refuses it although its content is clean."""
    diverged(clone, "side")
    clone.did("merge", "-q", "--no-ff", "-m", f"Merge side\n\n{TRAILER}", "side")
    refused(clone.git("push", "origin", "main"), "message, line 3")


def test_a_clean_octopus_passes(clone: Work) -> None:
    """A merge of three clean branches is no finding."""
    diverged(clone, "one", "two")
    clone.did("merge", "-q", "one", "two")
    assert clone.git("push", "origin", "main")


def test_a_marked_root_commit_is_refused(clone: Work) -> None:
    """A commit without a parent is compared with nothing, and all of its files are new."""
    clone.did("switch", "-q", "--orphan", "other")
    root = clone.commit("Begin again", files={"rows.txt": API_ID})
    refused(clone.git("push", "origin", "other"), f"commit {root[:12]}, rows.txt, line 1")


def test_the_first_push_to_an_empty_server_is_checked(tmp_path: Path) -> None:
    """A server without refs has accepted nothing, so that every commit is new."""
    server = bare(tmp_path / "empty.git", "training-data")
    work = cloned(server, tmp_path / "work")
    work.commit(f"First\n\n{TRAILER}")
    refused(work.git("push", "origin", "main"))


def test_a_merge_that_pulls_a_marked_branch_is_refused(clone: Work) -> None:
    """A marked commit on the second parent's side is reached and named."""
    diverged(clone, "side")
    clone.did("switch", "-q", "side")
    bad = clone.commit(f"Second\n\n{TRAILER}")
    clone.did("switch", "-q", "main")
    clone.did("merge", "-q", "--no-ff", "-m", "Merge side", "side")
    refused(clone.git("push", "origin", "main"), bad[:12])


# --- what git already has, hides or shows otherwise ---


def test_objects_that_a_refused_push_left_behind_are_new(clone: Work, server: Work) -> None:
    """An object that is in the store without a ref was never accepted."""
    clone.commit(f"Add rows\n\n{TRAILER}", files={"rows.txt": API_ID})
    gate, update = server.path / "hooks/pre-receive", server.path / "hooks/update"
    gate.rename(server.path / "kept")
    update.write_text("#!/bin/sh\nexit 1\n")
    update.chmod(0o755)
    assert "hook declined" in clone.git("push", "origin", "main").out
    server.did("cat-file", "-e", clone.did("rev-parse", "HEAD"))  # the objects stayed
    update.unlink()
    (server.path / "kept").rename(gate)
    said = clone.git("push", "origin", "main")
    assert sorted(marks(refused(said))) == ["anthropic-api-message-id", "anthropic-claude-code-address"]


def test_commits_behind_an_alternate_are_new(clone: Work, server: Work, tmp_path: Path) -> None:
    """An object that the server borrows from a fork's store was never accepted in this repository."""
    fork = bare(tmp_path / "fork.git")
    clone.commit(f"Add rows\n\n{TRAILER}")
    clone.did("push", "-q", str(fork.path), "main")
    (server.path / "objects/info").mkdir(exist_ok=True)
    (server.path / "objects/info/alternates").write_text(f"{fork.path}/objects\n")
    refused(clone.git("push", "origin", "main"))


@pytest.mark.parametrize("setting", ["transfer.hideRefs", "receive.hideRefs"])
def test_commits_that_only_a_hidden_ref_has_are_new(clone: Work, server: Work, setting: str) -> None:
    """Refs that the server hides don't count as accepted history."""
    bad = clone.commit(f"Add rows\n\n{TRAILER}")
    brought(clone, server, "HEAD")
    server.did("update-ref", "refs/keep-around/x", bad)
    server.did("config", setting, "refs/keep-around")
    refused(clone.git("push", "origin", "main"), bad[:12])


def test_a_commit_of_a_branch_that_is_not_covered_counts_when_it_reaches_one_that_is(clone: Work) -> None:
    """What an untagged branch took in is new to the tagged branch."""
    server = bare(clone.path.parent / "zoned.git")
    clone.did("push", "-q", str(server.path), "main")
    clone.did("switch", "-q", "-c", "data")
    clone.commit("Tag this branch", files={"ringfence.toml": 'version = 1\ntags = ["eval"]\n'})
    clone.did("push", "-q", str(server.path), "data")
    bad = clone.commit(f"Add rows\n\n{TRAILER}")
    clone.did("push", "-q", str(server.path), f"{bad}:refs/heads/dev")  # a new branch: main has no tag
    refused(clone.git("push", str(server.path), "data"), bad[:12])


def test_a_replacement_that_was_pushed_before_hides_nothing(clone: Work) -> None:
    """refs/replace on the server doesn't put a clean commit in the place of the marked one."""
    bad = clone.commit(f"Add rows\n\n{TRAILER}")
    clean = raw_commit(clone, b"Add rows\n", parents=(clone.did("rev-parse", "HEAD~1"),))
    clone.did("push", "-q", "origin", f"{clean}:refs/replace/{bad}")
    refused(clone.git("push", "origin", "main"), bad[:12])


def test_a_replaced_file_hides_nothing(clone: Work, server: Work) -> None:
    """refs/replace on the server doesn't put a clean blob in the place of the marked one."""
    clone.commit("Add rows", files={"rows.txt": API_ID})
    clean = blob(clone, "clean\n")
    clone.did("push", "-q", "origin", f"{clean}:refs/replace/{clone.did('rev-parse', 'HEAD:rows.txt')}")
    refused(clone.git("push", "origin", "main"), "rows.txt, line 1")


def test_a_graft_hides_nothing(clone: Work, server: Work) -> None:
    """info/grafts on the server doesn't skip a marked parent."""
    root = clone.did("rev-parse", "HEAD")
    bad = clone.commit(f"Add rows\n\n{TRAILER}")
    tip = clone.commit("Go on")
    (server.path / "info").mkdir(exist_ok=True)
    (server.path / "info/grafts").write_text(f"{tip} {root}\n")
    said = judged(clone, server)
    assert marks(said) == ADDRESS
    assert bad[:12] in said.out


def test_a_mail_map_renames_nobody(clone: Work) -> None:
    """A .mailmap that maps an agent's address to a person doesn't change who is judged."""
    mapped = "Ann Example <ann@example.org> <noreply@anthropic.com>\n"
    clone.commit("Map names", files={".mailmap": mapped})
    clone.did("push", "-q", "origin", "main")
    clone.commit("Add rows", **AGENT)
    assert marks(refused(clone.git("push", "origin", "main"), f"{CLAUDE}")) == ADDRESS


@pytest.mark.parametrize("limit", ["1", "10000"])
@pytest.mark.parametrize("thin", ["--thin", "--no-thin"])
def test_the_verdict_is_the_same_for_packs_and_loose_objects(clone: Work, server: Work, limit: str, thin: str) -> None:
    """Thin and full packs, unpacked or kept, lead to the same finding on the same line."""
    server.did("config", "receive.unpackLimit", limit)
    rows = "".join(f"row {number}\n" for number in range(5000))
    clone.commit("Add rows", files={f"rows{number}.txt": rows + str(number) for number in range(120)})
    assert clone.git("push", thin, "origin", "main")
    bad = clone.commit("Add a row", files={"rows7.txt": rows + API_ID})
    said = refused(clone.git("push", thin, "origin", "main"), f"commit {bad[:12]}, rows7.txt, line 5001")
    assert marks(said) == ["anthropic-api-message-id"]


def test_a_repository_of_sha_256_is_guarded(tmp_path: Path) -> None:
    """Ids of 64 digits are parsed, in new commits and in deletions."""
    server = bare(tmp_path / "server.git", "training-data", object_format="sha256")
    server.did("init", "-q", "-b", "main", "--object-format=sha256", str(tmp_path / "work"))
    work = Work(tmp_path / "work")
    work.did("remote", "add", "origin", str(server.path))
    work.commit("First", files={"a.txt": "a\n"})
    work.did("push", "-q", "origin", "main", "main:old")
    assert len(refs(server)["refs/heads/main"]) == 64
    bad = work.commit(f"Add rows\n\n{TRAILER}", files={"rows.txt": API_ID})
    said = refused(work.git("push", "origin", "main", ":old"), f"commit {bad[:12]}, rows.txt")
    assert sorted(marks(said)) == ["anthropic-api-message-id", "anthropic-claude-code-address"]
    assert work.git("push", "origin", ":old")


# --- messages and headers ---


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        (b"", b"Change\n\0hidden\n\n" + FOOT),
        (b"", b"Change\0\n\n" + FOOT),
        (b"encoding ISO-8859-1\n", b"Caf\xe9\n\n" + FOOT),
        (b"encoding UTF-16\n", b"Change\n\n" + FOOT),
        (b"encoding UTF-16\n", f"Change\n\n{TRAILER}".encode("utf-16")),
        (b"encoding UTF-16LE\n", f"Change\n\n{TRAILER}".encode("utf-16-le")),
        (b"encoding UTF-16BE\n", f"Change\n\n{TRAILER}".encode("utf-16-be")),
        (b"encoding UTF-32\n", f"Change\n\n{TRAILER}".encode("utf-32")),
        (b"encoding UTF-7\n", b"Change\n\n+AEMAbw--authored-by: Claude +ADw-noreply+AEA-anthropic.com+AD4-"),
        (b"encoding x-unheard-of\n", b"Change\n\n" + FOOT),
        (b"encoding \xff\xfe\n", b"Change\n\n" + FOOT),
        (b"encoding \n", b"Change\n\n" + FOOT),
        (b"encoding UTF-8\nencoding UTF-16\n", b"Change\n\n" + FOOT),
        (b"", b"\xff\xfe invalid \xc3\x28\n\n" + FOOT + b"\xe9"),
        (b"", "Change\n\nCo-authored-by: Cla\u200bude <noreply@anth\u200dropic.com>".encode()),
        (b"", "Change\n\nСо-аuthоred-by: Claude <nоreply@anthrоpic.com>".encode()),
        (b"", "Change\n\nＣｏ-authored-by: Claude <noreply@anthropic.com>".encode()),
        (b"", b"Change\r\n\r\n" + FOOT + b"\r\n"),
        (b"", b"Change\n\nCo-authored-by: Claude\n <noreply@anthropic.com>\n"),
    ],
    ids=[
        "nul", "nul-in-subject", "latin-1", "utf-16-lie", "utf-16", "utf-16le", "utf-16be", "utf-32", "utf-7",
        "unknown", "not-ascii", "empty", "twice", "invalid-utf-8", "zero-width", "homoglyphs", "full-width", "crlf",
        "folded",
    ],
)  # fmt: skip
def test_a_marked_message_is_found_however_it_is_encoded(
    clone: Work, server: Work, headers: bytes, message: bytes
) -> None:
    """NULs, wrong or unknown encoding headers, invalid bytes, look-alikes, CRLF and folding hide no trailer."""
    found = marks(judged(clone, server, raw_commit(clone, message, headers=headers)))
    assert found[-1:] == ADDRESS  # a folded line, read as two, also is a bare trailer


def test_a_message_in_an_encoding_that_is_not_understood_never_passes_as_clean(clone: Work, server: Work) -> None:
    """`git log` shows this EBCDIC message as plain text, so that not understanding it must refuse."""
    message = f"Change\n\n{TRAILER}\n".encode("cp500")
    commit = raw_commit(clone, message, headers=b"encoding IBM500\n")
    assert TRAILER in clone.did("log", "-1", "--format=%B", commit)
    said = judged(clone, server, commit)
    assert said.status == 1, said.out
    said.assert_refused("refused, 1 mark")


def test_a_mark_in_a_message_with_a_nul_is_refused_at_the_client(clone: Work) -> None:
    """A real push is refused for a mark behind a NUL, which git cuts off in its own output."""
    bad = raw_commit(clone, b"Change\n\0\n\n" + FOOT)
    assert marks(refused(clone.git("push", "origin", f"{bad}:refs/heads/main"), bad[:12])) == ADDRESS


SIGNED = b"gpgsig -----BEGIN PGP SIGNATURE-----\n \n %s\n -----END PGP SIGNATURE-----\n"
HEADERS = {
    "unknown": f"Claude-Session {SESSION}\n".encode(),
    "lower-case": f"claude-session {SESSION}\n".encode(),
    "signature": SIGNED % f"Claude-Session: {SESSION}".encode(),
    "signature-256": SIGNED.replace(b"gpgsig", b"gpgsig-sha256") % f"Comment: {SESSION}".encode(),
    "folded": f"x-note line\n more\n {SESSION}\n".encode(),
}


@pytest.mark.parametrize("name", sorted(HEADERS))
def test_a_mark_in_a_header_that_git_does_not_show_is_found(clone: Work, server: Work, name: str) -> None:
    """Signature and unknown headers of a commit are scanned, though no git command prints them."""
    said = judged(clone, server, raw_commit(clone, headers=HEADERS[name]))
    assert "anthropic-claude-code-session-link" in marks(said)
    assert ", header\n" in said.out


def test_a_co_author_in_a_header_is_found(clone: Work, server: Work) -> None:
    """An agent's address in a header `co-author` counts as identity."""
    assert marks(judged(clone, server, raw_commit(clone, headers=b"co-author " + CLAUDE.encode() + b"\n"))) == ADDRESS


@pytest.mark.parametrize("key", [b"x-agent", b"written-with", b"HG:author"])
def test_an_agent_in_a_header_of_any_name_is_found(clone: Work, server: Work, key: bytes) -> None:
    assert ADDRESS[0] in marks(judged(clone, server, raw_commit(clone, headers=key + b" " + CLAUDE.encode() + b"\n")))


@pytest.mark.parametrize("key", [b"tree", b"parent", b"author", b"committer", b"encoding"])
def test_what_is_folded_into_a_header_that_git_reads_is_found(clone: Work, server: Work, key: bytes) -> None:
    """Git reads an id and goes on, whatever is folded behind it."""
    clean = clone.git("cat-file", "commit", raw_commit(clone, headers=b"encoding UTF-8\n")).out.encode()
    folded = re.sub(rb"(?m)^(%b .*)$" % key, lambda line: line[1] + b"\n " + FOOT.strip(), clean, count=1)
    commit = clone.did("hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=folded)
    assert ADDRESS[0] in marks(judged(clone, server, commit))


def test_a_clean_signature_passes(clone: Work, server: Work) -> None:
    """Signatures and the extra headers of other tools are no findings in themselves."""
    headers = SIGNED % b"iQEzBAABCAAdFiEEabcdefghijklmnop=" + b"x-agent: none\nHG:extra rebase_source\n"
    assert judged(clone, server, raw_commit(clone, headers=headers)).out == ""


@pytest.mark.parametrize("inside", ["message", "tagger"])
def test_a_mark_in_a_merged_tag_is_found(clone: Work, server: Work, inside: str) -> None:
    """A `mergetag` header embeds a whole tag, whose tagger and message are judged."""
    tagger, message = (CLAUDE.encode(), b"Release") if inside == "tagger" else (HUMAN, b"Release\n\n" + FOOT)
    tag = f"object {'1' * 40}\ntype commit\ntag v1\ntagger ".encode() + tagger + b" 1700000000 +0000\n\n" + message
    said = judged(clone, server, raw_commit(clone, headers=b"mergetag " + tag.replace(b"\n", b"\n ") + b"\n"))
    assert marks(said) == ADDRESS
    assert f", {inside}" in said.out


def test_a_tag_merged_into_a_tag_fifteen_hundred_deep_is_refused(clone: Work, server: Work) -> None:
    """Nesting beyond Python's recursion limit refuses, without a traceback."""
    lines = [b"tagger " + HUMAN + b" 1700000000 +0000", b"", FOOT]
    for _ in range(1500):
        lines = [b"mergetag " + lines[0], *[b" " + item for item in lines[1:]]]
    said = judged(clone, server, raw_commit(clone, headers=b"\n".join(lines) + b"\n"))
    said.assert_refused("refused, 1 mark")


@pytest.mark.parametrize("role", ["author", "committer"])
def test_a_marked_person_is_found(clone: Work, server: Work, role: str) -> None:
    """Author and committer are judged, and the report says which of them it was."""
    said = judged(clone, server, raw_commit(clone, **{role: CLAUDE.encode()}))
    assert marks(said) == ADDRESS
    assert f", {role}\n    {CLAUDE}\n" in said.out


def test_a_second_author_is_found(clone: Work, server: Work) -> None:
    """A repeated author header is judged although git reads only the first."""
    headers = b"author " + CLAUDE.encode() + b" 1700000000 +0000\n"
    assert marks(judged(clone, server, raw_commit(clone, headers=headers))) == ADDRESS


def test_an_author_in_latin_1_is_found(clone: Work, server: Work) -> None:
    """The author's name is read by the commit's encoding header, and without one despite invalid UTF-8."""
    author = b"Andr\xe9's Claude Code <a@example.org>"
    said = judged(clone, server, raw_commit(clone, author=author, headers=b"encoding ISO-8859-1\n"))
    assert marks(said) == ["anthropic-claude-code-name"]
    said = judged(clone, server, raw_commit(clone, author=b"Claude Code <\xe9@example.org>"))
    assert marks(said) == ["anthropic-claude-code-name"]


def test_a_message_of_forty_mebibytes_is_unread_and_refused(clone: Work, server: Work) -> None:
    """A commit object over the size limit is incomplete, exit code 3, with its size."""
    said = judged(clone, server, raw_commit(clone, b"x" * (40 << 20)))
    assert said.status == 3
    assert ": a commit of " in said.out


def test_a_commit_that_cannot_be_parsed_is_refused(clone: Work, server: Work) -> None:
    """A commit object without headers is refused, by git or by the gate, and leaves no ref."""
    broken = clone.raw_commit(b"not a commit\n")
    pack = packed(clone, stdin=f"{broken}\n".encode())
    said = raw_push(server, ("0" * 40, broken, b"refs/heads/z"), pack=pack)
    assert "ok refs/heads/z" not in said.out
    assert "refs/heads/z" not in refs(server)


def test_the_gate_writes_nothing_into_the_store(clone: Work, server: Work) -> None:
    """Judging a push adds and removes no file of the repository."""
    bad = clone.commit(f"Add rows\n\n{TRAILER}", files={"rows.txt": API_ID})
    stdin = line(brought(clone, server, bad))
    before = sorted(path for path in server.path.rglob("*"))
    assert hook(server, stdin).status == 1
    assert sorted(path for path in server.path.rglob("*")) == before


def test_a_gate_that_was_put_in_by_a_link_works(clone: Work, server: Work, tmp_path: Path) -> None:
    """A hook that is a symbolic link finds its package all the same."""
    gate = server.path / "hooks/pre-receive"
    gate.rename(tmp_path / "gate")
    gate.symlink_to(tmp_path / "gate")
    clone.commit(f"Add rows\n\n{TRAILER}")
    refused(clone.git("push", "origin", "main"))


def test_a_gate_in_front_of_another_hook_refuses_first(clone: Work, server: Work) -> None:
    gate = server.path / "hooks/pre-receive"
    gate.write_text("#!/bin/sh\ncat >seen\n")
    client_hooks.install_hooks(git.Repo(server.path), client_hooks.SERVER)
    clone.commit("Clean")
    clone.did("push", "-q", "origin", "main")
    assert (server.path / "seen").read_text().endswith(" refs/heads/main\n")
    (server.path / "seen").unlink()
    clone.commit(f"Add rows\n\n{TRAILER}")
    refused(clone.git("push", "origin", "main"))
    assert not (server.path / "seen").exists()


def test_a_pack_with_a_marked_file_that_no_commit_of_the_push_names_is_judged_by_what_is_named(clone: Work) -> None:
    """What no ref reaches is dropped by git's next clean-up; only what is reachable is history."""
    server = Work(clone.path.parent / "server.git")
    clean = clone.commit("Clean")
    extra = blob(clone, API_ID)
    listed = clone.did("rev-list", "--objects", "--no-object-names", "HEAD", "^HEAD~1") + f"\n{extra}\n"
    said = raw_push(server, ("0" * 40, clean, b"refs/heads/z"), pack=packed(clone, stdin=listed.encode()))
    assert "ok refs/heads/z" in said.out
