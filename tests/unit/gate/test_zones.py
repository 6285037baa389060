"""Zones that are bound to refs."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import init
from ringfence.gate import zones
from ringfence.git.repo import Repo
from ringfence.model import Change
from ringfence.policy.inputs import Inputs, Layer
from ringfence.policy.load import load_plan
from ringfence.policy.plan import Plan
from ringfence.sources.receive import KNOWN

BOUND = b"""
version = 1
[[zone]]
tag = "training-data"
refs = ["refs/heads/main"]
[[zone]]
tag = "eval"
refs = ["refs/heads/main", "refs/heads/release/*"]
"""
OLD, NEW = "1" * 40, "a" * 40


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(Inputs((Layer("ringfence.toml", "repository", BOUND),)))


def update(name: str, old: str = OLD) -> tuple[str, str, bytes]:
    return (old, NEW, name.encode())


def test_refs_are_grouped_by_their_zones_most_zones_first(plan: Plan) -> None:
    names = ("refs/heads/topic", "refs/heads/release/1", "refs/heads/main", "refs/heads/release/2")
    groups = zones.group_by_zones(plan.zones.find_bound, map(update, names))
    assert [len(within) for within, _ in groups] == [2, 1, 0]
    assert [[name for _, _, name in refs] for _, refs in groups] == [
        [b"refs/heads/main"], [b"refs/heads/release/1", b"refs/heads/release/2"], [b"refs/heads/topic"],
    ]  # fmt: skip


def test_commits_are_known_by_the_refs_that_have_the_same_zones(plan: Plan, tmp_path: Path) -> None:
    work = init(tmp_path / "work")
    first = work.commit("One")
    second = work.commit("Two")
    work.did("branch", "release/1", first)
    work.did("branch", "topic")
    work.did("update-ref", "refs/quarantine/1/refs/heads/main", second)
    groups = zones.group_updates(
        Repo(str(work.path)), plan,
        [update("refs/heads/topic"), update("refs/heads/release/2"), update("refs/heads/main")],
        [update("refs/heads/topic")],
    )  # fmt: skip
    on_main, on_release = plan.zones.find_bound(b"refs/heads/main"), plan.zones.find_bound(b"refs/heads/release/1")
    assert groups == [
        ([update("refs/heads/main")], (f"^{second}",), on_main),
        ([update("refs/heads/release/2")], (f"^{second}", f"^{first}"), on_release),
        ([update("refs/heads/topic")], ("--not", OLD), frozenset()),
    ]


def test_a_new_ref_with_a_stricter_policy_excludes_no_commit(plan: Plan, tmp_path: Path) -> None:
    repo = Repo(str(init(tmp_path / "work").path))
    new = update("refs/heads/topic", old="0" * 40)
    assert zones.group_updates(repo, plan, [new], [new]) == [([new], (), frozenset())]
    assert zones.group_updates(repo, plan, [new], []) == [([new], KNOWN, frozenset())]


def test_the_zones_of_a_branch_are_those_of_head(plan: Plan, tmp_path: Path) -> None:
    work = init(tmp_path / "work")
    repo = Repo(str(work.path))
    assert zones.find_branch_zones(repo, plan) == plan.zones.find_bound(b"refs/heads/main")
    work.commit("One")
    work.did("checkout", "-q", "--detach")
    assert zones.find_branch_zones(repo, plan) is None


def test_changes_get_their_zones(plan: Plan) -> None:
    within = plan.zones.find_bound(b"refs/heads/main")
    assert [change.within for change in zones.assign_zones([Change("commit"), Change("ref")], within)] == [within] * 2


@pytest.mark.parametrize(
    ("target", "ref", "base", "has_more"),
    [
        ("refs/heads/main", "refs/heads/topic", "refs/remotes/origin/release/1", True),
        ("refs/heads/release/1", "refs/heads/topic", "refs/remotes/origin/main", False),
        ("", "refs/heads/main", "refs/remotes/origin/topic", True),
        ("", "refs/heads/topic", "refs/remotes/origin/main", False),
        ("", "refs/tags/main", "refs/remotes/origin/topic", False),
        ("refs/heads/main", "topic", OLD, False),
    ],
)
def test_a_run_has_more_zones_than_the_branch_it_began_at(
    plan: Plan, target: str, ref: str, base: str, *, has_more: bool
) -> None:
    assert zones.has_more_zones(plan, target, ref, base) is has_more
