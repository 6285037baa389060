"""Tells in an existing history which way recorded text went: what was there first wasn't copied from a later commit."""

from __future__ import annotations

import datetime as dt

from ..sources.history import read_commit_times
from ..values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..git.repo import Repo
    from ..model import Finding, Verdict
    from ..policy.plan import Plan

_WHY = "This text was here before the commit that it is recorded from: it probably went the other way."


def settle_directions(verdict: Verdict, plan: Plan, repo: Repo) -> Verdict:
    """Return a verdict in which text that is older here than in its source is only a hint.

    Only for commits that the repository already had: whoever pushes a commit chooses its date.
    """
    commits = {finding.commit for finding in verdict.findings if finding.origin and finding.commit}
    if not commits:
        return verdict
    dates = dict(read_commit_times(repo, commits))
    return replace(verdict, findings=tuple(_settle(finding, plan, dates) for finding in verdict.findings))


def _settle(finding: Finding, plan: Plan, dates: dict[str, int]) -> Finding:
    written = finding.origin.written if finding.origin else ""
    if not written or finding.commit not in dates:
        return finding
    if dates[finding.commit] >= dt.datetime.fromisoformat(written).replace(tzinfo=dt.UTC).timestamp():
        return finding
    action, _ = plan.actions.find_strictest((finding.tag,), "ingredient_weak")
    return replace(finding, marker="ingredient-earlier", strength="weak", action=action, why=_WHY)
