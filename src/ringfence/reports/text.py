"""The text report: what was found, where, why it matters here, and what to type next.

Our own lines are at most 72 characters long, since git puts `remote: ` before a server's.
"""

from __future__ import annotations

from .missing_readers import group_missing_readers
from .next_step import RULES, find_rule, format_next_step, get_rule_key
from .wording import OWNER, format_count, format_examined, format_place, format_ruleset, format_spot, format_subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..model import Finding, Unread, Verdict

_SHOWN_BY_HOOK = 20  # places, so that a push of a thousand marked commits is reported on a screen or two
_SHORT, _IN_LINE, _COMMIT_LINES = 7, 8, 4  # how commits with equal findings are listed
# Where the rest of a long report is found; a whole history has what a push brings, too.
_LIST_ALL = {
    "pre-commit": "ringfence check --staged",
    "pre-merge-commit": "ringfence check --staged",
    "prepare-commit-msg": "ringfence check --message .git/COMMIT_EDITMSG",
    "commit-msg": "ringfence check --message .git/COMMIT_EDITMSG",
}
_PUSHES = ("pre-push", "pre-receive", "proc-receive", "update")  # hooks that judge commits, which can be waived
_DRAFTED = 3  # fingerprints in the command that requests a waiver
_UNDRAFTED = ("account", "wall")  # who pushes isn't a matter of the commits, which are all that a check sees
_SHOWN = 1000  # places in the report of a command


def render(verdict: Verdict, occasion: str = "") -> str:
    """Return the report; `occasion` is the name of the hook, "" for a command. It affects advice and length."""
    return "\n".join(_format_lines(verdict, occasion)) + "\n"


def render_for_hook(verdict: Verdict, occasion: str) -> str:
    """Return the report of a hook, or "" if the hook neither refuses nor warns; one line where it observes."""
    if verdict.observed and not verdict.exit_code:
        return _format_observation(verdict, occasion)
    actions = {finding.action for finding in verdict.findings} | {item.action for item in verdict.unread}
    return "" if actions <= {"record"} else render(verdict, occasion)


def _format_observation(verdict: Verdict, occasion: str) -> str:
    """Return the one line for whoever pushes where nothing is refused for now, or "" if there is nothing to say."""
    blocking = [finding for finding in verdict.findings if finding.is_blocking]
    if verdict.outcome != "observed":
        where = ", ".join(tag for tag in verdict.tags if tag in verdict.observed)
        return f"ringfence {occasion}: marks are {verdict.notice} ({where})\n" if verdict.notice and where else ""
    gaps = sum(item.action == "block" for item in verdict.unread)
    what = _format_refusal(blocking) if blocking else f"{format_count(gaps, 'item')} could not be read"
    end = f"; {verdict.notice}" if verdict.notice else ""
    return f"ringfence {occasion}: observed, {what} ({', '.join(verdict.tags)}){end}\n"


def _format_lines(verdict: Verdict, occasion: str) -> Iterator[str]:
    blocking = [finding for finding in verdict.findings if finding.is_blocking]
    waived = [finding for finding in verdict.findings if finding.waiver]
    warnings = [item for item in verdict.findings if item.action == "warn" and not item.known and not item.waiver]
    unread = [item for item in verdict.unread if item.action != "record"]
    name = f"ringfence {occasion}" if occasion else "ringfence"
    yield f"{name}: {_format_headline(verdict, blocking, warnings, unread)}"
    most = _SHOWN_BY_HOOK if occasion else _SHOWN
    yield from _format_findings(blocking, most, occasion)
    if warnings and blocking:
        yield f"  and {format_count(len(warnings), 'warning')}:"
    yield from _format_findings(warnings, most, occasion)
    if waived:
        yield f"  waived ({', '.join(sorted({item.waiver for item in waived}))}):"
    yield from _format_findings(waived, most, occasion)
    if unread:
        yield "  unread:"
        whole = "this push" if occasion else "this run"
        others = [item for item in unread if not item.extra]
        yield from (f"    {format_subject(item, whole)}: {item.reason}" for item in others[:most])
        yield from _format_rest(others, most, occasion)
        for group in group_missing_readers(unread):
            yield f"    {group.reason}"
            yield f"      {group.examples}"
    if known := sum(item.known for item in verdict.findings):
        yield f"  and {format_count(known, 'known finding')}, listed in the baseline"
    yield from (f"  note: {note}" for note in verdict.about.notes)
    if verdict.exit_code:
        yield from _format_advice(verdict, blocking, occasion)
    if not occasion:
        yield f"  examined: {format_examined(verdict)}; {format_ruleset(verdict)}"


def _format_headline(verdict: Verdict, blocking: list[Finding], warnings: list[Finding], unread: list[Unread]) -> str:
    tags = ", ".join(verdict.tags) or "no tag"
    if verdict.outcome == "observed":
        what = _format_refusal(blocking) if blocking else f"{format_count(len(unread), 'item')} could not be read"
        return f"observed, {what}: would be refused ({tags})"
    if blocking:
        return f"refused, {_format_refusal(blocking)} ({tags})"
    if verdict.exit_code:
        return f"refused as incomplete, {format_count(len(unread), 'item')} could not be read ({tags})"
    if unread:
        return f"incomplete, {format_count(len(unread), 'item')} could not be read ({tags})"
    if warnings:
        return f"allowed, with {format_count(len(warnings), 'warning')} ({tags})"
    if any(finding.waiver for finding in verdict.findings):
        return f"allowed by waiver ({tags})"
    return f"allowed ({tags})"


def _format_refusal(blocking: list[Finding]) -> str:
    """Return what is refused: the headline of a rule, or the number of marks and of other findings."""
    if rule := find_rule(blocking):
        commits = format_count(len({item.commit for item in blocking}), "commit")
        return rule[0].format(commits=commits, files=format_count(len({item.path for item in blocking}), "file"))
    marks = sum(get_rule_key(item) not in RULES for item in blocking)
    others = len(blocking) - marks
    if not marks:
        return format_count(others, "finding")
    return f"{format_count(marks, 'mark')} of rival AI tools" + (
        f" and {format_count(others, 'other')}" if others else ""
    )


def _format_findings(findings: list[Finding], most: int, occasion: str) -> Iterator[str]:
    """Yield the lines of findings, an entry for each place; what is equal in several commits is one entry."""
    by_place: dict[tuple[str, str, str, str, int], list[Finding]] = {}
    for item in findings:
        by_place.setdefault((item.commit, item.path, item.place, item.excerpt, item.line), []).append(item)
    entries: dict[tuple[object, ...], list[list[Finding]]] = {}
    for place, items in by_place.items():
        marks = tuple(sorted({(item.marker, item.part, item.tag, item.count) for item in items}))
        entries.setdefault((*place[1:], marks), []).append(items)
    for equal in list(entries.values())[:most]:
        yield from _format_entry(equal[0], [items[0].commit for items in equal])
    yield from _format_rest(list(entries), most, occasion)


def _format_entry(items: list[Finding], commits: list[str]) -> Iterator[str]:
    """Yield the lines of the findings at one place, and the commits that have the same."""
    place = format_place(items[0], (item.part for item in items))
    if len(commits) > 1:
        place = place.replace(f"commit {items[0].commit[:12]}", f"{len(commits)} commits", 1)
    yield f"  {place}"
    yield f"    {items[0].excerpt}"
    for item in {item.marker: item for item in items}.values():
        times = f", {item.count} times" if item.count > 1 else ""
        model = f", model {item.model} of {item.model_vendor}" if item.model else ""
        yield f"    = {item.product}{model} ({item.strength}, {item.tag}{times}) [{item.marker}]"
    also = dict.fromkeys(spot for item in items for spot in item.also)
    yield from (f"      also {format_spot(spot) or 'there'}: {spot.excerpt}" for spot in also)
    if len(commits) > 1:
        names = [commit[:_SHORT] for commit in commits]
        shown = [names[start : start + _IN_LINE] for start in range(0, len(names), _IN_LINE)]
        yield from (f"      {' '.join(row)}" for row in shown[:_COMMIT_LINES])
        if rest := sum(map(len, shown[_COMMIT_LINES:])):
            yield f"      … and {format_count(rest, 'commit')} more"


def _format_rest(items: Sequence[object], most: int, occasion: str) -> Iterator[str]:
    if len(items) > most:
        command = _LIST_ALL.get(occasion, "ringfence check --all")
        yield f"  … and {len(items) - most} more; all of them: {command} --format json"


def _format_advice(verdict: Verdict, blocking: list[Finding], occasion: str) -> Iterator[str]:
    if rule := find_rule(blocking):
        yield f"  Why: {rule[1]}"
    elif any(get_rule_key(item) not in RULES for item in blocking):
        yield "  Why: rival AI output must stay out of training and evaluation data."
    if any(item.vendor == "undisclosed" for item in blocking):
        yield "  An unnamed tool may be any rival's: name the tool and its vendor."
    yield f"  Next: {format_next_step(blocking, verdict.unread, verdict.examined, occasion)}"
    for item in blocking:
        if item.kind == "wall":  # no check of a clone finds it, so that it can't be drafted
            yield f'  For a waiver by two: finding = "{item.fingerprint}", tag = "{item.tag}"'
    drafted = [item for item in blocking if item.kind not in _UNDRAFTED]
    if drafted and occasion in ("", *_PUSHES):
        names = list(dict.fromkeys(item.fingerprint for item in drafted))
        shown = names[: 1 if occasion else _DRAFTED]
        tag = f" --tag {drafted[0].tag}" if occasion else ""  # a clone may not know the tags of its server
        more = f" (and {len(names) - len(shown)} more)" if len(names) > len(shown) else ""
        yield f"  {'For' if occasion else 'To request'} a waiver: ringfence waive {' '.join(shown)}{tag}{more}"
    yield f"  If this is wrong or allowed, ask {verdict.contact or OWNER}."
