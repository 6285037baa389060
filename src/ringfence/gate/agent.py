"""Answers a coding agent's own hook, before it acts: no session of a rival works where the policy keeps agents out.

Agents go on when a hook fails, so whatever goes wrong is a denial too.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from ..errors import PolicyError, RingfenceError, UsageError
from ..git.repo import Repo
from ..repository import Repository, load_local_plan
from ..values import value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..policy.plan import Plan

_FILES = ("file_path", "filePath", "path", "notebook_path", "absolute_path")  # what tools call the file they work on
_INPUTS = ("tool_input", "toolInput", "toolArgs", "tool_args")  # an object, or JSON in text


@value
class Agent:
    """An agent that can be asked to ask us.

    Attributes:
        vendor: Whose it is.
        deny: How a denial is told, from the reason.
        file: Where its hooks are configured.
        hooks: What stands there, from the command to run.
    """

    vendor: str
    deny: Callable[[str], dict[str, Any]]
    file: str
    hooks: Callable[[str], dict[str, Any]]


def _build_hook_output(reason: str) -> dict[str, Any]:
    said = {"permissionDecision": "deny", "permissionDecisionReason": reason}
    return {"hookSpecificOutput": {"hookEventName": "PreToolUse"} | said}


def _build_tool_config(event: str) -> Callable[[str], dict[str, Any]]:
    return lambda command: {"hooks": {event: [{"hooks": [{"type": "command", "command": command}]}]}}


def _build_event_config(command: str) -> dict[str, Any]:
    events = ("preToolUse", "beforeShellExecution", "beforeMCPExecution", "beforeReadFile")
    return {"version": 1, "hooks": {event: [{"command": command, "failClosed": True}] for event in events}}


# To add an agent, write its row here. Sources: the hook references of each agent's documentation.
AGENTS: dict[str, Agent] = {
    "claude-code": Agent("anthropic", _build_hook_output, ".claude/settings.json", _build_tool_config("PreToolUse")),
    "codex": Agent("openai", _build_hook_output, "~/.codex/hooks.json", _build_tool_config("PreToolUse")),
    "copilot": Agent(
        "github",
        lambda reason: {"permissionDecision": "deny", "permissionDecisionReason": reason},
        ".github/hooks/ringfence.json",
        lambda command: {
            "version": 1,
            "hooks": {"preToolUse": [{"type": "command", "bash": command, "powershell": command}]},
        },
    ),
    "cursor": Agent(
        "anysphere",
        lambda reason: {"permission": "deny", "user_message": reason, "agent_message": reason},
        ".cursor/hooks.json",
        _build_event_config,
    ),
    "gemini-cli": Agent(
        "google",
        lambda reason: {"decision": "deny", "reason": reason},
        ".gemini/settings.json",
        _build_tool_config("BeforeTool"),
    ),
}


def answer_hook(agent: Agent, data: bytes, policies: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return what to tell an agent about what it is about to do; {} lets its own rules decide."""
    try:
        reason = _find_reason(agent, data, policies)
    except RingfenceError as error:
        reason = f"ringfence can't tell whether you may work here: {error.message}"
    except Exception as error:  # noqa: BLE001 - a hook that fails would let the agent go on
        reason = f"ringfence can't tell whether you may work here ({type(error).__name__})."
    return agent.deny(reason) if reason else {}


def _find_reason(agent: Agent, data: bytes, policies: tuple[str, ...]) -> str:
    """Return why an agent may not do what it is about to do, or ""."""
    event = _parse_event(data)
    model = str(event.get("model") or "").encode()
    for path in _iter_paths(event):
        folder = _find_folder(path)
        place = Repository(Repo(folder), policies=policies, outside=True)
        plan = load_local_plan(place) if place.is_in_git else None
        if plan and plan.is_rival(agent.vendor, *(vendor for _, vendor in plan.catalogue.find_models(model))):
            tags = _find_tags(place, plan, path)
            action, tag = plan.actions.find_strictest(tags, "agents") if tags else ("", "")
            if action == "block":
                whom = f" Ask {plan.contact}." if plan.contact else ""
                return f"ringfence: {folder} is {tag}; no session of {agent.vendor} works here.{whom}"
    return ""


def _parse_event(data: bytes) -> dict[str, Any]:
    """Read what an agent says.

    Raises:
        UsageError: It makes no sense.
    """
    try:
        event = json.loads(data)
    except ValueError:
        event = None
    if not isinstance(event, dict):
        raise UsageError("what the agent says isn't a JSON object.")
    return event


def _iter_paths(event: dict[str, Any]) -> Iterator[str]:
    """Yield the folders and files that an event is about; relative ones lie where the agent works."""
    base = next(
        (text for text in (event.get("cwd"), *_filter_texts(event.get("workspace_roots"))) if text), os.getcwd()
    )
    found = [base, *_filter_texts(event.get("workspace_roots"))]
    for tool in (event, *(_parse_object(event.get(name)) for name in _INPUTS)):
        found += [tool[name] for name in _FILES if isinstance(tool.get(name), str)]
    yield from dict.fromkeys(os.path.join(base, path) for path in found)


def _filter_texts(given: object) -> list[str]:
    return [item for item in given if isinstance(item, str)] if isinstance(given, list) else []


def _parse_object(given: object) -> dict[str, Any]:
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            return {}
    return given if isinstance(given, dict) else {}


def _find_folder(path: str) -> str:
    """Return the folder that a path lies in, or will lie in, wherever links lead."""
    path = os.path.realpath(path)
    while not os.path.isdir(path):
        path, below = os.path.dirname(path), path
        if path == below:
            raise PolicyError(f"{path} is in no folder.")
    return path


def _find_tags(place: Repository, plan: Plan, path: str) -> tuple[str, ...]:
    """Return the tags that hold for a file; for a folder those that hold for all of the repository."""
    top = place.repo.find_work_tree()
    if top is None or os.path.isdir(path):
        return plan.zones.whole
    inside = os.path.relpath(os.path.realpath(path), os.path.realpath(top))
    return plan.zones.find_tags(os.fsencode(inside.replace(os.sep, "/")))
