"""Forms of public histories that other forms don't cover: help of a tool, subjects that a tool ends, lines of prose."""

from __future__ import annotations

import pytest

from markers.conftest import Judge


@pytest.mark.parametrize(
    ("line", "marker"),
    [
        ("Generated with assistance from Claude", "anthropic-claude-credit"),
        ("🤖 GENERATED WITH ASSISTANCE OF [OhMyOpenCode](https://example.com)", "sisyphuslabs-oh-my-opencode-credit"),
        ("Note: Fix identified and developed with assistance from Claude Opus 4.6", "anthropic-claude-sentence"),
        ("via HAPI (https://hapi.run)", "hapi-footer"),
        ("via OpenCode and Cursor CLI", "anomaly-opencode-credit"),
        ("Don't hide the header (vibe-kanban 1a2b3c4d)", "bloop-vibe-kanban-subject"),
    ],
)
def test_help_and_subjects_that_a_tool_ends_are_marks(judge: Judge, line: str, marker: str) -> None:
    assert judge.refuses("message", f"Subject\n\n{line}\n")
    assert marker in judge.marks("message", line)


@pytest.mark.parametrize(
    "line",
    [
        "It is what clients see\nvia Antigravity/Vertex AI backend, which is used by others",
        "The rows are converted\nvia llm/conversion.py: without plugins",
        "Requests go out\nvia OpenCode, which routes them",
        "Written with the help of Claude",
    ],
)
def test_a_sentence_that_wraps_before_via_credits_nobody(judge: Judge, line: str) -> None:
    assert not judge.refuses("message", f"Subject\n\n{line}\n")


def test_a_line_that_names_a_tool_is_not_also_one_that_names_none(judge: Judge) -> None:
    assert "undisclosed-robot-footer" in judge.marks("message", "Subject\n\n🤖 Generated with Some Agent")
    named = judge.marks("message", "Subject\n\n🤖 Generated with [Claude Code](https://claude.com/claude-code)")
    assert not any(name.startswith("undisclosed") for name in named)
    assert judge.marks("author", "Hamster Agent <agent@example.org>") == {"undisclosed-named-agent"}
    assert judge.marks("author", "mcp-agent <mcp-agent@agent.mail>") == {"mcp-agent-mail-address"}


@pytest.mark.parametrize(
    "message",
    [
        "Bump Codex and add GPT-5.4 support (Vibe Kanban) (#3051)",
        "Pin models\n\nConstraint: GPT-5.4 isn't listed\nRejected: gpt-5.4-max | unknown\nScope-risk: narrow\n",
        "Pin\n\nConstraint: x\nRejected: y\nScope-risk: narrow\nCo-authored-by: OmX <omx@oh-my-codex.dev>\nGPT-5.4",
    ],
)
def test_a_model_that_a_change_is_about_is_not_its_author(judge: Judge, message: str) -> None:
    found = [item for item in judge.findings("message", message.encode()) if item.strength != "weak"]
    assert found
    assert {item.model for item in found} == {""}
