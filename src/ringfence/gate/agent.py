"""Answers a coding agent's hook before the agent acts: a rival's agent may not work where the policy bars agents.

Agents continue when a hook fails, so every error is answered with a denial.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ..errors import GitError, PolicyError, RingfenceError
from ..git.repo import Repo
from ..repository import Repository, load_local_plan
from ..values import value
from .agent_event import list_targets, parse_event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..policy.plan import Plan
    from .agent_event import Target

_MOST_ENTRIES = 100_000  # files and folders that are looked at below a folder; half a second
# How git's last words begin where there is no repository.
_NO_REPOSITORY = ("not a git repository", "Stopping at filesystem boundary")


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
    event = parse_event(data)
    judge = _Judge(agent.vendor, str(event.get("model") or "").encode(), policies)
    for target in list_targets(event):
        # An agent may resolve `..` before links, and the system resolves it after them.
        for path in dict.fromkeys((os.path.realpath(target.path), os.path.realpath(os.path.normpath(target.path)))):
            if reason := judge.find_reason(target, path):
                return reason
    return ""


class _Judge:
    """Judges the paths of one event; each repository's policy is loaded once.

    Args:
        vendor: The agent's vendor.
        model: The model that it names, or b"".
        policies: Further policy files.
    """

    def __init__(self, vendor: str, model: bytes, policies: tuple[str, ...]) -> None:
        self._vendor, self._model, self._policies = vendor, model, policies
        self._plans: dict[str, tuple[str, Plan | None]] = {}  # by folder: the work tree's top or "", and its plan
        self._count = 0

    def find_reason(self, target: Target, path: str) -> str:
        """Return why the agent must not touch a path, or "".

        Raises:
            RingfenceError: It can't be judged.
        """
        folder = _find_folder(path)
        if reason := self._find_own_reason(folder, path, is_place=target.is_place):
            return reason
        if target.is_place or not os.path.isdir(path) or (path == "/" and not target.is_known):
            return ""
        return self._find_reason_below(path, is_known=target.is_known)

    def _find_own_reason(self, folder: str, path: str, *, is_place: bool) -> str:
        """Return why the tags of a path keep the agent out, or ""; what is below a folder is left out."""
        top, plan = self._load(folder)
        if plan is None:
            return ""
        tags = plan.zones.whole_tags
        if top and not (is_place and path == top):  # who works at the top of a work tree may keep out of its zones
            tags = _find_tags(plan, top, [os.path.join(path, "any") if os.path.isdir(path) else path])
        return self._format_reason(plan, tags, f"{folder} is tagged", "here")

    def _find_reason_below(self, top: str, *, is_known: bool) -> str:
        """Return why the files and repositories below a folder keep the agent out, or "".

        Raises:
            PolicyError: There are too many of them.
        """
        tree, plan = self._load(top)
        has_zones = bool(tree and plan and self._format_reason(plan, plan.zones.path_tags, "", ""))
        if not has_zones and not is_known:
            return ""
        for folder, names, files in os.walk(top):
            self._count += 1 + len(files)
            if self._count > _MOST_ENTRIES:
                raise PolicyError(f"{top} holds more than {_MOST_ENTRIES:,} files; name a smaller folder.")
            if folder != top and _is_repository(names, files):
                names.clear()
                nested = self._find_own_reason(folder, folder, is_place=False)
                if reason := nested or self._find_reason_below(folder, is_known=is_known):
                    return reason
                continue
            if ".git" in names:
                names.remove(".git")
            if has_zones and plan:
                tags = _find_tags(plan, tree, (os.path.join(folder, name) for name in (*files, "any")))
                if reason := self._format_reason(plan, tags, f"{top} contains files tagged", "there"):
                    return reason
        return ""

    def _load(self, folder: str) -> tuple[str, Plan | None]:
        """Return a folder's work tree ("" if there is none), and the plan if its tags could keep the agent out."""
        if folder not in self._plans:
            _check_repository(folder)
            repository = Repository(Repo(folder), policies=self._policies, outside=True)
            plan = load_local_plan(repository) if repository.is_in_git else None
            if plan and not plan.is_rival(self._vendor, *(it for _, it in plan.catalogue.find_models(self._model))):
                plan = None
            top = repository.repo.find_work_tree() if plan else None
            self._plans[folder] = (os.path.realpath(top) if top else "", plan)
        return self._plans[folder]

    def _format_reason(self, plan: Plan, tags: tuple[str, ...], what: str, where: str) -> str:
        """Return the reason for a denial if one of the tags bars agents, else ""."""
        action, tag = plan.actions.find_strictest(tags, "agents") if tags else ("", "")
        if action != "block":
            return ""
        contact = f" Ask {plan.contact}." if plan.contact else ""
        return f"ringfence: {what} {tag}; agents of {self._vendor} may not work {where}.{contact}"


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


def _check_repository(folder: str) -> None:
    """Check that git opens the repository that a folder lies in; it would pass for an ordinary folder otherwise.

    Raises:
        GitError: It doesn't: the repository is damaged, or belongs to another user.
    """
    nearest = next((it for it in _iter_ancestors(folder) if _has_repository(it)), None)
    repo = Repo(folder)
    child = repo.start("rev-parse", "--git-dir")
    child.stdout.read()
    if child.wait():
        if nearest is None and any(words in child.last_error for words in _NO_REPOSITORY):
            return
        why = (
            "it belongs to another user (dubious ownership)"
            if "safe.directory" in child.last_error
            else child.last_error[:200]
        )
        raise GitError(f"git can't open the repository of {nearest or folder}: {why}.")
    dot = os.path.join(nearest or folder, ".git")
    # Git passes over a damaged .git, and takes the next repository further up.
    if os.path.lexists(dot) and not repo.succeeds("rev-parse", "--resolve-git-dir", dot):
        raise GitError(f"git can't open the repository of {nearest}: its .git is damaged.")


def _iter_ancestors(folder: str) -> Iterator[str]:
    """Yield a folder and those above it."""
    yield folder
    while (above := os.path.dirname(folder)) != folder:
        yield (folder := above)


def _has_repository(folder: str) -> bool:
    try:
        names = os.listdir(folder)
    except OSError:
        return os.path.lexists(os.path.join(folder, ".git"))
    return _is_repository(names, names)


def _is_repository(names: Iterable[str], files: Iterable[str]) -> bool:
    """Say whether a folder with these folders and files is a work tree or a bare repository, sound or damaged."""
    if ".git" in names or ".git" in files:
        return True
    return {"objects", "refs"} <= set(names) and not {"HEAD", "config", "packed-refs"}.isdisjoint(files)


def _find_tags(plan: Plan, top: str, paths: Iterable[str]) -> tuple[str, ...]:
    """Return the tags that apply to some files of a work tree, sorted."""
    inside = (os.path.relpath(path, top).replace(os.sep, "/") for path in paths)
    return tuple(sorted({tag for path in inside for tag in plan.zones.find_tags(os.fsencode(path))}))
