from __future__ import annotations

from collections.abc import Callable

import pytest

from ringfence.check.rules.declaration import parse_declarations
from ringfence.policy.plan import Plan


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("Provenance: human", None),
        ("provenance:  Human ", None),
        ("Provenance: meta/llama", "declaration-rival"),
        ("Provenance: nobody/nothing", "declaration-wrong"),
        ("Provenance: openai/codex gpt-5", "declaration-rival"),
        ("Provenance: a colleague", "declaration-wrong"),
        ("Assisted-by: Agent:gpt-5 sparse", "declaration-rival"),
        ("Assisted-by: a spell checker", "declaration-wrong"),
    ],
)
def test_a_declaration_names_a_person_or_a_known_tool_that_is_no_rivals(
    make_plan: Callable[..., Plan], line: str, fault: str | None
) -> None:
    [found] = parse_declarations(f"Add rows\n\n{line}\n", make_plan("training-data"))
    assert (found.line, found.fault and found.fault.id) == (line.strip(), fault)


def test_a_message_without_a_declaration_is_at_fault_for_that(make_plan: Callable[..., Plan]) -> None:
    [found] = parse_declarations("\nAdd rows\n\nProvenanced: human\n", make_plan("training-data"))
    assert (found.line, found.fault and found.fault.id) == ("Add rows", "declaration-missing")
