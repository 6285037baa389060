from __future__ import annotations

import pytest

from ringfence.policy.inputs import Inputs, Layer
from ringfence.policy.load import load_plan
from ringfence.policy.plan import Plan

POLICY = b"""version = 1
[accounts]
agents = ["*[bot]", "devin-*"]
barred = ["pat"]
consumer = ["*@gmail.com"]
approved = ["*@acme.example", "ann@partner.example"]
"""


def load(text: bytes) -> Plan:
    return load_plan(
        Inputs((Layer("policy.toml", "organisation", text, is_authoritative=True),), (("eval", "a test"),))
    )


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load(POLICY)


@pytest.mark.parametrize(
    ("account", "is_agent"), [("renovate[bot]", True), ("devin-ai", True), ("bot", False), ("ann", False)]
)
def test_only_a_star_is_special_in_an_account(plan: Plan, account: str, is_agent: bool) -> None:
    assert plan.accounts.is_agent(account) == is_agent


@pytest.mark.parametrize(("account", "is_barred"), [("pat", True), ("Pat", True), ("patricia", False), ("", False)])
def test_an_account_is_barred_by_its_name(plan: Plan, account: str, is_barred: bool) -> None:
    assert plan.accounts.is_barred(account) == is_barred
    assert not plan.accounts.is_agent(account)


@pytest.mark.parametrize(
    ("address", "is_approved"),
    [
        ("bob@acme.example", True),
        ("ann@partner.example", True),
        ("bob@partner.example", False),
        ("ann@gmail.com", False),
    ],
)
def test_where_accounts_are_approved_no_other_is(plan: Plan, address: str, is_approved: bool) -> None:
    assert plan.accounts.is_approved(address) == is_approved
    assert plan.accounts.is_consumer(address) == address.endswith("gmail.com")


def test_without_rules_every_account_is_approved_and_none_is_asked_about() -> None:
    plan = load(b"version = 1\n")
    assert plan.accounts.is_approved("anybody@example.org")
    assert not (plan.accounts.keeps_some_out)
    assert not (plan.accounts.has_commit_rules)
    assert not (plan.has_commit_rules)
