"""`--fetch`: what the clone leaves out is brought, and only that."""

from __future__ import annotations

from pathlib import Path

import pytest

from ci.conftest import Run, ci, pull, pushed
from conftest import SHARE_LINK, TRAILER, Work


@pytest.mark.parametrize("depth", ["1", "2", "3"])
@pytest.mark.parametrize(("message", "status"), [("One", 0), (f"One\n\n{TRAILER}", 1)])
def test_a_shallow_clone_is_deepened(forge: Work, depth: str, message: str, status: int) -> None:
    """With --fetch, all three commits of a request are judged whatever the depth of the clone."""
    forge.commit(message)
    forge.commit("Two")
    forge.commit("Three")
    said = ci(forge, "--depth", depth).github(pull(forge), "--fetch")
    assert said.status == status, said.out
    assert "examined: 3 commits" in said.out


def test_one_of_three_commits_is_never_shown_as_clean(forge: Work) -> None:
    """Commits are counted against GitHub's event, which exposes a graft that git itself doesn't notice."""
    for name in ("One", "Two", "Three"):
        forge.commit(name)
    run = ci(forge)
    event = pull(forge)
    event["pull_request"]["commits"] = 4
    said = run.github(event)
    assert said.status == 3, said.out
    assert "this run: this clone shows 3 of 4 commits. Fetch the whole history: " in said.out


def test_a_head_that_is_in_no_branch_of_the_clone_is_fetched(forge: Work) -> None:
    """The head of a request from a fork is fetched by its refs/pull name; without --fetch the run is incomplete."""
    run = ci(forge)
    forge.commit(f"One\n\n{TRAILER}")
    forge.did("push", "-q", "origin", "HEAD:refs/pull/7/head")
    assert run.github(pull(forge)).status == 3
    assert run.github(pull(forge), "--fetch").status == 1


def test_contents_that_a_partial_clone_left_out_are_fetched(forge: Work) -> None:
    """With --fetch, blobs of a partial clone are fetched and scanned, overwritten ones included."""
    Work(Path(forge.did("config", "remote.origin.url"))).did("config", "uploadpack.allowFilter", "true")
    forge.commit("One", files={"a.txt": SHARE_LINK, "b.txt": "b\n"})
    forge.commit("Two", files={"a.txt": "gone\n"})
    run = ci(forge, "--filter=blob:none", "--no-checkout")
    missing = "\n".join(run.work.did("rev-list", "--objects", "--missing=print", "HEAD").split())
    assert missing.count("?") > 2
    said = run.github(pull(forge), "--fetch")
    assert said.status == 1, said.out
    assert "a.txt, line 1" in said.out


def test_what_cannot_be_fetched_is_told(forge: Work) -> None:
    forge.commit("One")
    run = ci(forge, "--depth", "1")
    run.work.did("remote", "set-url", "origin", "file:///nowhere")
    said = run.github(pull(forge), "--fetch")
    assert said.status == 5, said.out
    assert "git fetch exited with 128" in said.out


def test_nothing_is_fetched_without_being_told_to(forge: Work) -> None:
    forge.commit("One")
    run = ci(forge, "--depth", "1")
    before = sorted(str(path) for path in (run.path / ".git").rglob("*"))
    run.github(pull(forge))
    assert sorted(str(path) for path in (run.path / ".git").rglob("*")) == before


def test_fetching_moves_nothing_that_somebody_works_on(forge: Work) -> None:
    before = forge.did("rev-parse", "HEAD")
    forge.commit("One")
    run: Run = ci(forge, "--depth", "1")
    run.github(pushed(forge, before), "--fetch", GITHUB_REF_NAME="topic")
    assert run.work.did("status", "--porcelain") == ""
    assert run.work.did("for-each-ref", "--format=%(refname)", "refs/heads", "refs/tags") == "refs/heads/topic"
    assert not (run.path / ".git/FETCH_HEAD").exists()
