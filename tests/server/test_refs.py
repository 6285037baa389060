"""Every line of a push is judged, regardless of the lines before it and of the name of its ref."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import CLAUDE, TRAILER, Work, bare, cloned
from server.conftest import DECLINED, ZERO, marks, pack_of, packed, raw_push, raw_tag, refs, refused


@pytest.fixture
def branches(clone: Work) -> Work:
    """A clone with `old` on the server, and `bad` and `clean` still to be pushed."""
    clone.did("push", "-q", "origin", "main:old")
    clone.did("switch", "-q", "-c", "bad")
    clone.commit(f"Add rows\n\n{TRAILER}", files={"rows.txt": "rows\n"})
    clone.did("switch", "-q", "-c", "clean", "main")
    clone.commit("Add columns", files={"columns.txt": "columns\n"})
    return clone


@pytest.mark.parametrize("how", [(), ("--atomic",)])
def test_a_marked_ref_before_a_deletion_and_a_clean_ref_is_refused(
    branches: Work, server: Work, how: tuple[str, ...]
) -> None:
    before = refs(server)
    refused(branches.git("push", *how, "origin", "bad", ":old", "clean"), CLAUDE)
    assert refs(server) == before


def test_a_marked_ref_behind_a_deletion_and_a_tag_is_refused(branches: Work, server: Work) -> None:
    """A deletion and a clean tag in front don't end the check, and no ref of the push moves."""
    branches.did("tag", "v1", "main")
    before = refs(server)
    said = branches.git("push", "origin", ":old", "v1", "bad")
    assert marks(refused(said)) == ["anthropic-claude-code-address"]
    assert refs(server) == before


def test_a_deletion_a_tag_and_a_clean_branch_pass_together(branches: Work, server: Work) -> None:
    branches.did("tag", "v1", "main")
    branches.did("push", "origin", ":old", "v1", "clean")
    assert sorted(refs(server)) == ["refs/heads/clean", "refs/heads/main", "refs/tags/v1"]


def test_a_deletion_alone_passes_before_any_policy_is_compiled(branches: Work, server: Work, tmp_path: Path) -> None:
    """A push that only deletes leaves at once, without writing a cache."""
    nothing = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "TMPDIR": str(tmp_path / "temporary")}
    branches.did("push", "origin", ":old", **nothing)
    assert sorted(refs(server)) == ["refs/heads/main"]
    assert not (tmp_path / "cache").exists()


def test_a_deletion_by_the_raw_protocol_passes(branches: Work, server: Work) -> None:
    """A deletion without a pack, as a minimal client sends it, is accepted."""
    said = raw_push(server, (refs(server)["refs/heads/old"], ZERO, b"refs/heads/old"))
    assert "ok refs/heads/old" in said.out
    assert "refs/heads/old" not in refs(server)


def test_a_forced_push_of_clean_history_passes(clone: Work, server: Work) -> None:
    clone.did("commit", "-q", "--amend", "-m", "First, said better")
    clone.did("push", "-f", "origin", "main")
    assert refs(server)["refs/heads/main"] == clone.did("rev-parse", "HEAD")


def test_a_forced_push_of_marked_history_is_refused(clone: Work) -> None:
    clone.did("commit", "-q", "--amend", "-m", f"First\n\n{TRAILER}")
    refused(clone.git("push", "-f", "origin", "main"))


def test_a_forced_push_back_to_an_older_commit_passes(clone: Work, server: Work) -> None:
    clone.commit("Second")
    clone.did("push", "-q", "origin", "main")
    clone.did("push", "-f", "origin", "main~1:main")
    assert refs(server)["refs/heads/main"] == clone.did("rev-parse", "main~1")


def test_a_marked_branch_name_on_accepted_commits_is_refused(clone: Work) -> None:
    said = clone.git("push", "origin", "main:refs/heads/claude/issue-42-20250801")
    assert marks(refused(said, "name of the ref", "claude/issue-42-20250801")) == ["anthropic-claude-code-branch"]


def test_a_marked_tag_name_is_refused(clone: Work) -> None:
    said = clone.git("push", "origin", "main:refs/tags/claude/issue-42-20250801")
    assert marks(refused(said)) == ["anthropic-claude-code-branch"]


def test_a_marked_branch_can_be_deleted(clone: Work, tmp_path: Path) -> None:
    server = bare(tmp_path / "later.git")
    clone.did("push", "-q", str(server.path), "main", "main:claude/issue-42")
    server.tag("eval")
    clone.did("push", str(server.path), ":claude/issue-42")
    assert sorted(refs(server)) == ["refs/heads/main"]


def test_a_name_that_only_speaks_of_a_tool_passes(clone: Work) -> None:
    assert clone.git("push", "origin", "main:refs/heads/feature/claude-support")


def test_two_refs_to_the_same_marked_commit_are_both_refused(branches: Work, server: Work) -> None:
    said = branches.git("push", "origin", "bad:refs/heads/one", "bad:refs/tags/two")
    refused(said, "[remote rejected] bad -> one", "[remote rejected] bad -> two")
    assert marks(said) == ["anthropic-claude-code-address"]  # reported once
    assert sorted(refs(server)) == ["refs/heads/main", "refs/heads/old"]


def test_the_last_of_five_hundred_refs_is_checked(branches: Work) -> None:
    """499 clean refs in front of it don't hide the marked one."""
    many = [f"main:refs/heads/b{number:03}" for number in range(500)]
    refused(branches.git("push", "-q", "origin", *many, "bad:refs/heads/z"), "refs")


def test_push_options_change_nothing(branches: Work, server: Work) -> None:
    server.did("config", "receive.advertisePushOptions", "true")
    options = ("-o", "ci.skip", "-o", "ringfence.tag=none", "-o", "skip-checks: true")
    refused(branches.git("push", *options, "origin", "bad"))
    assert branches.git("push", *options, "origin", "clean")


def test_an_untagged_repository_takes_everything(branches: Work, tmp_path: Path) -> None:
    free = bare(tmp_path / "free.git")
    assert branches.git("push", str(free.path), "bad", "main:claude/issue-42")


# By the raw protocol: names that a client would not send.

ODD = [b"refs/heads/a b", b"refs/heads/x..y", b"HEAD", b"foo", b"refs/heads/caf\xe9 \xff\xfe", b"refs/heads/  "]


@pytest.mark.parametrize("ref", ODD)
def test_a_marked_commit_under_an_odd_name_is_refused(branches: Work, server: Work, ref: bytes) -> None:
    """A ref name that git would reject or that isn't UTF-8 doesn't stop the gate from judging its commit."""
    new = branches.did("rev-parse", "bad")
    said = raw_push(server, (ZERO, new, ref), pack=pack_of(branches, "bad", without=("main",)))
    assert "ringfence pre-receive: refused, 1 mark" in said.out  # git receive-pack itself exits with 0
    assert DECLINED in said.out
    assert marks(said) == ["anthropic-claude-code-address"]
    assert sorted(refs(server)) == ["refs/heads/main", "refs/heads/old"]


@pytest.mark.parametrize("ref", ODD)
def test_the_gate_leaves_the_judgement_of_an_odd_name_to_git(branches: Work, server: Work, ref: bytes) -> None:
    """A clean commit under an odd ref name leads to no refusal of ringfence's."""
    new = branches.did("rev-parse", "clean")
    said = raw_push(server, (ZERO, new, ref), pack=pack_of(branches, "clean", without=("main",)))
    assert "unpack ok" in said.out
    assert DECLINED not in said.out
    assert "ringfence" not in said.out


def test_a_branch_name_in_latin_1_passes(branches: Work, server: Work) -> None:
    """A ref name that isn't UTF-8 is accepted when its commit is clean."""
    new = branches.did("rev-parse", "clean")
    pack = pack_of(branches, "clean", without=("main",))
    assert "ok refs/heads/caf\\xe9" in raw_push(server, (ZERO, new, b"refs/heads/caf\xe9"), pack=pack).out
    assert new in server.did("for-each-ref", "--format=%(objectname)")


def test_a_marked_branch_name_with_bytes_that_are_no_utf_8_is_refused_and_shown_harmless(
    branches: Work, server: Work
) -> None:
    """The branch name itself is a mark, and its invalid byte is shown as a replacement character."""
    new = branches.did("rev-parse", "main")
    said = raw_push(server, (ZERO, new, b"refs/heads/claude/x\xff"), pack=packed(branches, stdin=b""))
    assert "ringfence pre-receive: refused, 1 mark" in said.out
    assert DECLINED in said.out
    assert marks(said) == ["anthropic-claude-code-branch"]
    assert "    claude/x\ufffd\n" in said.out


def test_an_odd_name_does_not_hide_the_refs_behind_it(branches: Work, server: Work) -> None:
    """A name with a blank or an invalid byte doesn't shift how the following lines are read."""
    clean, bad = branches.did("rev-parse", "clean"), branches.did("rev-parse", "bad")
    commands = [(ZERO, clean, b"refs/heads/a b"), (ZERO, clean, b"refs/heads/\xff"), (ZERO, bad, b"refs/heads/z")]
    said = raw_push(server, *commands, pack=pack_of(branches, "bad", "clean", without=("main",)))
    assert marks(said) == ["anthropic-claude-code-address"]


def test_a_commit_that_comes_without_its_tree_is_refused(branches: Work, server: Work) -> None:
    """An incomplete pack refuses as an error, and no ref appears."""
    bad = branches.did("rev-parse", "clean")
    said = raw_push(server, (ZERO, bad, b"refs/heads/z"), pack=packed(branches, stdin=f"{bad}\n".encode()))
    assert "ng refs/heads/z" in said.out
    assert "Refused because of this error, not because of what was found." in said.out
    assert "refs/heads/z" not in refs(server)


def test_a_commit_that_comes_without_its_parent_is_refused(branches: Work, server: Work) -> None:
    """A history with a hole in it refuses as an error instead of being judged from the hole on."""
    branches.did("switch", "-q", "bad")
    branches.commit("Add more", files={"more.txt": "more\n"})
    tip = branches.did("rev-parse", "bad")
    objects = branches.did("rev-list", "--objects", "--no-object-names", "bad", "^bad~1")
    said = raw_push(server, (ZERO, tip, b"refs/heads/z"), pack=packed(branches, stdin=objects.encode()))
    assert "ng refs/heads/z" in said.out
    assert "Refused because of this error, not because of what was found." in said.out


def test_a_ref_to_nothing_is_refused(branches: Work, server: Work) -> None:
    said = raw_push(server, (ZERO, "1" * 40, b"refs/heads/z"), pack=packed(branches, stdin=b""))
    assert "ng refs/heads/z" in said.out
    assert "Refused because of this error, not because of what was found." in said.out


def test_a_shallow_push_to_a_server_that_lacks_the_history_is_refused(
    clone: Work, server: Work, tmp_path: Path
) -> None:
    """With receive.shallowUpdate the marked commit on a cut history is still judged."""
    clone.commit("Second", files={"b.txt": "b\n"})
    clone.commit("Third", files={"c.txt": "c\n"})
    clone.did("clone", "-q", "--depth", "1", f"file://{clone.path}", str(tmp_path / "shallow"))
    other = bare(tmp_path / "other.git", "training-data")
    other.did("config", "receive.shallowUpdate", "true")
    shallow = Work(tmp_path / "shallow")
    shallow.commit(f"Fourth\n\n{TRAILER}")
    refused(shallow.git("push", str(other.path), "main"))


def test_a_ref_in_a_folder_of_its_own_is_checked_too(branches: Work) -> None:
    refused(branches.git("push", "origin", "bad:refs/for/main/topic"))


def test_a_tag_object_behind_two_refs_is_read_once(clone: Work, server: Work) -> None:
    tag = raw_tag(clone, clone.did("rev-parse", "main"), message=f"Release\n\n{TRAILER}\n".encode())
    said = clone.git("push", "origin", f"{tag}:refs/tags/a", f"{tag}:refs/tags/b")
    assert marks(refused(said)) == ["anthropic-claude-code-address"]


def test_a_push_from_another_clone_brings_only_what_is_new(clone: Work, server: Work, tmp_path: Path) -> None:
    other = cloned(server, tmp_path / "other")
    other.commit("Second")
    assert other.git("push", "origin", "main")
