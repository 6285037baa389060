"""What `git push` may send: every ref of it, every commit that the remote doesn't have, every name."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from client.conftest import MARKED, assert_refused, head, ungated
from conftest import TRAILER, Work
from ringfence.sources.push import parse_updates

MESSAGE = f"Add rows\n\n{TRAILER}"


def refs(work: Work) -> list[str]:
    return work.did("for-each-ref", "--format=%(refname)").splitlines()


def branch(work: Work, name: str, message: str = "Change") -> str:
    """Commit past the hooks on a new branch of main, and go back."""
    work.did("checkout", "-q", "-b", name, "main")
    made = work.commit(message, files={f"{name}.txt": "a row\n"})
    work.did("checkout", "-q", "main")
    return made


def test_a_clean_push_passes_without_a_word_of_ours(laptop: Work, remote: Work) -> None:
    laptop.commit("Add rows", files={"rows.txt": "a row\n"})
    said = laptop.git("push", "origin", "main")
    assert said
    assert "ringfence" not in said.out
    assert head(remote) == head(laptop)


def test_a_marked_commit_is_not_pushed(laptop: Work, remote: Work) -> None:
    marked = laptop.commit(MESSAGE)
    said = laptop.git("push", "origin", "main")
    assert_refused(said, "pre-push")
    assert f"commit {marked[:12]}, message, line 3" in said.out
    assert head(remote) != marked


def test_a_marked_file_is_not_pushed(laptop: Work, remote: Work) -> None:
    laptop.commit("Add notes", files={"notes.md": MARKED})
    assert_refused(laptop.git("push", "origin", "main"), "pre-push")


def test_a_marked_file_that_a_later_commit_removes_is_not_pushed(laptop: Work, remote: Work) -> None:
    laptop.commit("Add notes", files={"notes.md": MARKED})
    (laptop.path / "notes.md").unlink()
    laptop.commit("Remove notes")
    assert_refused(laptop.git("push", "origin", "main"), "pre-push")


def test_a_mark_behind_a_nul_is_not_pushed(laptop: Work, remote: Work) -> None:
    """`git log` doesn't show what follows a NUL in a message; the gate reads the raw commit."""
    clean = laptop.did("cat-file", "commit", "HEAD").encode()
    marked = laptop.raw_commit(clean + f"\0\n\n{TRAILER}\n".encode())
    assert "Claude" not in laptop.did("log", "-1", "--format=%B", marked)
    assert_refused(laptop.git("push", "origin", f"{marked}:refs/heads/nul"), "pre-push")


def test_a_marked_author_is_not_pushed(laptop: Work, remote: Work) -> None:
    laptop.commit("Add rows", GIT_AUTHOR_NAME="Claude", GIT_AUTHOR_EMAIL="noreply@anthropic.com")
    assert_refused(laptop.git("push", "origin", "main"), "pre-push")


def test_the_second_ref_of_a_push_is_judged(laptop: Work, remote: Work) -> None:
    branch(laptop, "clean")
    branch(laptop, "marked", MESSAGE)
    assert_refused(laptop.git("push", "origin", "clean", "marked"), "pre-push")
    assert refs(remote) == ["refs/heads/main"]


def test_all_refs_of_a_push_pass_when_all_are_clean(laptop: Work, remote: Work) -> None:
    branch(laptop, "one")
    branch(laptop, "two")
    assert laptop.git("push", "origin", "--all")
    assert refs(remote) == ["refs/heads/main", "refs/heads/one", "refs/heads/two"]


def test_a_mirrored_repository_is_judged_with_all_its_refs(laptop: Work, remote: Work) -> None:
    marked = branch(laptop, "marked", MESSAGE)
    laptop.did("update-ref", "refs/other/thing", marked)
    laptop.did("branch", "-q", "-D", "marked")
    assert_refused(laptop.git("push", "--mirror", "origin"), "pre-push")


def test_a_push_that_only_deletes_passes(laptop: Work, remote: Work) -> None:
    laptop.did("push", "-q", "--no-verify", "origin", "main:old")
    assert laptop.git("push", "origin", "--delete", "old")
    assert refs(remote) == ["refs/heads/main"]


def test_a_push_that_deletes_one_ref_and_brings_a_marked_one_is_refused(laptop: Work, remote: Work) -> None:
    laptop.did("push", "-q", "--no-verify", "origin", "main:old")
    branch(laptop, "marked", MESSAGE)
    assert_refused(laptop.git("push", "origin", ":old", "marked"), "pre-push")


def test_a_push_of_nothing_new_passes(laptop: Work, remote: Work) -> None:
    assert laptop.git("push", "origin", "main:same")


# --- what was typed for a source ---


def test_a_source_with_blanks_in_it_is_judged(laptop: Work, remote: Work) -> None:
    """A line of pre-push is parsed though the source's expression, `HEAD@{1 second ago}`, contains blanks."""
    laptop.commit(MESSAGE)
    assert_refused(laptop.git("push", "origin", "HEAD@{1 second ago}:refs/heads/s"), "pre-push")


def test_a_clean_source_with_blanks_in_it_is_pushed(laptop: Work, remote: Work) -> None:
    """A source with blanks is not refused as a malformed line."""
    laptop.commit("Add rows", files={"rows.txt": "a row\n"})
    assert laptop.git("push", "origin", "HEAD@{1 second ago}:refs/heads/s")
    assert remote.did("rev-parse", "s") == head(laptop)


@pytest.mark.parametrize("source", ["ID", ":/Add rows", "HEAD^{/Add}", "HEAD~0"])
def test_a_source_that_is_no_branch_is_judged(laptop: Work, remote: Work, source: str) -> None:
    """A push by id or revision expression is judged by what it resolves to."""
    marked = laptop.commit(MESSAGE)
    assert_refused(laptop.git("push", "origin", f"{source.replace('ID', marked)}:refs/heads/s"), "pre-push")


def test_a_line_is_read_from_its_right_end() -> None:
    """Only the first field of pre-push's line may contain blanks, so that the last three are split off first."""
    old, new = "0" * 40, "1" * 40
    line = f"HEAD@{{1 second ago}} {new} refs/heads/s {old}\n"
    assert parse_updates(line.encode()) == [(old, new, b"refs/heads/s")]


# --- tags and names ---


def test_a_tag_with_a_marked_message_on_an_old_commit_is_refused(laptop: Work, remote: Work) -> None:
    """The tag object is new although its commit is on the remote."""
    laptop.did("tag", "-a", "v1", "-m", f"One\n\n{TRAILER}")
    assert_refused(laptop.git("push", "origin", "v1"), "pre-push")


def test_a_clean_tag_on_an_old_commit_passes(laptop: Work, remote: Work) -> None:
    """Annotated and lightweight tags on a commit that the remote has are pushed."""
    laptop.did("tag", "-a", "v1", "-m", "One")
    laptop.did("tag", "plain")
    assert laptop.git("push", "origin", "v1", "plain")
    assert refs(remote) == ["refs/heads/main", "refs/tags/plain", "refs/tags/v1"]


def test_a_tag_that_a_push_takes_along_is_judged(laptop: Work, remote: Work) -> None:
    """A tag that --follow-tags adds to a push of a branch is judged with it."""
    laptop.commit("Add rows", files={"rows.txt": "a row\n"})
    laptop.did("tag", "-a", "v1", "-m", f"One\n\n{TRAILER}")
    assert_refused(laptop.git("push", "--follow-tags", "origin", "main"), "pre-push")


def test_a_tag_of_a_marked_blob_is_refused(laptop: Work, remote: Work) -> None:
    """A lightweight tag can point at a blob that is in no commit, and its content is scanned."""
    blob = laptop.did("hash-object", "-w", "--stdin", stdin=MARKED.encode())
    laptop.did("tag", "blob", blob)
    assert_refused(laptop.git("push", "origin", "blob"), "pre-push")


@pytest.mark.parametrize("name", ["claude/quiet-lovelace-54ac0b", "claude/issue-42-20250801"])
def test_a_branch_with_the_name_that_a_tool_gives_is_refused(laptop: Work, remote: Work, name: str) -> None:
    said = laptop.git("push", "origin", f"main:refs/heads/{name}")
    assert_refused(said, "pre-push")
    assert f"  name of the ref\n    {name}\n" in said.out


def test_a_local_name_that_is_not_pushed_does_not_count(laptop: Work, remote: Work) -> None:
    laptop.did("branch", "claude/quiet-lovelace-54ac0b")
    assert laptop.git("push", "origin", "claude/quiet-lovelace-54ac0b:refs/heads/parser")


def test_a_marked_branch_name_may_be_deleted(laptop: Work, remote: Work) -> None:
    laptop.did("push", "-q", "--no-verify", "origin", "main:refs/heads/claude/x")
    assert laptop.git("push", "origin", "--delete", "claude/x")


# --- what the remote has ---


def test_everything_is_new_to_a_new_remote(laptop: Work, remote: Work, tmp_path: Path) -> None:
    laptop.commit(MESSAGE)
    laptop.did("push", "-q", "--no-verify", "origin", "main")
    laptop.commit("Go on", files={"other.txt": "text\n"})
    assert laptop.git("push", "origin", "main")
    laptop.did("remote", "add", "second", str(ungated(tmp_path / "second.git").path))
    assert_refused(laptop.git("push", "second", "main"), "pre-push")


def test_a_first_clean_push_to_a_new_remote_passes(laptop: Work, tmp_path: Path) -> None:
    laptop.did("remote", "add", "second", str(ungated(tmp_path / "second.git").path))
    assert laptop.git("push", "second", "main")


def test_a_push_to_an_address_is_judged(laptop: Work, tmp_path: Path) -> None:
    second = ungated(tmp_path / "second.git")
    laptop.commit(MESSAGE)
    assert_refused(laptop.git("push", str(second.path), "main"), "pre-push")
    assert refs(second) == []


def test_a_push_to_the_address_of_a_known_remote_is_judged_by_what_that_has(laptop: Work, remote: Work) -> None:
    laptop.commit(MESSAGE)
    laptop.did("push", "-q", "--no-verify", "origin", "main")
    laptop.did("checkout", "-q", "-b", "next")
    laptop.commit("Go on", files={"other.txt": "text\n"})
    assert laptop.git("push", str(remote.path), "next")
    laptop.commit(MESSAGE)
    assert_refused(laptop.git("push", str(remote.path), "next"), "pre-push")


def test_a_remote_with_a_pattern_for_a_name_is_only_itself(laptop: Work, remote: Work, tmp_path: Path) -> None:
    second = ungated(tmp_path / "second.git")
    laptop.did("config", "remote.o*.url", str(second.path))
    laptop.did("config", "remote.o*.fetch", "+refs/heads/*:refs/remotes/second/*")
    laptop.commit(MESSAGE)
    laptop.did("push", "-q", "--no-verify", "origin", "main")
    assert_refused(laptop.git("push", "o*", "main:refs/heads/main"), "pre-push")


def test_what_somebody_else_pushed_meanwhile_need_not_be_here(laptop: Work, remote: Work, tmp_path: Path) -> None:
    subprocess.run(["git", "clone", "-q", str(remote.path), str(tmp_path / "other")], check=True)
    other = Work(tmp_path / "other")
    other.commit("Theirs", files={"theirs.txt": "text\n"})
    other.did("push", "-q", "origin", "main")
    laptop.commit("Ours", files={"ours.txt": "text\n"})
    assert laptop.git("push", "--force", "origin", "main")
    laptop.commit(MESSAGE)
    assert_refused(laptop.git("push", "--force", "origin", "main"), "pre-push")


def test_an_untagged_repository_pushes_everything(laptop: Work, remote: Work) -> None:
    laptop.did("config", "--unset-all", "ringfence.tag")
    laptop.commit(MESSAGE)
    assert laptop.git("push", "origin", "main:claude/quiet-lovelace-54ac0b")


def test_zones_decide_what_of_a_push_counts(zoned: Work, tmp_path: Path) -> None:
    server = ungated(tmp_path / "server.git")
    zoned.commit("Add notes", files={"notes.md": MARKED})
    assert zoned.git("push", str(server.path), "main")
    zoned.commit("Move notes", files={"evals/notes.md": MARKED})
    assert_refused(zoned.git("push", str(server.path), "main"), "pre-push")


# --- clones that don't have everything ---


def guarded_clone(remote: Work, path: Path, *options: str) -> Work:
    """Clone over the protocol, as from afar, and guard the clone."""
    subprocess.run(["git", "clone", "-q", *options, f"file://{remote.path}", str(path)], check=True)
    work = Work(path)
    assert work.ringfence("install", "--tag", "training-data")
    return work


@pytest.fixture
def partial(laptop: Work, remote: Work, tmp_path: Path) -> Work:
    """A clone without any file's content, of a repository in which README.md has had two."""
    laptop.commit("Second", files={"README.md": "Another text.\n"})
    laptop.did("push", "-q", "--no-verify", "origin", "main")
    remote.did("config", "uploadpack.allowFilter", "true")
    return guarded_clone(remote, tmp_path / "partial", "--filter=blob:none", "--no-checkout")


def absent(work: Work) -> list[str]:
    """Return the objects that this clone knows of and doesn't have."""
    listing = work.did("rev-list", "--objects", "--all", "--missing=print")
    return sorted(line for line in listing.splitlines() if line.startswith("?"))


def recorded(work: Work, content: str) -> None:
    """Commit new content of README.md without ever reading the old."""
    work.did("read-tree", "HEAD")
    blob = work.did("hash-object", "-w", "--stdin", stdin=content.encode())
    work.did("update-index", "--cacheinfo", f"100644,{blob},README.md")
    tree = work.did("write-tree", "--missing-ok")
    work.did("update-ref", "HEAD", work.did("commit-tree", tree, "-p", "HEAD", "-m", "Change"))


def test_a_clean_push_from_a_partial_clone_fetches_nothing(partial: Work) -> None:
    """Judging doesn't trigger git's lazy fetch: the same objects are absent before and after."""
    recorded(partial, "A third text.\n")
    before = absent(partial)
    assert partial.git("push", "--dry-run", "origin", "main")  # git itself fetches what it makes a delta against
    assert len(before) == 2
    assert absent(partial) == before


def test_a_mark_is_seen_in_a_partial_clone_and_nothing_is_fetched(partial: Work) -> None:
    """New content is compared with what the parents hold without fetching their missing blobs."""
    recorded(partial, MARKED)
    before = absent(partial)
    said = partial.git("push", "origin", "main")
    assert_refused(said, "pre-push")
    assert "README.md, line 1" in said.out
    assert absent(partial) == before


def test_a_shallow_clone_pushes_what_it_adds(laptop: Work, remote: Work, tmp_path: Path) -> None:
    laptop.commit(MESSAGE)
    laptop.commit("Second", files={"README.md": "Another text.\n"})
    laptop.did("push", "-q", "--no-verify", "origin", "main")
    shallow = guarded_clone(remote, tmp_path / "shallow", "--depth=1")
    shallow.commit("Third", files={"README.md": "A third text.\n"})
    assert shallow.git("push", "origin", "main")
    shallow.commit("Fourth", files={"README.md": MARKED})
    assert_refused(shallow.git("push", "origin", "main"), "pre-push")
