"""Retention: the prompts and outputs behind a marked commit are kept somewhere."""

from __future__ import annotations

from ...git.notes import list_noted_objects
from ...model import Occurrence
from ...policy.markers.catalogue import Marker
from ...values import replace
from ..findings import build_finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...git.repo import Repo
    from ...model import Verdict
    from ...policy.plan import Plan
    from ...sources.refs import Update

_NOTES = "refs/notes/ai"  # where git-ai keeps sessions
_WHY = "Nothing says where the prompts and outputs of this commit are kept."


def judge_retention(verdict: Verdict, plan: Plan, repo: Repo, updates: Iterable[Update]) -> Verdict:
    """Add a finding for each marked commit without a session's address, a note of git-ai or a record of Agent Trace."""
    tags = plan.actions.filter_demanding(verdict.tags, "retention")
    marked = {item.commit: item for item in verdict.findings if item.commit and item.vendor and item.strength != "weak"}
    if not tags or not marked:
        return verdict
    notes = next((new for _, new, ref in updates if ref == _NOTES.encode()), _NOTES)
    sessions = {marker.id for marker in plan.catalogue.markers if marker.session}
    recorded = {item.commit for item in verdict.findings if item.marker in sessions} | list_noted_objects(repo, notes)
    action, tag = plan.actions.find_strictest(tags, "retention")
    found = []
    for commit, item in marked.items():
        if commit not in recorded:
            marker = Marker(
                "retention-missing", item.vendor, item.vendor, item.product, "retention", "definitive", _WHY
            )
            found.append(build_finding(marker, action, tag, Occurrence(commit, "message", item.excerpt)))
    return replace(verdict, findings=(*verdict.findings, *found))
