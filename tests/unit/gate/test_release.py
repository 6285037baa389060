"""Two people decide about a push in quarantine."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import init
from reports.conftest import finding, verdict
from ringfence.errors import UsageError
from ringfence.gate import release
from ringfence.git.repo import Repo
from ringfence.policy.inputs import Inputs, Layer
from ringfence.policy.load import load_plan
from ringfence.policy.plan import Plan
from ringfence.records.quarantine import QuarantinedPush
from ringfence.records.recorder import get_actor
from ringfence.repository import Repository

POLICY = b"""
version = 1
tags = ["eval"]
[tag.eval]
on_block = "quarantine"
approvers = ["bob"]
"""
ZERO = "0" * 40


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(Inputs((Layer("policy.toml", "organisation", POLICY, is_authoritative=True),)))


def make_push(commit: str = "a" * 40, **asked: str) -> QuarantinedPush:
    record = {
        "who": "ann", "refs": [{"ref": "refs/heads/main", "old": ZERO, "new": commit}], "unread": [],
        "findings": [{"tag": "eval", "action": "block", "fingerprint": "0" * 20}],
    }  # fmt: skip
    return QuarantinedPush("20260131-00000000", record, asked, {})


def test_another_person_who_is_an_approver_may_approve(plan: Plan) -> None:
    asked = make_push(act="release", by="carl", login="another-login")
    assert release._check_approval(asked, "release", "bob", plan) == ""


@pytest.mark.parametrize("asked", [{"login": get_actor()}, {"login": ""}, {}])
def test_the_same_login_or_an_unknown_one_is_not_another_person(plan: Plan, asked: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="another login has to approve"):
        release._check_approval(make_push(act="release", by="carl", **asked), "release", "bob", plan)


@pytest.mark.parametrize(
    ("asked", "by", "message"),
    [
        ({}, "bob", "there is no request to release 20260131-00000000."),
        ({"act": "drop", "by": "carl"}, "bob", "there is no request to release 20260131-00000000."),
        ({"act": "release", "by": "bob"}, "Bob", "Bob asked for it: another person has to approve."),
        ({"act": "release", "by": "carl"}, "dora", "dora isn't an approver of eval."),
    ],
)
def test_all_others_may_not(plan: Plan, asked: dict[str, str], by: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        release._check_approval(make_push(**asked), "release", by, plan)
    assert error.value.message == message


def test_where_no_policy_holds_any_more_nobody_is_an_approver() -> None:
    with pytest.raises(UsageError, match="isn't an approver of eval"):
        release._check_approval(make_push(act="release", by="carl"), "release", "bob", None)


def test_findings_of_the_record_are_waived_and_later_ones_are_not() -> None:
    recorded, later, warning = finding(), finding(fingerprint="1" * 20), finding(action="warn")
    waived = release._waive_findings(verdict(recorded, later, warning), make_push())
    assert [item.waiver for item in waived.findings] == ["20260131-00000000", "", ""]
    assert waived.exit_code == 1


def test_updates_that_an_interrupted_release_made_are_not_pending(tmp_path: Path) -> None:
    work = init(tmp_path / "work")
    commit = work.commit("One")
    place = Repository(Repo(str(work.path)))
    assert release._find_pending_updates(place, make_push(commit)) == []
    work.did("update-ref", "-d", "refs/heads/main")
    assert release._find_pending_updates(place, make_push(commit)) == [(ZERO, commit, b"refs/heads/main")]
    work.commit("Two")
    with pytest.raises(UsageError, match=r"^refs/heads/main has moved since\.$"):
        release._find_pending_updates(place, make_push(commit))


def test_an_incomplete_push_can_only_be_dropped(tmp_path: Path) -> None:
    place = Repository(Repo(str(init(tmp_path / "work").path)))
    with pytest.raises(UsageError, match="is incomplete"):
        release.request_decision(place, QuarantinedPush("1", {}, {}, {}), "release", "ann", "Licensed.")


def test_a_decision_needs_a_ledger(tmp_path: Path) -> None:
    place = Repository(Repo(str(init(tmp_path / "work").path)))
    with pytest.raises(UsageError, match="no ledger is configured here"):
        release.request_decision(place, make_push(), "release", "ann", "Licensed.")
