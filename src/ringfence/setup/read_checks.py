"""Checks of `ringfence status` on a server: who can read what is tagged, though the policy keeps them out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..errors import RingfenceError
from ..git.hook_files import is_runnable
from ..policy.effective import build_effective_policy, list_vendors
from . import canary, sandbox
from .git_config import list_settings
from .host_checks import CheckResult, check_permissions
from .policy_checks import read_inputs
from .read_hook import DUMB, KEY, find_read_hook

if TYPE_CHECKING:
    from collections.abc import Iterator

    import git

    from ..policy.effective_policy import EffectivePolicy
    from ..repository import Repository
    from .read_hook import ReadHook

_TRUE = ("true", "yes", "on", "1", "")
# Settings that are off by default, and what each does.
_WAYS_ROUND = {
    "uploadpack.advertiseBundleURIs": "sends clients to bundles at other addresses",
    "http.uploadarchive": "lets git http-backend give out archives",
    "daemon.uploadarch": "lets git daemon give out archives",
}
_ROUND = "git archive, paths on this machine and lists of refs ask nobody"  # docs/reading.md


def check_reads(repo: git.Repo, repository: Repository) -> Iterator[CheckResult]:
    """Check what decides about fetches of a tagged repository; nothing where nobody is kept out and no hook is there.

    Where a policy bars accounts or says what a tag's `reads` is, it has to be in force; where it only lists agents'
    accounts, which can't push, it is enough to say that they can read.
    """
    directory = str(repo.git_dir)
    try:
        inputs = read_inputs(repository)
        policy = build_effective_policy(inputs, list_vendors(inputs))
    except RingfenceError:
        return  # the check of the policy has named it
    hook = find_read_hook(directory)
    if not (policy.whole or policy.zones) or not (policy.agents or policy.barred or hook):
        return
    remedy = f"ringfence install --server {directory} --reads"
    if hook is None:
        own = dict(list_settings(repo)).get(KEY.lower())
        where = "in the repository's own configuration counts for nothing" if own else "is set nowhere"
        detail = f"agents' and barred accounts can read it: git asks no hook about fetches ({KEY} {where})"
        yield CheckResult("reads", not _is_promised(policy), detail, remedy)
        return
    yield from _check_hook(hook, remedy)
    yield from _check_ways_round(dict(list_settings(repo)), remedy)


def _is_promised(policy: EffectivePolicy) -> bool:
    """Return whether a policy says that some don't read, and doesn't merely list agents' accounts."""
    return bool(policy.barred) or any(actions.get("reads") == "block" for actions in policy.tags.values())


def _check_hook(hook: ReadHook, remedy: str) -> Iterator[CheckResult]:
    from .status import read_hook_version

    if not hook.is_ours:
        yield CheckResult("reads", False, f"git asks {hook.command} about fetches (--{hook.scope} {KEY})", remedy)
        return
    fault = read_hook_version(hook.path)[1] if is_runnable(hook.path) else "it can't be run"
    if fault:
        yield CheckResult("reads", False, f"{hook.path}: {fault}", remedy)
        return
    if hook.hidden:
        yield CheckResult("reads", False, f"{hook.hidden} isn't open to other users, whose git asks nobody", remedy)
        return
    where = "every user's fetches" if hook.scope == "system" else "fetches that this user serves, with this HOME"
    yield CheckResult("reads", True, f"git asks about {where}; {_ROUND}")
    yield from (each for each in check_permissions([hook.path]) if not each.is_good)
    with sandbox.create_folder() as path:
        yield canary.check_read_hook(os.path.abspath(hook.path), path)


def _check_ways_round(settings: dict[str, str], remedy: str) -> Iterator[CheckResult]:
    """Yield the settings of git by which content leaves without a question."""
    key, closed = DUMB
    if settings.get(key, "true").lower() in _TRUE:
        detail = f"git http-backend, if a web server runs it here, gives out every file: {key} isn't {closed}"
        yield CheckResult("reads by http", False, detail, remedy)
    for key, what in _WAYS_ROUND.items():
        if settings.get(key.lower(), "false").lower() in _TRUE:
            detail = f"{key} {what}, and nobody is asked"
            yield CheckResult("reads by archive", False, detail, f"git config --unset {key}, wherever it is set")
