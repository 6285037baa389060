"""The coding agents that call a hook before they act: how each is configured, and answered."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ..sources import parent_processes
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
        surface: Returns where an agent of several surfaces works, from its event; "" where there is one.
    """

    name: str
    vendor: str
    deny: Callable[[str], dict[str, Any]]
    file: str
    hooks: Callable[[str], dict[str, Any]]
    surface: Callable[[dict[str, Any]], str] = lambda _: ""


def _build_hook_output(reason: str) -> dict[str, Any]:
    decision = {"permissionDecision": "deny", "permissionDecisionReason": reason}
    return {"hookSpecificOutput": {"hookEventName": "PreToolUse"} | decision}


def _build_tool_config(event: str) -> Callable[[str], dict[str, Any]]:
    return lambda command: {"hooks": {event: [{"hooks": [{"type": "command", "command": command}]}]}}


def _build_event_config(command: str) -> dict[str, Any]:
    events = ("preToolUse", "beforeShellExecution", "beforeMCPExecution", "beforeReadFile")
    return {"version": 1, "hooks": {event: [{"command": command, "failClosed": True}] for event in events}}


def _deny_copilot(reason: str) -> dict[str, Any]:
    """Return the denial that Copilot CLI and the cloud agent read, and the one that VS Code reads, together."""
    return {"permissionDecision": "deny", "permissionDecisionReason": reason} | _build_hook_output(reason)


def _find_copilot_surface(event: dict[str, Any]) -> str:
    """Return where Copilot works: VS Code gives each use of a tool an id, the CLI and the cloud agent don't.

    https://code.visualstudio.com/docs/agent-customization/hooks and GitHub's hooks reference.
    """
    is_cli = "copilot" in parent_processes.list_process_names(os.getppid())
    return "VS Code" if "tool_use_id" in event and "toolName" not in event and not is_cli else "Copilot CLI"


# To add an agent, write its row here. Sources: the hook references of each agent's documentation.
AGENTS: dict[str, Agent] = {
    "claude-code": Agent(
        "claude-code", "anthropic", _build_hook_output, ".claude/settings.json", _build_tool_config("PreToolUse")
    ),
    "codex": Agent("codex", "openai", _build_hook_output, "~/.codex/hooks.json", _build_tool_config("PreToolUse")),
    "copilot": Agent(
        "copilot",
        "github",
        _deny_copilot,
        ".github/hooks/ringfence.json",
        lambda command: {
            "version": 1,
            "hooks": {"preToolUse": [{"type": "command", "bash": command, "powershell": command}]},
        },
        _find_copilot_surface,
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
