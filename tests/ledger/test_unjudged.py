"""Refs that move without a hook, as libraries move them that push by a path, are noticed by the next push."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import TRAILER, Work, kept


def smuggle(clone: Work, server: Work, ref: str = "refs/heads/main", message: str = "Smuggled") -> str:
    """Bring a commit into the server's repository as a library does: its objects, then the ref, and no hook."""
    commit = clone.commit(message, files={"smuggled.txt": f"{message}\n"})
    server.did("fetch", "-q", str(clone.path), commit)
    server.did("update-ref", ref, commit)
    return commit


def test_the_next_push_says_which_ref_moved(clone: Work, server: Work, book: Path) -> None:
    clone.commit("One")
    assert "without a verdict" not in clone.git("push", "origin", "main").out
    commit = smuggle(clone, server)
    clone.commit("Two")
    said = clone.git("push", "origin", "main:topic")
    assert said.status == 0
    assert f"refs/heads/main moved from {kept(book)[0]['body']['refs'][0]['new'][:12]} to {commit[:12]}" in said.out
    assert kept(book)[-1]["body"]["unread"][0]["reason"].endswith("without a verdict")


@pytest.mark.parametrize("value", ["block", "Block", "nonsense"])
def test_a_server_can_refuse_until_they_are_judged(clone: Work, server: Work, book: Path, value: str) -> None:
    server.did("config", "ringfence.unjudgedRefs", value)
    clone.commit("One")
    clone.did("push", "-q", "origin", "main")
    smuggle(clone, server)
    clone.commit("Two")
    refused = clone.git("push", "origin", "main")
    refused.assert_refused("without a verdict")
    assert "ringfence check --all --record" in refused.out
    assert server.ringfence("check", "--all", "--record").status == 0
    assert kept(book)[-1]["kind"] == "check"
    assert clone.git("push", "origin", "main")


def test_what_an_administrator_finds_stays_unjudged(clone: Work, server: Work, book: Path) -> None:
    server.did("config", "ringfence.unjudgedRefs", "block")
    clone.commit("One")
    clone.did("push", "-q", "origin", "main")
    smuggle(clone, server, "refs/heads/bad", f"Smuggled\n\n{TRAILER}")
    assert server.ringfence("check", "--all", "--record").status == 1
    assert "refs/heads/bad came in at" in clone.git("push", "origin", "HEAD~1:refs/heads/b").out
    server.did("update-ref", "-d", "refs/heads/bad")
    assert server.ringfence("check", "--all", "--record").status == 0
    server.did("update-ref", "refs/heads/new", server.did("rev-parse", "main"))
    assert clone.git("push", "origin", "HEAD~1:refs/heads/c")  # a new name for what was judged
    smuggle(clone, server, "refs/heads/newer")
    clone.git("push", "origin", "HEAD~2:refs/heads/d").assert_refused("refs/heads/newer came in at")


def test_a_refused_push_that_comes_in_by_another_way_is_noticed(clone: Work, server: Work, book: Path) -> None:
    clone.commit("One")
    clone.did("push", "-q", "origin", "main")
    commit = clone.commit(f"Two\n\n{TRAILER}")
    clone.git("push", "origin", "main").assert_refused()
    server.did("fetch", "-q", str(clone.path), commit)
    server.did("update-ref", "refs/heads/main", commit)
    clone.commit("Three")
    assert f"to {commit[:12]} without a verdict" in clone.git("push", "origin", "HEAD~2:refs/heads/b").out


def test_a_branch_that_came_in_by_another_way_is_noticed(clone: Work, server: Work, book: Path) -> None:
    clone.commit("One")
    clone.did("push", "-q", "origin", "main")
    commit = smuggle(clone, server, "refs/heads/sly")
    assert f"refs/heads/sly came in at {commit[:12]}" in clone.git("push", "origin", "HEAD~1:refs/heads/b").out
    told = server.ringfence("status", "--server", str(server.path)).out
    assert f"refs/heads/sly came in at {commit[:12]} without a verdict" in told


def test_what_was_there_before_the_ledger_counts_once_it_moves(clone: Work, server: Work, book: Path) -> None:
    clone.commit("One")
    old = smuggle(clone, server, "refs/heads/old", "Before the ledger")
    server.did("update-ref", "refs/heads/older", old)
    clone.commit("Two")
    for name in ("a", "b"):
        assert "without a verdict" not in clone.git("push", "origin", f"main:{name}").out
    first, second = (entry["body"].get("there", {}) for entry in kept(book))
    assert {"refs/heads/old": old, "refs/heads/older": old}.items() <= first.items()
    assert second == {}
    new = smuggle(clone, server, "refs/heads/old", "After it began")
    server.did("update-ref", "-d", "refs/heads/older")
    said = clone.git("push", "origin", "HEAD~1:refs/heads/c").out
    assert f"refs/heads/old moved from {old[:12]} to {new[:12]} without a verdict" in said
    assert "refs/heads/older was deleted without a verdict" in said


def test_a_new_name_for_judged_history_is_not_told(clone: Work, server: Work, book: Path) -> None:
    for name in ("One", "Two", "Three"):
        clone.commit(name)
    clone.did("push", "-q", "origin", "main")
    server.did("branch", "release", "main~1")
    clone.commit("Four")
    assert "without a verdict" not in clone.git("push", "origin", "main").out


def test_deletions_and_status(clone: Work, server: Work, book: Path) -> None:
    clone.commit("One")
    clone.did("push", "-q", "origin", "main", "main:old", "main:kept")
    clone.commit("Two")
    clone.did("push", "-q", "origin", ":old", "main:kept")
    assert "refs: all are where a verdict let them go" in server.ringfence("status", "--server", str(server.path)).out
    server.did("update-ref", "-d", "refs/heads/kept")
    told = server.ringfence("status", "--server", str(server.path)).out
    assert "refs/heads/kept was deleted without a verdict" in told
    assert "ringfence check --all --record" in told


def test_a_ref_that_goes_back_to_what_was_judged_is_noticed(clone: Work, server: Work, book: Path) -> None:
    """Older history was judged, but a policy that came later isn't in it."""
    first = clone.commit("One")
    clone.did("push", "-q", "origin", "main")
    for name in ("Two", "Three"):
        clone.commit(name)
        clone.did("push", "-q", "origin", "main")
    server.did("update-ref", "refs/heads/main", first)
    told = server.ringfence("status", "--server", str(server.path)).out
    assert f"to {first[:12]} without a verdict" in told
    assert "refs/heads/main moved from" in clone.git("push", "origin", "main:topic").out
    assert server.ringfence("check", "--all", "--record").status == 0
    assert "without a verdict" not in clone.git("push", "origin", "main").out


def test_pushes_that_failed_after_their_verdict_are_not_told(clone: Work, server: Work, book: Path) -> None:
    clone.commit("One")
    clone.did("push", "-q", "origin", "main")
    hook = server.path / "hooks/update"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    for name in ("Two", "Three"):
        clone.commit(name)
        assert not clone.git("push", "-q", "origin", "main")
    hook.unlink()
    assert "without a verdict" not in clone.git("push", "origin", "main:topic").out
    clone.did("push", "-q", "origin", "main")
    assert "refs: all are where a verdict let them go" in server.ringfence("status", "--server", str(server.path)).out


def test_a_branch_that_was_let_in_and_did_not_come_was_not_deleted(clone: Work, server: Work, book: Path) -> None:
    """Another hook refused it after the verdict, or git hasn't moved it yet."""
    hook = server.path / "hooks/update"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    clone.commit("One")
    assert not clone.git("push", "-q", "origin", "main:topic")
    assert [entry["outcome"] for entry in kept(book)] == ["allowed"]
    hook.unlink()
    said = clone.git("push", "origin", "main:other")
    assert said
    assert "without a verdict" not in said.out


def test_record_needs_all_and_a_ledger(clone: Work, server: Work) -> None:
    assert server.ringfence("check", "--range", "HEAD..HEAD", "--record").status == 2
    assert "needs a ledger" in server.ringfence("check", "--all", "--record").out
