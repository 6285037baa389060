from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from ringfence.check.waivers import MarkerCount, Waivers, find_ticket
from ringfence.policy.plan import Plan
from ringfence.values import replace
from unit.check.conftest import COMMIT, finding_of


def waiver(finding: str = "", commit: str = "", tag: str = "training-data", days: int = 5) -> tuple[str, ...]:
    """Return a row of a plan: a waiver that ends in some days."""
    until = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=days)
    return (finding, commit, tag, "LEGAL-7", until.isoformat(), "", "policy.toml")


def apply(plan: Plan, row: tuple[str, ...], *tags: str) -> tuple[str, str, str]:
    """Return ticket, action and tag of a finding under a plan with one waiver."""
    plan.waivers = []
    finding = finding_of(plan)
    plan.waivers = [row]
    found = Waivers(plan).apply(finding, tags, "definitive")
    return found.waiver, found.action, found.tag


def test_a_finding_or_its_commit_can_be_waived(make_plan: Callable[..., Plan]) -> None:
    plan = make_plan("training-data")
    fingerprint = finding_of(plan).fingerprint
    for row in (waiver(finding=fingerprint), waiver(commit=COMMIT)):
        assert apply(plan, row, "training-data") == ("LEGAL-7", "block", "training-data")
    for row in (waiver(finding="0" * 20), waiver(commit="2" * 40), waiver()):
        assert apply(plan, row, "training-data") == ("", "block", "training-data")


def test_a_waiver_lifts_one_tag_and_the_other_still_refuses(make_plan: Callable[..., Plan]) -> None:
    plan = make_plan("training-data", "eval")
    assert apply(plan, waiver(commit=COMMIT), "training-data", "eval") == ("", "block", "eval")


@pytest.mark.parametrize("days", [-1, 400])
def test_a_waiver_that_ended_or_ends_too_late_is_not_used(make_plan: Callable[..., Plan], days: int) -> None:
    assert apply(make_plan("training-data"), waiver(commit=COMMIT, days=days), "training-data")[0] == ""


def test_a_new_mark_cannot_take_the_place_of_a_waived_one(make_plan: Callable[..., Plan]) -> None:
    plan = make_plan("training-data")
    old = replace(finding_of(plan, excerpt="old"), waiver="LEGAL-7")
    fresh = finding_of(plan, excerpt="new")
    found = Waivers(plan).select_new(MarkerCount(1, [fresh]), [MarkerCount(1, [old])], ("training-data",), "definitive")
    assert [item.excerpt for item in found] == ["new"]


@pytest.mark.parametrize(
    ("environ", "ticket"),
    [
        ({}, ""),
        ({"COUNT": "2", "0": "ci.skip", "1": "ringfence.waive= A-1 "}, "A-1"),
        ({"COUNT": "many", "0": "ringfence.waive=A-1"}, ""),
    ],
)  # fmt: skip
def test_the_ticket_is_a_push_option(environ: dict[str, str], ticket: str) -> None:
    assert find_ticket({f"GIT_PUSH_OPTION_{name}": text for name, text in environ.items()}) == ticket
