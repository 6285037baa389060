"""Judges what is there already: all of a history, a range, what a squash of it would make, or files on a disk."""

from __future__ import annotations

import os

from ..repository import local_inputs, local_plan, plan_for
from ..values import replace
from .run import judge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Verdict
    from ..repository import Place


def history(place: Place) -> Verdict | None:
    """Judge everything that is there."""
    from ..sources.history import every_ref
    from ..sources.receive import all_changes
    from .run_metadata import told
    from .zones import by_zones

    inputs = local_inputs(place)
    plan = plan_for(inputs)
    if plan is None:
        return None
    refs = by_zones(plan, every_ref(place.repo))
    changes = all_changes(place.repo, place.objects, [(group, (), within) for within, group in refs])
    verdict = judge(place, plan, changes)
    return verdict and told(place, verdict, "", "HEAD", inputs)


def between(place: Place, base: str, head: str) -> Verdict | None:
    """Judge a range, by the policy as it was at its base; without a base, everything that head has."""
    from ..sources import history as source
    from .run_metadata import told

    state = [source.wanted(place.repo, base, "^{commit}")] if base else []
    inputs = place.inputs(place.files(state), *state)
    verdict = judge(place, plan_for(inputs), source.between(place.repo, place.objects, base, head))
    return verdict and told(place, verdict, base, head, inputs)


def squash(place: Place, base: str, head: str, title: str, body: str = "", target: str = "") -> Verdict | None:
    """Judge the commit that a squash of a range would make; a mark that it would carry says from which commit.

    `target` is the branch that it is to come into, as a full ref; "": all zones hold.
    """
    from ..sources import history
    from ..sources import squash as source
    from .zones import on

    start = history.wanted(place.repo, base, "^{commit}")
    plan = plan_for(place.inputs(place.files([start])))
    if plan is None:
        return None
    changes = history.between(place.repo, place.objects, base, head)
    commits = [change.commit for change in changes if change.kind == "commit"]
    brought = source.parts(place.objects, reversed(commits))
    root = place.repo.run("merge-base", start, head).decode().strip()
    written = source.change(place.repo, root, head, source.message(brought, title, body))
    verdict = judge(place, plan, on([written], plan.covering(target.encode()) if target else None))
    return verdict and replace(
        verdict,
        findings=tuple(
            replace(finding, part="squash", commit=source.carried_from(brought, finding.excerpt))
            if finding.part == "message"
            else finding
            for finding in verdict.findings
        ),
    )


def files(place: Place, paths: list[str]) -> Verdict | None:
    """Judge files on disk as if they were all new."""
    from ..check.check import check
    from ..sources import files as source

    plan = local_plan(place)
    if plan:
        plan.own_stores = place.stores
    top = (place.repo.top() if place.in_git else None) or os.getcwd()
    return None if plan is None else check(source.changes(paths, top), plan, source.Files(paths))  # type: ignore[arg-type]  # reads like one
