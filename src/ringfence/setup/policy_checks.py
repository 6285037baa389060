"""Checks of `ringfence status` on what is protected: tags and where they come from, policies, mode, quarantine."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING

from ..errors import PolicyError, RingfenceError
from ..policy.effective import build_effective_policy, list_vendors
from ..policy.load import load_plan
from ..policy.rollout import format_day
from ..repository import read_local_inputs
from .host_checks import CheckResult

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..policy.effective_policy import EffectivePolicy
    from ..policy.inputs import Inputs
    from ..policy.plan import Plan
    from ..repository import Repository

NO_TAG = "no tag: nothing is judged here"


def check_protection(repository: Repository) -> Iterator[CheckResult]:
    """Check what a repository's policy protects, and say what follows from a mark."""
    try:
        inputs = read_inputs(repository)
        policy = build_effective_policy(inputs, list_vendors(inputs))
        plan = load_plan(inputs)
    except RingfenceError as error:
        yield CheckResult("policy", False, describe_fault(repository, error), error.advice)
        return
    yield CheckResult("policy", True, _describe_layers(inputs))
    yield CheckResult("tag", True, describe_tags(policy) or NO_TAG)
    if plan.is_tagged:
        yield CheckResult("mode", True, describe_mode(plan))
        yield from _check_signers(plan)
        yield from _check_quarantine_ledger(repository, plan)


def describe_tags(policy: EffectivePolicy) -> str:
    """Return the tags that hold somewhere, each with where it comes from; "" for none."""
    found: dict[str, list[str]] = {}
    for tag in sorted(policy.whole):
        found.setdefault(tag, []).append(policy.origins.get(f"tags.{tag}", ""))
    for zone in policy.zones:
        paths = " ".join(zone.paths) or "**"
        origin = policy.origins.get(f"zone.{zone.tag}.{paths}", "")
        found.setdefault(zone.tag, []).append(f"{paths} by {origin}")
    shown = (f"{tag} ({', '.join(dict.fromkeys(filter(None, where)))})" for tag, where in found.items())
    return ", ".join(shown)


def describe_mode(plan: Plan) -> str:
    """Return whether marks are refused or observed: `observes eval until 2026-01-31; refuses for training-data`."""
    tags = list(dict.fromkeys(plan.list_tags()))
    plan.start_observing()
    observed = [tag for tag in tags if tag in plan.actions.observed]
    refusing = [tag for tag in tags if tag not in observed]
    rollout = plan.rollout
    parts = [f"observes {', '.join(observed)} until {rollout.until}"] if observed and rollout else []
    parts += [f"refuses for {', '.join(refusing)}"] if refusing else []
    ended = f"; observed until {rollout.until}" if rollout and rollout.until < format_day(0) else ""
    return "; ".join(parts) + ended


def describe_fault(repository: Repository, error: RingfenceError) -> str:
    """Return what is wrong with a policy, and what decides about pushes meanwhile."""
    if not isinstance(error, PolicyError) or not repository.is_server:
        return error.message
    from ..policy.last_good import find_last_good

    try:
        is_known = bool(find_last_good(repository.build_inputs({})))
    except RingfenceError:
        is_known = False
    return f"{error.message} ({'the last usable one decides' if is_known else 'every push is refused'})"


def read_inputs(repository: Repository) -> Inputs:
    """Return what makes up the policy of a repository: on a server, with its own file as HEAD has it."""
    if not repository.is_server:
        return read_local_inputs(repository)
    return repository.build_inputs(repository.read_files(["HEAD"] if repository.has_head() else []))


def _describe_layers(inputs: Inputs) -> str:
    """Return the files that make up the policy, each with the day it was last written."""
    layers = [layer for layer in inputs.layers if layer.kind != "waivers"]
    return (
        ", ".join(f"{layer.origin}{_format_file_day(layer.path)}" for layer in layers) or "ringfence's defaults alone"
    )


def _format_file_day(path: str) -> str:
    try:
        return f" of {time.strftime('%Y-%m-%d', time.gmtime(os.stat(path).st_mtime))}" if path else ""
    except OSError:
        return ""


def _check_signers(plan: Plan) -> Iterator[CheckResult]:
    """Check that signatures can be checked here, where the policy wants them."""
    if not (signers := plan.approvals.get("signers", "")):
        return
    if not os.access(signers, os.R_OK):
        fault, advice = f"{signers} can't be read", "put the file of allowed signers there"
    elif not shutil.which("ssh-keygen"):
        fault, advice = "ssh-keygen isn't on the PATH", "install OpenSSH"
    else:
        yield CheckResult("signers", True, signers)
        return
    yield CheckResult("signers", False, f"{fault}: no waiver counts, and no quarantined push can be released", advice)


def _check_quarantine_ledger(repository: Repository, plan: Plan) -> Iterator[CheckResult]:
    """Check that a decision about a quarantined push can be recorded, where the policy has pushes put aside."""
    tags = sorted(plan.actions.quarantined.intersection(plan.list_tags()))
    if tags and repository.is_server and not repository.ledger:
        yield CheckResult(
            "quarantine", False, f"the policy asks for it ({', '.join(tags)}), and no ledger is configured: nobody can "
            "release or drop a push", "git config ringfence.ledger FILE, with an absolute path",
        )  # fmt: skip
