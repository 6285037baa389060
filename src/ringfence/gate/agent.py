"""Answers a coding agent's hook before the agent acts: a rival's agent may not work where the policy bars agents.

Nor may any whose login isn't bound to the organisation that the policy names, where a tag refuses that.

Agents continue when a hook fails, so every error is answered with a denial.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ..errors import PolicyError, RingfenceError
from ..git.repo import Repo
from ..policy.tool_settings import find_tool_fault
from ..policy.tools import TOOLS
from ..repository import Repository, load_local_plan
from .agent_event import list_targets, parse_event
from .agent_folders import check_repository, find_folder, is_repository

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from ..policy.plan import Plan
    from .agent_event import Target
    from .agent_hooks import Agent

ROOT = "/"  # where managed settings lie
_MOST_ENTRIES = 100_000  # files and folders that are looked at below a folder; half a second


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
    judge = _Judge(agent, str(event.get("model") or "").encode(), policies, agent.surface(event))
    for target in list_targets(event):
        # An agent may resolve `..` before links, and the system resolves it after them.
        for path in dict.fromkeys((os.path.realpath(target.path), os.path.realpath(os.path.normpath(target.path)))):
            if reason := judge.find_reason(target, path):
                return reason
    return ""


class _Judge:
    """Judges the paths of one event; each repository's policy is loaded once.

    Args:
        agent: The agent.
        model: The model that it names, or b"".
        policies: Further policy files.
        surface: Where an agent of several surfaces works, or "".
    """

    def __init__(self, agent: Agent, model: bytes, policies: tuple[str, ...], surface: str) -> None:
        self._agent, self._model, self._policies, self._surface = agent, model, policies, surface
        self._plans: dict[str, tuple[str, Plan | None]] = {}  # by folder: the work tree's top or "", and its plan
        self._count = 0

    def find_reason(self, target: Target, path: str) -> str:
        """Return why the agent must not touch a path, or "".

        Raises:
            RingfenceError: It can't be judged.
        """
        folder = find_folder(path)
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
            if folder != top and is_repository(names, files):
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
            check_repository(folder)
            repository = Repository(Repo(folder), policies=self._policies, outside=True)
            plan = load_local_plan(repository) if repository.is_in_git else None
            if plan and not (self._is_rival(plan) or self._agent.name in plan.tools):
                plan = None
            top = repository.repo.find_work_tree() if plan else None
            self._plans[folder] = (os.path.realpath(top) if top else "", plan)
        return self._plans[folder]

    def _is_rival(self, plan: Plan) -> bool:
        return plan.is_rival(self._agent.vendor, *(it for _, it in plan.catalogue.find_models(self._model)))

    def _format_reason(self, plan: Plan, tags: tuple[str, ...], what: str, where: str) -> str:
        """Return the reason for a denial if a tag bars the agent, or its login that nothing binds, else ""."""
        contact = f" Ask {plan.contact}." if plan.contact else ""
        action, tag = plan.actions.find_strictest(tags, "agents") if tags and self._is_rival(plan) else ("", "")
        if action == "block":
            return f"ringfence: {what} {tag}; agents of {self._agent.vendor} may not work {where}.{contact}"
        name = self._agent.name
        action, tag = plan.actions.find_strictest(tags, "tools") if tags and name in plan.tools else ("", "")
        fault = self._find_tool_fault(plan.tools[name]) if action == "block" else ""
        return f"ringfence: {what} {tag}; {name} may not work {where}: {fault}.{contact}" if fault else ""

    def _find_tool_fault(self, allowed: Collection[str]) -> str:
        """Return why the agent isn't bound to the organisations that it may be logged in to, or ""."""
        name, covers = self._agent.name, TOOLS[self._agent.name].covers
        if covers and self._surface != covers:
            return f"no settings bind its login outside of {covers}"
        return find_tool_fault(name, allowed, os.environ, ROOT)


def _find_tags(plan: Plan, top: str, paths: Iterable[str]) -> tuple[str, ...]:
    """Return the tags that apply to some files of a work tree, sorted."""
    inside = (os.path.relpath(path, top).replace(os.sep, "/") for path in paths)
    return tuple(sorted({tag for path in inside for tag in plan.zones.find_tags(os.fsencode(path))}))
