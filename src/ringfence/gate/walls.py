"""Keeps who worked on a subject with rivals' tools out of its clean rooms for a time, by the pushes in the ledger.

A session is recorded nowhere on a server; what it leaves is a mark in a commit, and the ledger has who pushed it.
"""

from __future__ import annotations

import os
import time

from ..excerpts import sanitise_text
from ..model import Occurrence, Unread
from ..policy.inputs import is_name_match
from ..policy.markers.catalogue import Marker
from ..values import replace, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Finding, Verdict
    from ..policy.plan import Plan
    from ..policy.walls import Wall
    from ..repository import Repository

_DAY = 86400  # seconds
# The last push of an account to each repository with a mark of each vendor that shows that a tool was at work.
_QUERY = """
SELECT max(e.at), e.repository, json_extract(f.value, '$.vendor') FROM entries e, json_each(e.body, '$.findings') f
WHERE e.who = ? AND e.at >= ? AND e.kind IN ('push', 'override')
    AND json_extract(f.value, '$.evidence') IN ('declared', 'identity', 'artefact')
    AND json_extract(f.value, '$.strength') IN ('definitive', 'strong')
GROUP BY e.repository, json_extract(f.value, '$.vendor')
"""


@value
class _Session:
    """The last push with a vendor's mark: `day` in UTC, the repository, the vendor."""

    day: str
    repository: str
    vendor: str


def judge_walls(repository: Repository, plan: Plan, verdict: Verdict, account: str) -> Verdict:
    """Add a finding for each wall that keeps an account out; where that can't be known, that is unread.

    Raises:
        LedgerError: The ledger can't be read.
    """
    walls = [wall for wall in plan.walls if not wall.tags.isdisjoint(verdict.tags)]
    if not walls:
        return verdict
    if not account or not repository.ledger:
        return replace(verdict, unread=(*verdict.unread, _build_unread(plan, walls[0], verdict, account)))
    sessions = _read_sessions(repository.ledger, account, max(wall.days for wall in walls))
    found = (_judge_wall(plan, wall, verdict, account, sessions) for wall in walls)
    verdict = replace(verdict, findings=(*filter(None, found), *verdict.findings))
    if not plan.waivers:
        return verdict
    from ..check.waivers import tell_unusable

    return tell_unusable(verdict, plan)


def _read_sessions(path: str, account: str, days: int) -> list[_Session]:
    """Return an account's sessions of the last days, newest first; a ledger that isn't there yet has none."""
    if not os.path.exists(path):
        return []
    from ..records.ledger import run_query

    rows = run_query(path, _QUERY, (account, _format_day(time.time() - days * _DAY)))[1]
    return [_Session(at[:10], name, vendor or "") for at, name, vendor in sorted(rows, reverse=True)]


def _judge_wall(plan: Plan, wall: Wall, verdict: Verdict, account: str, sessions: list[_Session]) -> Finding | None:
    """Return the finding for the last session that counts for a wall; a waiver that names it lifts the wall."""
    first = _format_day(time.time() - wall.days * _DAY)
    counted = (
        session for session in sessions
        if session.day >= first and plan.is_rival(session.vendor)
        and any(is_name_match(session.repository, pattern) for pattern in wall.repositories)
    )  # fmt: skip
    last = next(counted, None)
    if last is None:
        return None
    from ..check.findings import build_finding, compute_fingerprint

    tags = sorted(wall.tags.intersection(verdict.tags))
    action, tag = plan.actions.find_strictest(tags, "walls")
    end = _format_day(_parse_day(last.day) + (wall.days + 1) * _DAY)
    text = f"{account}: work with {last.vendor}'s tools in {last.repository} on {last.day}; from {end} on it may push"
    marker = Marker(
        "wall", "", "", f"the wall around {wall.subject}", "wall", "definitive",
        "The policy keeps who worked on a subject with a rival's tools out of its clean rooms for a time.",
    )  # fmt: skip
    finding = build_finding(marker, action, tag, Occurrence("", "account", sanitise_text(text)))
    # The same for every push until the wall ends, so that two people can lift it by a waiver.
    name = compute_fingerprint("wall", b"account", f"{account}\0{wall.subject}")
    return _apply_waivers(plan, replace(finding, fingerprint=name), tags)


def _apply_waivers(plan: Plan, finding: Finding, tags: list[str]) -> Finding:
    if not plan.waivers:
        return finding
    from ..check.waivers import Waivers

    return Waivers(plan).apply(finding, tags, "walls")


def _build_unread(plan: Plan, wall: Wall, verdict: Verdict, account: str) -> Unread:
    action, tag = plan.actions.find_strictest(wall.tags.intersection(verdict.tags), "walls")
    why = "no ledger is kept here" if account else "the server doesn't say who pushes"
    reason = f"{why}, and a wall stands around {wall.subject}"
    advice = "push by a way that says who you are." if account == "" else "git config ringfence.ledger FILE"
    return Unread("", "", reason, action, tag, advice)


def _parse_day(day: str) -> float:
    import calendar

    return calendar.timegm(time.strptime(day, "%Y-%m-%d"))


def _format_day(seconds: float) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(seconds))
