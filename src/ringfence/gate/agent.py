"""Answers a coding agent's hook before the agent acts: a rival's agent may not work where the policy bars agents.

Agents continue when a hook fails, so every error is answered with a denial.
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

_FILES = ("file_path", "filePath", "path", "notebook_path", "absolute_path")  # keys under which tools name a file
_INPUTS = ("tool_input", "toolInput", "toolArgs", "tool_args")  # keys of a tool's input: an object, or JSON as text


@value
class Agent:
    """A coding agent that calls a hook before it acts.

    Attributes:
        vendor: Its vendor's id.
        deny: Builds the hook's answer that denies an action, from the reason.
        file: The file in which its hooks are configured.
        hooks: Builds the content of that file, from the command to run.
    """

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
    """Return the answer to an agent's hook, from the bytes that the agent sent; {} leaves the decision to the agent.

    `policies` are further policy files, from the command line.
    """
    try:
        reason = _find_reason(agent, data, policies)
    except RingfenceError as error:
        reason = f"ringfence can't decide whether you may work here: {error.message}"
    except Exception as error:  # noqa: BLE001 - a hook that fails would let the agent continue
        reason = f"ringfence can't decide whether you may work here ({type(error).__name__})."
    return agent.deny(reason) if reason else {}


def _find_reason(agent: Agent, data: bytes, policies: tuple[str, ...]) -> str:
    """Return why an agent must not do what it is about to do, or ""."""
    event = _parse_event(data)
    model = str(event.get("model") or "").encode()
    for path in _iter_paths(event):
        folder = _find_folder(path)
        repository = Repository(Repo(folder), policies=policies, outside=True)
        plan = load_local_plan(repository) if repository.is_in_git else None
        if plan and plan.is_rival(agent.vendor, *(vendor for _, vendor in plan.catalogue.find_models(model))):
            tags = _find_tags(repository, plan, path)
            action, tag = plan.actions.find_strictest(tags, "agents") if tags else ("", "")
            if action == "block":
                contact = f" Ask {plan.contact}." if plan.contact else ""
                return f"ringfence: {folder} is tagged {tag}; agents of {agent.vendor} may not work here.{contact}"
    return ""


def _parse_event(data: bytes) -> dict[str, Any]:
    """Return the event that an agent sent.

    Raises:
        UsageError: It isn't a JSON object.
    """
    try:
        event = json.loads(data)
    except ValueError:
        event = None
    if not isinstance(event, dict):
        raise UsageError("the agent's event isn't a JSON object.")
    return event


def _iter_paths(event: dict[str, Any]) -> Iterator[str]:
    """Yield the folders and files of an event as absolute paths; relative ones are below the agent's folder."""
    base = next(
        (text for text in (event.get("cwd"), *_filter_texts(event.get("workspace_roots"))) if text), os.getcwd()
    )
    paths = [base, *_filter_texts(event.get("workspace_roots"))]
    for source in (event, *(_parse_object(event.get(name)) for name in _INPUTS)):
        paths += [source[name] for name in _FILES if isinstance(source.get(name), str)]
    yield from dict.fromkeys(os.path.join(base, path) for path in paths)


def _filter_texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _parse_object(value: object) -> dict[str, Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return value if isinstance(value, dict) else {}


def _find_folder(path: str) -> str:
    """Return the nearest existing folder of a path, with links resolved; the path itself need not exist.

    Raises:
        PolicyError: There is none.
    """
    path = os.path.realpath(path)
    while not os.path.isdir(path):
        path, child = os.path.dirname(path), path
        if path == child:
            raise PolicyError(f"{path} isn't in a folder.")
    return path


def _find_tags(repository: Repository, plan: Plan, path: str) -> tuple[str, ...]:
    """Return the tags that apply to a file; for a folder those that apply to the whole repository."""
    top = repository.repo.find_work_tree()
    if top is None or os.path.isdir(path):
        return plan.zones.whole_tags
    inside = os.path.relpath(os.path.realpath(path), os.path.realpath(top))
    return plan.zones.find_tags(os.fsencode(inside.replace(os.sep, "/")))
