from __future__ import annotations

import pytest

from ringfence.policy.inputs import Inputs, Layer
from ringfence.policy.load import load_plan
from ringfence.policy.plan import Plan

POLICY = b"""version = 1
[[zone]]
tag = "eval"
paths = ["evals/**", "!evals/docs/**", "evals/docs/answers.md"]
generators = ["acme-*", "human"]
[[zone]]
tag = "training-data"
paths = ["rows/**"]
refs = ["main", "release/*"]
"""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(Inputs((Layer("ringfence.toml", "repository", POLICY),)))


@pytest.mark.parametrize(
    ("path", "tags"),
    [
        (b"evals/a", ("eval",)),
        (b"evals/docs/a", ()),
        (b"Evals/A", ("eval",)),
        (b"evals/Docs/a", ("eval",)),
        (b"evals/docs/answers.md", ("eval",)),
        (b"rows/a", ("training-data",)),
        (b"src/a", ()),
    ],
)
def test_in_a_zone_the_last_glob_that_matches_decides(plan: Plan, path: bytes, tags: tuple[str, ...]) -> None:
    assert plan.zones.find_tags(path) == tags


@pytest.mark.parametrize(
    ("ref", "holds"),
    [
        (b"refs/heads/main", True),
        (b"refs/heads/release/1", True),
        (b"refs/heads/topic", False),
        (b"refs/tags/main", False),
    ],
)
def test_a_zone_that_is_bound_to_refs_holds_on_these_alone(plan: Plan, ref: bytes, holds: bool) -> None:
    assert plan.zones.find_tags(b"rows/a", plan.zones.find_bound(ref)) == (("training-data",) if holds else ())
    assert plan.zones.find_tags(b"evals/a", plan.zones.find_bound(ref)) == ("eval",)


@pytest.mark.parametrize(
    ("path", "generator", "allowed"),
    [
        (b"evals/a", "Acme-2", []),
        (b"evals/a", "human", []),
        (b"evals/a", "gpt-5", ["acme-*", "human"]),
        (b"rows/a", "gpt-5", []),
    ],
)
def test_a_zones_list_says_what_may_have_made_its_rows(
    plan: Plan, path: bytes, generator: str, allowed: list[str]
) -> None:
    assert plan.generators.find_allowed_instead(path, generator) == allowed
    assert plan.generators.is_restricted(path) == path.startswith(b"evals/")
