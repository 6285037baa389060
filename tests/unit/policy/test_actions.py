from __future__ import annotations

import pytest

from ringfence.policy.actions import Actions, find_action_key
from ringfence.policy.markers.catalogue import Marker

ROWS = {
    "action": [["eval", "weak", "warn"], ["training-data", "weak", "block"], ["own", "weak", "block"],
               ["own", "declaration", "block"]],
    "aside": [["own"]],
}  # fmt: skip


def test_the_strictest_action_wins_and_of_equal_ones_the_tag_that_sorts_last() -> None:
    actions = Actions(ROWS)
    assert actions.find_strictest(("eval",), "weak") == ("warn", "eval")
    assert actions.find_strictest(("training-data", "eval", "own"), "weak") == ("block", "training-data")


def test_a_rule_holds_for_the_tags_that_demand_it() -> None:
    actions = Actions(ROWS)
    assert actions.filter_demanding(("eval", "own"), "declaration") == ("own",)
    assert actions.filter_demanding(("eval", "own"), "provenance") == ()


@pytest.mark.parametrize(
    ("kind", "vendor", "strength", "key"),
    [
        ("message", "acme", "strong", "strong"),
        ("declaration", "", "definitive", "declaration"),
        ("address", "", "definitive", "identities"),
        ("message", "undisclosed", "strong", "undisclosed"),
        ("message", "undisclosed", "weak", "weak"),
        ("environment", "acme", "definitive", "agents"),
        ("environment", "acme", "weak", "weak"),
    ],
)
def test_a_marker_falls_under_its_rules_action_or_its_strength(kind: str, vendor: str, strength: str, key: str) -> None:
    assert find_action_key(Marker("a-marker", vendor, vendor, "a tool", kind, strength, "")) == key
