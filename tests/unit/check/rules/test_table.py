from __future__ import annotations

from importlib import import_module

from ringfence.check.rules import table
from ringfence.check.rules.base import Rule
from ringfence.policy.actions import COMMIT_RULES


def test_every_rule_that_a_plan_can_ask_for_is_in_the_table() -> None:
    """A rule that the plan doesn't know of would never be loaded, and a commit would pass it unseen."""
    assert {action for action, _, _ in table._COMMIT_RULES} == {"identities", *COMMIT_RULES}


def test_every_row_of_the_table_names_a_rule() -> None:
    for _, module, name in table._COMMIT_RULES:
        assert issubclass(getattr(import_module(f"ringfence.check.rules.{module}"), name), Rule)
