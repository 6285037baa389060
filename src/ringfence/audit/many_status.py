"""Checks every bare repository below a folder: whether git calls the gate there, and what it protects."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

import git

from .. import __version__
from ..errors import RingfenceError
from ..git.hook_files import is_ours, is_runnable
from ..setup import server_hooks
from ..setup.host_checks import CheckResult
from ..setup.policy_checks import NO_TAG
from ..setup.read_hook import find_read_hook
from ..setup.status import read_hook_version
from .ahead import AheadCompiler
from .many import find_server_hooks_folder, format_error, is_hooks_path_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .ahead import CompiledPolicy


def check_repositories(root: str, *, has_all: bool = False) -> Iterator[CheckResult]:
    """Yield what is wrong in a repository, with `has_all` a row for each other one too, and last a summary.

    The summary is good where all repositories are.
    """
    is_set = is_hooks_path_set()
    read_hook = find_read_hook("/")
    known: dict[str, tuple[str, str]] = {}  # version and fault by the hook's text: most repositories have the same
    counts: Counter[str] = Counter()
    faulty: set[str] = set()
    paths = list(server_hooks.find_repositories(root))
    with AheadCompiler(root) as compiler:
        for path in paths:
            try:
                hooks = _list_hooks(path, find_server_hooks_folder(path, is_set=is_set))
                versions = [_read_version(hook, known) for hook in hooks]
                fault = next((fault for _, fault in versions if fault), "")
                counts["guarded"] += bool(hooks and not fault)
                policy = compiler.compile(path)
            except (RingfenceError, OSError, git.GitCommandError) as error:
                counts["failed"] += 1
                faulty.add(path)
                yield CheckResult(path, False, format_error(error), f"ringfence status --server {path}")
                continue
            counts[_name_mode(policy)] += 1
            for version in {version for version, fault in versions if not fault} - {__version__}:
                counts[f"with a hook of ringfence {version}"] += 1
            if fault or not hooks:
                faulty.add(path)
                detail = fault or "git calls no hook of ringfence there"
                yield CheckResult(path, False, detail, f"ringfence install --server {path}")
            elif has_all:
                yield CheckResult(path, True, _describe(policy))
            if policy.keeps_out and not (read_hook and read_hook.is_ours):
                counts[f"that {policy.keeps_out} accounts can read"] += 1
                if policy.keeps_out == "barred":
                    faulty.add(path)
                    detail = "barred accounts can read it: git asks no hook about fetches"
                    yield CheckResult(path, False, detail, f"ringfence install --server {path} --reads")
    summary = f"{counts.pop('guarded', 0)} of {len(paths)} repositories have the gate"
    modes = ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))
    yield CheckResult(root, bool(paths) and not faulty, f"{summary}; {modes}" if modes else summary)


def _list_hooks(path: str, folder: str) -> list[str]:
    """Return the hooks of ours that git or a forge calls in a repository."""
    found = [os.path.join(folder, name) for name in ("pre-receive", "update")]
    found += [os.path.join(path, file) for file, _ in server_hooks.find_installed_hooks(path)]
    return [hook for hook in found if is_ours(hook) and is_runnable(hook)]


def _read_version(hook: str, known: dict[str, tuple[str, str]]) -> tuple[str, str]:
    with open(hook, encoding="utf-8", errors="replace") as file:
        script = file.read()
    if script not in known:
        known[script] = read_hook_version(hook)
    return known[script]


def _name_mode(policy: CompiledPolicy) -> str:
    if not policy.tags:
        return "without a tag"
    return "observing" if set(policy.observed) == set(policy.tags) else "refusing"


def _describe(policy: CompiledPolicy) -> str:
    observed = f"; observes {', '.join(policy.observed)}" if policy.observed else ""
    return f"{', '.join(policy.tags)}{observed}" if policy.tags else NO_TAG
