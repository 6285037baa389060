"""The update hook: one ref at a time, for servers where pre-receive is used by other software."""

from __future__ import annotations

from pathlib import Path

import git
import pytest

from conftest import TRAILER, Work, bare, cloned
from ringfence.setup import client_hooks
from server.conftest import ZERO, brought, hook, marks, pack_of, raw_push, raw_tag, refs


@pytest.fixture
def updated(tmp_path: Path) -> Work:
    """A tagged server with the update hook alone."""
    server = bare(tmp_path / "updated.git", "training-data")
    (server.path / "hooks/pre-receive").unlink()
    client_hooks.install_hooks(git.Repo(server.path), ("update",))
    return server


@pytest.fixture
def work(updated: Work, tmp_path: Path) -> Work:
    made = cloned(updated, tmp_path / "work")
    made.commit("First", files={"README.md": "A place for rows.\n"})
    made.did("push", "-q", "origin", "main")
    return made


def test_a_clean_commit_passes(work: Work, updated: Work) -> None:
    commit = work.commit("Second")
    work.did("push", "-q", "origin", "main")
    assert refs(updated)["refs/heads/main"] == commit


def test_a_marked_commit_is_refused(work: Work) -> None:
    work.commit(f"Second\n\n{TRAILER}")
    said = work.git("push", "origin", "main")
    assert not said
    assert "ringfence update: refused, 1 mark of rival AI tools (training-data)" in said.out
    assert "[remote rejected] main -> main (hook declined)" in said.out


def test_a_marked_commit_is_refused_again_though_its_objects_stayed(work: Work, updated: Work) -> None:
    """The update hook runs after the objects are in the store, which must not make them accepted."""
    bad = work.commit(f"Second\n\n{TRAILER}")
    work.git("push", "origin", "main").assert_refused("ringfence update: refused, 1 mark")
    updated.did("cat-file", "-e", bad)
    said = work.git("push", "origin", "main").assert_refused("ringfence update: refused, 1 mark")
    assert marks(said) == ["anthropic-claude-code-address"]


def test_two_refs_to_the_same_marked_commit_are_both_refused(work: Work, updated: Work) -> None:
    """The update hook judges each ref by itself, and a refused one accepts nothing for the next."""
    work.commit(f"Second\n\n{TRAILER}")
    said = work.git("push", "origin", "main:one", "main:two")
    said.assert_refused("ringfence update: refused, 1 mark")
    assert said.out.count("(hook declined)") == 2
    assert sorted(refs(updated)) == ["refs/heads/main"]


def test_a_clean_ref_passes_beside_a_marked_one(work: Work, updated: Work) -> None:
    work.did("branch", "clean")
    work.commit(f"Second\n\n{TRAILER}")
    said = work.git("push", "origin", "clean", "main")
    said.assert_refused("ringfence update: refused, 1 mark", "main -> main (hook declined)")
    assert sorted(refs(updated)) == ["refs/heads/clean", "refs/heads/main"]


def test_an_atomic_push_passes_whole_or_not_at_all(work: Work, updated: Work) -> None:
    work.did("branch", "clean")
    work.commit(f"Second\n\n{TRAILER}")
    said = work.git("push", "--atomic", "origin", "clean", "main")
    said.assert_refused("ringfence update: refused, 1 mark", "main -> main (hook declined)")
    assert sorted(refs(updated)) == ["refs/heads/main"]


def test_a_deletion_passes(work: Work, updated: Work) -> None:
    """A new id of zeros brings nothing to judge."""
    work.did("push", "-q", "origin", "main:old")
    work.did("push", "-q", "origin", ":old")
    assert sorted(refs(updated)) == ["refs/heads/main"]


def test_a_marked_tag_of_an_old_commit_is_refused(work: Work) -> None:
    """The update hook judges a tag's message although its commit was accepted."""
    tag = raw_tag(work, work.did("rev-parse", "main"), message=f"Release\n\n{TRAILER}".encode())
    said = work.git("push", "origin", f"{tag}:refs/tags/v1").assert_refused("ringfence update: refused, 1 mark")
    assert marks(said) == ["anthropic-claude-code-address"]


def test_a_marked_branch_name_is_refused(work: Work) -> None:
    said = work.git("push", "origin", "main:claude/issue-42").assert_refused("ringfence update: refused, 1 mark")
    assert marks(said) == ["anthropic-claude-code-branch"]


def test_a_ref_that_is_no_utf_8_is_judged(work: Work, updated: Work) -> None:
    """A ref name in the hook's arguments may hold any bytes."""
    bad = work.commit(f"Second\n\n{TRAILER}")
    pack = pack_of(work, bad, without=("HEAD~1",))
    said = raw_push(updated, (ZERO, bad, b"refs/heads/caf\xe9 \xff".replace(b" ", b"-")), pack=pack)
    assert "hook declined" in said.out
    assert marks(said) == ["anthropic-claude-code-address"]


def test_a_merge_of_an_accepted_branch_passes(work: Work) -> None:
    work.did("switch", "-q", "-c", "side")
    work.commit("Side", files={"side.txt": "side\n"})
    work.did("push", "-q", "origin", "side")
    work.did("switch", "-q", "main")
    work.did("merge", "-q", "--no-ff", "-m", "Merge side", "side")
    assert work.git("push", "origin", "main")


def test_another_number_of_arguments_is_a_wrong_call(updated: Work) -> None:
    said = hook(updated, b"", "refs/heads/main", name="update")
    assert said.status == 2
    assert said.out == (
        "ringfence: update takes a ref, its old and its new id.\n"
        "  Refused because of this error, not because of what was found.\n"
    )


def test_arguments_that_are_no_ids_refuse(work: Work, updated: Work) -> None:
    assert hook(updated, b"", "refs/heads/main", "--all", "main", name="update").status == 5


def test_a_closed_stdin_is_no_matter(work: Work, updated: Work) -> None:
    """The update hook gets its ref by arguments and reads no stdin."""
    commit = brought(work, updated, work.commit("Second"))
    assert hook(updated, None, "refs/heads/main", ZERO, commit, name="update").status == 0


def test_both_hooks_together_refuse_once(work: Work, updated: Work) -> None:
    client_hooks.install_hooks(git.Repo(updated.path), client_hooks.SERVER)
    work.commit(f"Second\n\n{TRAILER}")
    said = work.git("push", "origin", "main")
    assert "ringfence pre-receive: refused" in said.out
    assert "ringfence update" not in said.out
