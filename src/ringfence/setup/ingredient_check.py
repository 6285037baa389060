"""Checks whether recorded output is looked up, and by which index."""

from __future__ import annotations

from ..errors import RingfenceError
from ..git.repo import Repo
from ..policy.load import load_plan
from ..repository import Repository, read_local_inputs
from .host_checks import CheckResult


def check_index(directory: str) -> CheckResult:
    """Check the index of ingredients that the policy of a repository names."""
    name = "ingredients"
    try:
        plan = load_plan(read_local_inputs(Repository(Repo(directory))))
        if not plan.has_index:
            return CheckResult(name, True, "no index: recorded output isn't looked up")
        from ..scan.ingredients.open_index import compute_age_days, load_lookup

        manifest = load_lookup(plan).manifest
    except RingfenceError as error:
        return CheckResult(name, False, error.message, error.advice)
    count, most = sum(number for _, number in manifest.segments), plan.ingredients.max_age_days
    age = compute_age_days(manifest)
    detail = f"{count:,} fingerprints in {plan.ingredients.index}, updated {manifest.updated}"
    if most and age > most:
        return CheckResult(name, False, f"{detail}: {age} days ago, the policy allows {most}", "Record, or fetch it.")
    return CheckResult(name, True, detail)
