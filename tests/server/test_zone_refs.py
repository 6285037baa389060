"""Zones that hold on some branches only: what came in by a branch where they don't is judged where they do."""

from __future__ import annotations

from pathlib import Path

import git
import pytest

from conftest import CLAUDE, TRAILER, Work
from ringfence.setup import client_hooks
from server.conftest import AGENT, DECLINED, refs, refused

POLICY = """
[[zone]]
tag = "eval"
refs = ["main", "release/*"]
"""


@pytest.fixture
def bound(server: Work, clone: Work, policy) -> Work:
    """The server, with no tag but on its main and release branches."""
    server.did("config", "--unset-all", "ringfence.tag")
    policy(POLICY)
    return server


def test_a_branch_that_no_zone_covers_takes_everything(bound: Work, clone: Work) -> None:
    clone.commit("Try it", files={"a.txt": "a\n"}, **AGENT)
    assert clone.git("push", "origin", "main:refs/heads/dev")


@pytest.mark.parametrize("branch", ["main", "release/1"])
def test_a_branch_that_a_zone_covers_takes_nothing_marked(bound: Work, clone: Work, branch: str) -> None:
    clone.commit("Try it", files={"a.txt": "a\n"}, **AGENT)
    refused(clone.git("push", "origin", f"main:refs/heads/{branch}"), "(eval)")


def test_what_came_in_by_another_branch_is_judged_when_it_reaches_a_covered_one(bound: Work, clone: Work) -> None:
    """A commit that an uncovered branch took in is new to the covered branch, and not to further uncovered ones."""
    marked = clone.commit("Try it", files={"a.txt": "a\n"}, **AGENT)
    clone.commit("Go on", files={"b.txt": "b\n"})
    assert clone.git("push", "origin", "main:refs/heads/dev")
    said = refused(clone.git("push", "origin", "main"), "(eval)")
    assert f"commit {marked[:12]}" in said.out
    assert clone.git("push", "origin", "main:refs/heads/dev-2")


def test_what_came_in_by_a_ref_that_was_hidden_since_is_judged_too(bound: Work, clone: Work) -> None:
    """A ref that the server hides doesn't count as accepted history of the covered branch."""
    clone.commit("Try it", files={"a.txt": "a\n"}, **AGENT)
    assert clone.git("push", "origin", "main:refs/keep-around/1")
    bound.did("config", "transfer.hideRefs", "refs/keep-around")
    refused(clone.git("push", "origin", "main"), "(eval)")


def test_a_merge_that_brings_an_uncovered_branch_is_judged_by_all_its_commits(bound: Work, clone: Work) -> None:
    clone.did("checkout", "-q", "-b", "dev")
    marked = clone.commit(f"Try it\n\n{TRAILER}", files={"a.txt": "a\n"})
    assert clone.git("push", "origin", "dev")
    clone.did("checkout", "-q", "main")
    clone.commit("Meanwhile", files={"b.txt": "b\n"})
    clone.did("merge", "-q", "--no-edit", "dev")
    assert f"commit {marked[:12]}" in refused(clone.git("push", "origin", "main")).out


def test_what_one_covered_branch_has_is_not_new_to_another(bound: Work, clone: Work, policy) -> None:
    clone.commit("Clean", files={"a.txt": "a\n"})
    assert clone.git("push", "origin", "main")
    bound.did("config", "--unset-all", "ringfence.policy")
    commit = clone.commit("Before the policy", files={"b.txt": "b\n"}, **AGENT)
    assert clone.git("push", "origin", "main")
    policy(POLICY, "again.toml")
    assert clone.git("push", "origin", f"{commit}:refs/heads/release/1")


def test_a_covered_and_an_uncovered_branch_in_one_push(bound: Work, clone: Work) -> None:
    """The uncovered ref comes first, and doesn't make the commit accepted for the covered one."""
    clone.commit("Try it", files={"a.txt": "a\n"}, **AGENT)
    said = refused(clone.git("push", "origin", "main:refs/heads/a-dev", "main"), "1 mark")
    assert list(refs(bound)) == ["refs/heads/main"]
    assert said.out.count(CLAUDE) == 1


def test_the_update_hook_judges_the_covered_branch_though_the_other_was_taken_before(
    bound: Work, clone: Work, tmp_path: Path
) -> None:
    """Git before 2.51 has moved the first ref when the hook runs for the second."""
    client_hooks.uninstall_hooks(git.Repo(bound.path))
    client_hooks.install_hooks(git.Repo(bound.path), ("update",))
    commit = clone.commit("Try it", files={"a.txt": "a\n"}, **AGENT)
    said = clone.git("push", "origin", "main:refs/heads/a-dev", "main")
    assert "ringfence update: refused, 1 mark" in said.out
    assert refs(bound)["refs/heads/a-dev"] == commit
    assert refs(bound)["refs/heads/main"] != commit


def test_an_empty_commit_of_an_agent_is_refused_where_a_zone_holds_for_all_paths(bound: Work, clone: Work) -> None:
    clone.commit("Empty", **AGENT)
    refused(clone.git("push", "origin", "main"), "(eval)")


def test_paths_and_refs_hold_together(bound: Work, clone: Work, policy) -> None:
    bound.did("config", "--unset-all", "ringfence.policy")
    policy(f'{POLICY}paths = ["evals/**"]', "narrow.toml")
    clone.commit("Elsewhere", files={"a.txt": "a\n"}, **AGENT)
    assert clone.git("push", "origin", "main")
    clone.commit("There", files={"evals/a.txt": "a\n"}, **AGENT)
    assert clone.git("push", "origin", "main:refs/heads/dev")
    refused(clone.git("push", "origin", "main"), "(eval)")


def test_an_agents_account_is_kept_out_of_covered_branches_only(bound: Work, clone: Work, policy) -> None:
    policy(f'[accounts]\nagents = ["{bound.path.owner()}"]', "accounts.toml")
    clone.commit("Clean", files={"a.txt": "a\n"})
    assert clone.git("push", "origin", "main:refs/heads/dev")
    said = clone.git("push", "origin", "main")
    assert "refused, the account may not push here (eval)" in said.out
    assert DECLINED in said.out


def test_an_audit_judges_covered_branches_alone(bound: Work, clone: Work) -> None:
    clone.commit("Try it", files={"a.txt": "a\n"}, **AGENT)
    assert clone.git("push", "origin", "main:refs/heads/dev")
    said = bound.ringfence("check", "--all")
    assert said.status == 0, said.out
    bound.did("update-ref", "refs/heads/release/1", "refs/heads/dev")
    assert bound.ringfence("check", "--all").status == 1


def test_a_laptop_judges_by_the_branch_that_is_checked_out_and_by_where_it_pushes(laptop: Work, tmp_path: Path) -> None:
    laptop.did("config", "--unset-all", "ringfence.tag")
    laptop.commit("Protect main", files={"ringfence.toml": f"version = 1\n{POLICY}"})
    laptop.did("init", "-q", "--bare", str(tmp_path / "far.git"))
    laptop.did("remote", "add", "far", str(tmp_path / "far.git"))
    assert laptop.git("push", "far", "main")
    said = laptop.git("commit", "--allow-empty", "-m", f"Try\n\n{TRAILER}")
    said.assert_refused("ringfence prepare-commit-msg: refused, 1 mark")
    laptop.did("checkout", "-q", "-b", "dev")
    assert laptop.git("commit", "--allow-empty", "-m", f"Try\n\n{TRAILER}")
    laptop.git("push", "far", "dev:main").assert_refused("ringfence pre-push: refused, 1 mark")
    assert laptop.git("push", "far", "dev")


def test_a_push_that_takes_a_branch_out_of_a_zone_is_refused(clone: Work, server: Work) -> None:
    server.did("config", "--unset-all", "ringfence.tag")
    clone.commit("Protect", files={"ringfence.toml": f"version = 1\n{POLICY}"})
    clone.did("push", "-q", "origin", "main")
    clone.commit("Loosen", files={"ringfence.toml": f"version = 1\n{POLICY}".replace('"main", ', "")})
    said = clone.git("push", "origin", "main")
    said.assert_refused(
        DECLINED, "the pushed ringfence.toml: zone: would remove `eval` from everything on main release/*"
    )
