"""Applies waivers: what one names passes, and nothing else; loaded only where there are waivers."""

from __future__ import annotations

import datetime as dt

from ..errors import UsageError
from ..excerpts import sanitise_text
from ..model import Location
from ..policy.inputs import WAIVERS, is_name_match
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
    """A waiver of the plan: `finding` or `commit` is "", `until` a date, `fault` why it can't be used.

    `repository` is the pattern for the names of the only repository where it counts, "" for this one or any.
    """

    finding: str
    commit: str
    tag: str
    ticket: str
    until: str
    fault: str
    origin: str
    repository: str = ""

    def is_applicable(self, finding: Finding) -> bool:
        """Return whether it names a finding, or its commit, in this repository."""
        return not self.repository and self.names(finding)

    def names(self, finding: Finding) -> bool:
        """Return whether it names a finding, or its commit, wherever it counts."""
        return self.finding == finding.fingerprint or (self.commit == finding.commit and bool(self.commit))


def load_waivers(plan: Plan) -> list[Waiver]:
    """Return a plan's waivers, each with its fault as of today."""
    today = dt.datetime.now(dt.UTC).date()
    latest = today + dt.timedelta(days=plan.waiver_days)
    waivers = [_place_waiver(Waiver(*row), plan.names) for row in plan.waivers]
    return [replace(item, fault=item.fault or _find_date_fault(item, today, latest)) for item in waivers]


def _place_waiver(item: Waiver, names: tuple[str, ...]) -> Waiver:
    """Return a waiver with whether it counts in a repository of these names; its own file can only be about it."""
    if any(is_name_match(name, item.repository) for name in names):
        return replace(item, repository="")
    fault = (
        f"it is for {item.repository}, not for this repository"
        if item.repository and item.origin.startswith(WAIVERS)
        else ""
    )
    return replace(item, fault=item.fault or fault)


@value
class MarkerCount:
    """How often a marker occurs in a file, and findings for the first of its places, the only ones that are known.

    `is_one` says that the one finding stands for all of them, and that its fingerprint holds their number.
    """

    count: int
    findings: list[Finding]
    is_one: bool = False

    @property
    def open_count(self) -> int:
        """The number of occurrences that no waiver names; one that isn't shown can't be named."""
        if self.is_one:
            return 0 if self.findings[0].waiver else self.count
        return self.count - sum(bool(item.waiver) for item in self.findings)


class Waivers:
    """The waivers of a plan that can be used today."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._usable = [item for item in load_waivers(plan) if not item.fault]

    def apply(self, finding: Finding, tags: Iterable[str], key: str) -> Finding:
        """Return a finding less what is waived: each waiver lifts the rule of one tag, and the others still hold.

        Args:
            finding: Judged by the strictest of the tags.
            tags: All tags that hold for it.
            key: The action that it falls under.
        """
        tickets = {item.tag: item.ticket for item in self._usable if item.is_applicable(finding)}
        left = [tag for tag in tags if tag not in tickets]
        if len(left) == len(tuple(tags)):
            return finding
        if not left:
            return replace(finding, waiver=tickets[finding.tag])
        action, tag = self._plan.actions.find_strictest(left, key)
        return replace(finding, action=action, tag=tag)

    def select_new(self, now: MarkerCount, before: list[MarkerCount], tags: Iterable[str], key: str) -> list[Finding]:
        """Return what is new of a marker in a file: every waived finding, and the first of the others.

        Waived marks don't count, neither now nor before: otherwise another could take the place of a waived one.
        """
        known = {item.fingerprint for marks in before for item in marks.findings}
        found = [item for item in now.findings if item.waiver and item.fingerprint not in known]
        if now.open_count > max((marks.open_count for marks in before), default=0):
            rest = [item for item in now.findings if not item.waiver]
            fresh = [item for item in rest if item.fingerprint not in known]
            first, *others = fresh or rest or [self._build_unshown(now.findings[0], tags, key)]
            also = dict.fromkeys((*first.also, *(Location(item.line, item.excerpt, item.place) for item in others)))
            found.append(replace(first, also=tuple(also)[:ALSO]))
        return found

    def _build_unshown(self, finding: Finding, tags: Iterable[str], key: str) -> Finding:
        """Return a finding for marks that aren't shown: only a waiver for the whole commit names them."""
        nameless = replace(finding, waiver="", fingerprint="")
        return replace(self.apply(nameless, tags, key), fingerprint=finding.fingerprint)


def tell_unusable(verdict: Verdict, plan: Plan) -> Verdict:
    """Return the verdict with a note for each waiver that names what refuses, and can't be used."""
    blocking = [item for item in verdict.findings if item.is_blocking]
    notes = dict.fromkeys(verdict.about.notes)
    for item in load_waivers(plan) if blocking else ():
        if item.fault and any(item.names(finding) and item.tag == finding.tag for finding in blocking):
            notes[f"the waiver {sanitise_text(item.ticket)} can't be used: {sanitise_text(item.fault)}"] = None
    return replace(verdict, about=replace(verdict.about, notes=tuple(notes)))


def apply_push_option(verdict: Verdict, plan: Plan, account: str, environ: Mapping[str, str]) -> Verdict:
    """Waive all blocking findings, where the pusher asks for it by `git push -o ringfence.waive=TICKET` and may.

    Raises:
        UsageError: The pusher may not.
    """
    ticket = find_ticket(environ)
    if not ticket or not any(item.is_blocking for item in verdict.findings):
        return verdict
    if not account or account not in plan.accounts.emergency:
        raise UsageError(
            f"{account or 'an unknown account'} may not waive findings.",
            "Ask " + (plan.contact or "the policy's owner") + ".",
        )
    # A wall takes two to lift.
    waived = (
        replace(item, waiver=ticket) if item.is_blocking and item.kind != "wall" else item for item in verdict.findings
    )
    return replace(verdict, findings=tuple(waived))


def find_ticket(environ: Mapping[str, str]) -> str:
    """Return the ticket that a push option names, or ""."""
    count = environ.get("GIT_PUSH_OPTION_COUNT", "0")
    options = (environ.get(f"GIT_PUSH_OPTION_{number}", "") for number in range(int(count) if count.isdigit() else 0))
    return next((option.removeprefix(OPTION).strip() for option in options if option.startswith(OPTION)), "")


def _find_date_fault(item: Waiver, today: dt.date, latest: dt.date) -> str:
    """Return why a waiver doesn't hold on this day, or ""."""
    until = dt.date.fromisoformat(item.until)
    if until < today:
        return f"it ended on {until}"
    return f"its end, {until}, is further away than {(latest - today).days} days" if until > latest else ""
