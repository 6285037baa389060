from __future__ import annotations

import pytest

from ringfence.policy.inputs import Layer
from ringfence.policy.schema.parse import parse_toml
from ringfence.policy.schema.policy_file import PolicyFile
from ringfence.policy.waiver_rules import WaiverRules, is_same_person, merge_waivers

WAIVER = """
[[waiver]]
finding = "0123456789abcdef0123"
tag = "eval"
reason = "Licensed."
ticket = "LEGAL-1"
requested_by = "ann"
approved_by = "bob"
until = 2030-01-31
"""


def merge(rules: WaiverRules, text: str, *, kind: str = "organisation", is_authoritative: bool = True) -> list[str]:
    data = f"version = 1\n{text}".encode()
    layer = Layer("org.toml", kind, data, is_authoritative)
    return merge_waivers(rules, layer, parse_toml(PolicyFile, data, "org.toml"))


def test_rows_of_a_plan_hold_rules_and_waivers() -> None:
    rules = WaiverRules()
    assert merge(rules, '[tag.eval]\napprovers = ["bob"]\n[waivers]\nemergency = ["root"]\n' + WAIVER) == []
    assert list(rules.iter_rows()) == [
        ("days", "90"),
        ("approver", "eval", "bob"),
        ("emergency", "root"),
        ("waiver", "0123456789abcdef0123", "", "eval", "LEGAL-1", "2030-01-31", "", "org.toml", ""),
    ]


@pytest.mark.parametrize(
    ("first", "second", "mistakes"),
    [
        ("days = 60", "days = 30", 0),
        ("days = 30", "days = 60", 1),
        ('emergency = ["root", "ann"]', 'emergency = ["ann"]', 0),
        ('emergency = ["ann"]', 'emergency = ["root"]', 1),
    ],
)
def test_a_later_layer_can_only_tighten(first: str, second: str, mistakes: int) -> None:
    rules = WaiverRules()
    assert merge(rules, f"[waivers]\n{first}") == []
    assert len(merge(rules, f"[waivers]\n{second}")) == mistakes


@pytest.mark.parametrize(("kind", "is_authoritative"), [("repository", True), ("organisation", False)])
def test_only_an_authoritative_layer_of_the_organisation_sets_rules(kind: str, is_authoritative: bool) -> None:
    rules = WaiverRules()
    found = merge(rules, WAIVER, kind=kind, is_authoritative=is_authoritative)
    assert found == ["org.toml: waiver: only the organisation's policy can set this"]
    assert rules.waivers == []


@pytest.mark.parametrize(
    ("approvers", "changed", "fault"),
    [
        ('["bob"]', WAIVER, ""),
        ('["bob"]', WAIVER.replace('"bob"', '"Ann"'), "Ann both requested and approved it"),
        ('["carl"]', WAIVER, "bob isn't an approver of eval"),
    ],
)
def test_a_fault_names_who_may_not_approve(approvers: str, changed: str, fault: str) -> None:
    rules = WaiverRules()
    merge(rules, f"[tag.eval]\napprovers = {approvers}\n{changed}")
    assert rules.find_fault(rules.waivers[0][1]) == fault


def test_case_and_white_space_do_not_make_another_person() -> None:
    assert is_same_person(" Ann  Example", "ann example")
    assert not is_same_person("ann", "anna")
