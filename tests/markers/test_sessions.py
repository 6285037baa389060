"""Agents by the variables of their shells: the most specific product is named, others that it imitates aren't."""

from __future__ import annotations

import pytest

from markers.conftest import Judge

# What the shells of each agent hold, as its own package set it.
SHELLS = {
    "oh-my-pi": ("AGENT=1", "CI=true", "CLAUDECODE=1", "OMPCODE=1"),
    "kilo-code": ("AGENT=1", "KILO=1", "KILO_PID=7", "KILO_RUN_ID=a", "KILOCODE_FEATURE=cli", "OPENCODE=1"),
    "anomaly": ("AGENT=1", "OPENCODE=1", "OPENCODE_PID=7"),
    "anthropic": ("AI_AGENT=claude-code_2-1-332_agent", "CLAUDECODE=1", "CLAUDE_CODE_SESSION_ID=a", "CLAUDE_PID=7"),
    "openai": ("CODEX_CI=1", "CODEX_SESSION_ID=a", "CODEX_THREAD_ID=b", "CODEX_TOOL_CALL_ID=c"),
    "alibaba": ("QWEN_CODE_MODEL=house-7", "QWEN_CODE_SESSION_ID=a"),
    "xai": ("GROK_SESSION_ID=a",),
    "github": ("COPILOT_AGENT_SESSION_ID=a", "COPILOT_CLI=1", "COPILOT_CLI_BINARY_VERSION=1.0.102"),
}


@pytest.mark.parametrize("vendor", SHELLS)
def test_the_agent_of_a_shell_is_named_and_no_other(judge: Judge, vendor: str) -> None:
    found = judge.findings("environment", "\n".join(SHELLS[vendor]).encode())
    assert {item.vendor for item in found} == {vendor}
    assert any(item.action == "block" for item in found)


def test_an_agent_inside_another_is_told_beside_it(judge: Judge) -> None:
    shell = (*SHELLS["oh-my-pi"], "CLAUDE_CODE_SESSION_ID=a")
    found = judge.findings("environment", "\n".join(shell).encode())
    assert {item.vendor for item in found} == {"oh-my-pi", "anthropic"}


def test_an_agent_that_says_no_more_is_a_hint(judge: Judge) -> None:
    (found,) = judge.findings("environment", b"AGENT=1")
    assert (found.vendor, found.strength) == ("undisclosed", "weak")


@pytest.mark.parametrize("setting", ["OMPCODE=0", "KILO=0", "AGENT=ann", "CI=true", "QWEN_CODE_HOME=/opt/qwen"])
def test_what_is_off_or_a_persons_own_says_nothing(judge: Judge, setting: str) -> None:
    assert judge.findings("environment", setting.encode()) == []


QWEN_NOTE = b'{"version":1,"generator":"house-7","files":{"a.txt":{"aiChars":8,"humanChars":72,"percent":10}}}\n'


def test_a_note_of_qwen_code_counts_whatever_model_it_names(judge: Judge) -> None:
    assert {item.vendor for item in judge.findings("note", QWEN_NOTE) if item.action == "block"} == {"alibaba"}


def test_a_note_counts_when_its_lines_were_sorted_by_a_merge(judge: Judge) -> None:
    note = b'  "model": "claude-sonnet-4-5",\n  "schema": "x",\n  "tool": "claude-code"\n{\n}\n'
    assert judge.refuses("note", note)
    assert judge.refuses("note", b"\n".join(sorted(QWEN_NOTE.replace(b",", b",\n").split(b"\n"))))


def test_a_note_that_counts_lines_of_a_session_counts(judge: Judge) -> None:
    note = b'{"session": {"session_id": "a", "model": {"id": "house-7", "provider": 1}}, "summary": {"ai_lines": %d}}\n'
    assert judge.refuses("note", note % 5)
    assert not judge.refuses("note", note % 0)
