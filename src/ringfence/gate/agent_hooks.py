"""The coding agents that call a hook before they act: how each is configured, and answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..values import value

if TYPE_CHECKING:
    from collections.abc import Callable


@value
class Agent:
    """A coding agent that calls a hook before it acts.

    Attributes:
        name: Its name, as in `ringfence guard`.
        vendor: Its vendor's id.
        deny: Builds the hook's answer that denies an action, from the reason.
        file: The file in which its hooks are configured.
        hooks: Builds the content of that file, from the command to run.
    """

    name: str
    vendor: str
    deny: Callable[[str], dict[str, Any]]
    file: str
    hooks: Callable[[str], dict[str, Any]]


def _build_hook_output(reason: str) -> dict[str, Any]:
    decision = {"permissionDecision": "deny", "permissionDecisionReason": reason}
    return {"hookSpecificOutput": {"hookEventName": "PreToolUse"} | decision}


def _build_tool_config(event: str) -> Callable[[str], dict[str, Any]]:
    return lambda command: {"hooks": {event: [{"hooks": [{"type": "command", "command": command}]}]}}


def _build_event_config(command: str) -> dict[str, Any]:
    events = ("preToolUse", "beforeShellExecution", "beforeMCPExecution", "beforeReadFile")
    return {"version": 1, "hooks": {event: [{"command": command, "failClosed": True}] for event in events}}


# To add an agent, write its row here. Sources: the hook references of each agent's documentation.
AGENTS: dict[str, Agent] = {
    "claude-code": Agent(
        "claude-code", "anthropic", _build_hook_output, ".claude/settings.json", _build_tool_config("PreToolUse")
    ),
    "codex": Agent("codex", "openai", _build_hook_output, "~/.codex/hooks.json", _build_tool_config("PreToolUse")),
    "copilot": Agent(
        "copilot",
        "github",
        lambda reason: {"permissionDecision": "deny", "permissionDecisionReason": reason},
        ".github/hooks/ringfence.json",
        lambda command: {
            "version": 1,
            "hooks": {"preToolUse": [{"type": "command", "bash": command, "powershell": command}]},
        },
    ),
    "cursor": Agent(
        "cursor",
        "anysphere",
        lambda reason: {"permission": "deny", "user_message": reason, "agent_message": reason},
        ".cursor/hooks.json",
        _build_event_config,
    ),
    "gemini-cli": Agent(
        "gemini-cli",
        "google",
        lambda reason: {"decision": "deny", "reason": reason},
        ".gemini/settings.json",
        _build_tool_config("BeforeTool"),
    ),
}
