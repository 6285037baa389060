"""Lets pass what a waiver names, and not a bit more; loaded only where there are waivers."""

from __future__ import annotations

import datetime as dt

from ..errors import UsageError
from ..model import Location
from ..scan.matches import ALSO
from ..values import replace, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..model import Finding, Verdict
    from ..policy.plan import Plan

OPTION = "ringfence.waive="


@value
class Waiver:
    """A waiver as the plan holds it: `finding` or `commit` is "", `until` a date, `fault` why it can't be used."""

    finding: str
    commit: str
    tag: str
    ticket: str
    until: str
    fault: str
    origin: str

    def is_applicable(self, finding: Finding) -> bool:
        """Say whether it is about a finding."""
        return self.finding == finding.fingerprint or (self.commit == finding.commit and bool(self.commit))


def load_waivers(plan: Plan) -> list[Waiver]:
    """Return a plan's waivers, each with its fault as of today."""
    today = dt.datetime.now(dt.UTC).date()
    latest = today + dt.timedelta(days=int(plan.days))
    found = [Waiver(*row) for row in plan.waivers]
    return [replace(item, fault=item.fault or _find_date_fault(item, today, latest)) for item in found]


def apply_waivers(finding: Finding, tags: Iterable[str], judged: str, plan: Plan) -> Finding:
    """Return a finding as the waivers leave it: each takes away the rule of one tag, and the others still hold.

    Args:
        finding: As the strictest of the tags judges it.
        tags: All tags that it falls under.
        judged: Which of a tag's actions it falls under.
        plan: The plan.
    """
    tickets = {item.tag: item.ticket for item in load_waivers(plan) if not item.fault and item.is_applicable(finding)}
    left = [tag for tag in tags if tag not in tickets]
    if len(left) == len(tuple(tags)):
        return finding
    if not left:
        return replace(finding, waiver=tickets[finding.tag])
    action, tag = plan.find_strictest_action(left, judged)
    return replace(finding, action=action, tag=tag)


@value
class MarkerCount:
    """How often a marker stands in a file, and findings for the places that are known of these, the first ones."""

    count: int
    findings: list[Finding]

    @property
    def open_count(self) -> int:
        """Return how many of them no waiver names; one that isn't shown can't be named."""
        return self.count - sum(bool(item.waiver) for item in self.findings)


def select_new_findings(
    now: MarkerCount, before: list[MarkerCount], tags: Iterable[str], judged: str, plan: Plan
) -> list[Finding]:
    """Return what is new of a marker in a file: every waived finding, and the first of the others.

    Waived marks don't count, neither now nor before: otherwise another could take the place of one that was waived.
    """
    known = {item.fingerprint for marks in before for item in marks.findings}
    found = [item for item in now.findings if item.waiver and item.fingerprint not in known]
    if now.open_count > max((marks.open_count for marks in before), default=0):
        rest = [item for item in now.findings if not item.waiver]
        fresh = [item for item in rest if item.fingerprint not in known]
        first, *others = fresh or rest or [_build_hidden_finding(now.findings[0], tags, judged, plan)]
        also = dict.fromkeys(Location(item.line, item.excerpt, item.place) for item in others)
        found.append(replace(first, also=tuple(also)[:ALSO]))
    return found


def _build_hidden_finding(finding: Finding, tags: Iterable[str], judged: str, plan: Plan) -> Finding:
    """Return a finding that stands for marks which aren't shown: only a waiver for the whole commit names them."""
    nameless = replace(finding, waiver="", fingerprint="")
    return replace(apply_waivers(nameless, tags, judged, plan), fingerprint=finding.fingerprint)


def apply_push_option(verdict: Verdict, plan: Plan, account: str, environ: Mapping[str, str]) -> Verdict:
    """Waive all that refuses, where the pusher asks for it by `git push -o ringfence.waive=TICKET` and may.

    Raises:
        UsageError: The pusher may not.
    """
    ticket = find_ticket(environ)
    if not ticket or not any(item.is_blocking for item in verdict.findings):
        return verdict
    if not account or account not in plan.emergency:
        raise UsageError(
            f"{account or 'somebody unknown'} may not waive findings.",
            f"Ask {plan.contact or 'whoever keeps the policy'}.",
        )
    waived = (replace(item, waiver=ticket) if item.is_blocking else item for item in verdict.findings)
    return replace(verdict, findings=tuple(waived))


def find_ticket(environ: Mapping[str, str]) -> str:
    """Return the ticket that a push option names, or ""."""
    count = environ.get("GIT_PUSH_OPTION_COUNT", "0")
    options = (environ.get(f"GIT_PUSH_OPTION_{number}", "") for number in range(int(count) if count.isdigit() else 0))
    return next((option.removeprefix(OPTION).strip() for option in options if option.startswith(OPTION)), "")


def _find_date_fault(item: Waiver, today: dt.date, latest: dt.date) -> str:
    """Say why a waiver doesn't hold on this day, or ""."""
    until = dt.date.fromisoformat(item.until)
    if until < today:
        return f"it ended on {until}"
    return f"its end, {until}, is further away than {(latest - today).days} days" if until > latest else ""
