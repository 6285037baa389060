"""The kinds of case that tools for this were compared by, in messages of our own: all caught, none falsely."""

from __future__ import annotations

import pytest

from markers.conftest import Judge

CAUGHT = {
    "Claude's co-author line": "Sort before merging\n\nCo-Authored-By: Claude <noreply@anthropic.com>",
    "Claude's line with a model": "Sort\n\nCo-Authored-By: Claude Sonnet 4.5 <noreply@anthropic.com>",
    "Claude's footer": "Sort\n\n🤖 Generated with [Claude Code](https://claude.com/claude-code)",
    "Claude's session": "Sort\n\nClaude-Session: https://claude.ai/code/session_01QxT7uLk2VbN8cRw3ZyMfHs",
    "Copilot": "Sort\n\nCo-authored-by: Copilot <175728472+Copilot@users.noreply.github.com>",
    "Codex by address": "Sort\n\nCo-authored-by: Codex <noreply@openai.com>",
    "Codex by its task": "Sort\n\n------\nhttps://chatgpt.com/codex/tasks/task_e_6841b2c3d4e5f60718293a4b5c6d7e8f",
    "Cursor": "Sort\n\nCo-authored-by: Cursor <cursoragent@cursor.com>",
    "Gemini CLI": "Sort\n\nCo-authored-by: gemini-cli <218195315+gemini-cli@users.noreply.github.com>",
    "Devin": ("Sort\n\nCo-Authored-By: Devin AI <158243242+devin-ai-integration[bot]@users.noreply.github.com>"),
    "Assisted-by": "Sort\n\nAssisted-by: Claude:claude-opus-4-6",
    "Generated-by": "Sort\n\nGenerated-by: ChatGPT",
    "Amp": "Sort\n\nAmp-Thread-ID: https://ampcode.com/threads/T-7c1d2e3f-4a5b-6c7d-8e9f-0a1b2c3d4e5f",
    "Jules": (
        "Sort\n\nCo-authored-by: google-labs-jules[bot] <161369871+google-labs-jules[bot]@users.noreply.github.com>"
    ),
    "CRLF": "Sort\r\n\r\nCo-Authored-By: Claude <noreply@anthropic.com>\r\n",
    "a squash's body": (
        "Add sorting (#12)\n\n* first try\n\nCo-authored-by: Cursor <cursoragent@cursor.com>\n\n* names\n* tests\n"
    ),
    "aider": "Sort\n\nCo-authored-by: aider (gpt-5.4) <aider@aider.chat>",
    "Kimi": "Sort\n\nCo-authored-by: Kimi K3 Code <noreply@kimi.com>",
    "Qwen": "Sort\n\nCo-authored-by: Qwen-Coder <qwen-coder@alibabacloud.com>",
    "opencode": "Sort\n\nCo-authored-by: opencode <noreply@opencode.ai>",
    "Entire's checkpoint": "Sort\n\nEntire-Checkpoint: 9f3a1c7be204",
    "AI-Model-Used": "Sort\n\nAI-Model-Used: gpt-5.4",
    "zero-width signs": "Sort\n\nCo-Authored-By: Cla\u200bude <noreply@anth\u200bropic.com>",
    "look-alike letters": "Sort\n\nCo-Authored-By: Сlаude <norерly@аnthropic.com>",
    "a folded trailer": "Sort\n\nCo-Authored-By: Claude\n  <noreply@anthropic.com>",
}
PASSED = {
    "a person called Claude": "Paint\n\nCo-authored-by: Claude Lorrain <claude@lorrain.example>",
    "a person called Devin": "Run\n\nCo-authored-by: Devin Townsend <devin@townsend.example>",
    "a vendor's package": "Bump @anthropic-ai/sdk from 0.60.0 to 0.61.0\n\nSigned-off-by: Dependabot <s@example.com>",
    "a comment": "Sort\n\n# Leave Co-authored-by lines of assistants out, please.",
    "talk about a tool": "docs: say how to turn off Cursor's co-author line",
    "another generator": "Sort\n\nGenerated-by: protoc 29.1",
    "no help": "Sort\n\nAI-assisted: no",
}


@pytest.mark.parametrize("message", CAUGHT.values(), ids=CAUGHT)
def test_what_a_tool_left_is_refused(judge: Judge, message: str) -> None:
    assert judge.refuses("message", message)


@pytest.mark.parametrize("message", PASSED.values(), ids=PASSED)
def test_what_a_person_wrote_passes(judge: Judge, message: str) -> None:
    assert not judge.refuses("message", message)


def test_there_are_as_many_kinds_as_there_were() -> None:
    assert (len(CAUGHT), len(PASSED)) == (25, 7)
