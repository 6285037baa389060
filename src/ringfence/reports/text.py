"""The text report: what was found, where, why it matters here, and what to type next.

Our own lines are at most 72 characters long, since git puts `remote: ` before a server's.
"""

from __future__ import annotations

from .wording import OWNER, format_count, format_examined, format_place, format_ruleset, format_spot, format_subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..model import Finding, ScanCounts, Unread, Verdict

_SHOWN_BY_HOOK = 20  # places, so that a push of a thousand marked commits is reported on a screen or two
_DRAFTED = 3  # fingerprints in the command that requests a waiver
_SHOWN = 1000  # places in the report of a command

# Headline, reason and next step, by the finding's kind or marker, for findings that aren't marks of AI tools.
_RULES = {
    "account": (
        "the account may not push here",
        "the policy keeps accounts of coding agents out.",
        "have a person review it, and push it from their own account.",
    ),
    "address": (
        "{commits} by an account that isn't allowed",
        "work here must be done with the organisation's own accounts.",
        "git config user.email YOU@WORK, then git commit --amend --no-edit --reset-author",
    ),
    "disclosure": (
        "the message doesn't name the agent of this session",
        "commits made with an AI agent must name it.",
        "commit again with the line above as a trailer: git commit --trailer '…'",
    ),
    "retention": (
        "{commits} without a record of prompts and outputs",
        "prompts and outputs of AI tools must be kept on record.",
        "add the session's address as a trailer, or push git-ai's notes too: refs/notes/ai",
    ),
    "declaration": (
        "{commits} without a valid Provenance line",
        "each commit must say where its work comes from.",
        "add a line to each, such as: git commit --amend --trailer 'Provenance: human'",
    ),
    "pointer": (
        "{files} with a misleading pointer",
        "the content that is checked must be the one the pointer names.",
        "recreate the pointer with the tool that stores the content.",
    ),
    "generator-not-allowed": (
        "{files} with generators that the zone doesn't allow",
        "the zone allows only rows by the generators that it lists.",
        "remove those rows, or have their generator added to the zone.",
    ),
    "provenance": (
        "{files} without a valid entry in PROVENANCE.toml",
        "each data file must have an entry in PROVENANCE.toml.",
        "add the entry in the same commit: ringfence declare PATH",
    ),
}


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
    yield from _format_findings(blocking, most)
    if warnings and blocking:
        yield f"  and {format_count(len(warnings), 'warning')}:"
    yield from _format_findings(warnings, most)
    if waived:
        yield f"  waived ({', '.join(sorted({item.waiver for item in waived}))}):"
    yield from _format_findings(waived, most)
    if unread:
        yield "  unread:"
        whole = "this push" if occasion else "this run"
        yield from (f"    {format_subject(item, whole)}: {item.reason}" for item in unread[:most])
        yield from _format_rest(unread, most)
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
    if rule := _find_rule(blocking):
        commits = format_count(len({item.commit for item in blocking}), "commit")
        return rule[0].format(commits=commits, files=format_count(len({item.path for item in blocking}), "file"))
    marks = sum(_get_rule_key(item) not in _RULES for item in blocking)
    others = len(blocking) - marks
    if not marks:
        return format_count(others, "finding")
    return f"{format_count(marks, 'mark')} of rival AI tools" + (
        f" and {format_count(others, 'other')}" if others else ""
    )


def _format_findings(findings: list[Finding], most: int) -> Iterator[str]:
    """Yield the lines of findings, grouped by place: two marks on one line are one place to correct."""
    by_place: dict[tuple[str, str, str, str, int], list[Finding]] = {}
    for item in findings:
        by_place.setdefault((item.commit, item.path, item.place, item.excerpt, item.line), []).append(item)
    for items in list(by_place.values())[:most]:
        yield f"  {format_place(items[0], (item.part for item in items))}"
        yield f"    {items[0].excerpt}"
        for item in {item.marker: item for item in items}.values():
            times = f", {item.count} times" if item.count > 1 else ""
            model = f", model {item.model} of {item.model_vendor}" if item.model else ""
            yield f"    = {item.product}{model} ({item.strength}, {item.tag}{times}) [{item.marker}]"
        also = dict.fromkeys(spot for item in items for spot in item.also)
        yield from (f"      also {format_spot(spot) or 'there'}: {spot.excerpt}" for spot in also)
    yield from _format_rest(list(by_place), most)


def _format_rest(items: Sequence[object], most: int) -> Iterator[str]:
    if len(items) > most:
        yield f"  … and {len(items) - most} more; `ringfence check --format json` lists all"


def _format_advice(verdict: Verdict, blocking: list[Finding], occasion: str) -> Iterator[str]:
    if rule := _find_rule(blocking):
        yield f"  Why: {rule[1]}"
    elif any(_get_rule_key(item) not in _RULES for item in blocking):
        yield "  Why: rival AI output must stay out of training and evaluation data."
    if any(item.vendor == "undisclosed" for item in blocking):
        yield "  An unnamed tool may be any rival's: name the tool and its vendor."
    yield f"  Next: {_format_next_step(blocking, verdict.unread, verdict.examined, occasion)}"
    if blocking and not occasion:
        names = list(dict.fromkeys(item.fingerprint for item in blocking))
        yield f"  To request a waiver: ringfence waive {' '.join(names[:_DRAFTED])}{' …' * (len(names) > _DRAFTED)}"
    yield f"  If this is wrong or allowed, ask {verdict.contact or OWNER}."


def _format_next_step(blocking: list[Finding], unread: Sequence[Unread], examined: ScanCounts, occasion: str) -> str:
    """Return what to do next, by the parts of the change that the marks are in."""
    parts = {item.part for item in blocking}
    commits = [item.commit for item in blocking if item.commit]
    if not blocking and (advice := [item.advice for item in unread if item.advice]):
        return advice[0]
    if not blocking:
        return "commit it in a readable format, or keep it elsewhere."
    if rule := _find_rule(blocking):
        return rule[2]
    if commits and not examined.commits:
        return "recreate the tag without it: git tag -d NAME, git tag -a NAME"
    if commits:
        return f"redo or drop what a tool wrote: git rebase -i {commits[-1][:12]}^"
    if "environment" in parts:
        return "commit from a terminal of your own, outside the agent's session."
    if parts & {"title", "description"}:
        return "remove the tool's text from the request's title and description."
    if parts & {"author", "committer"}:
        return "if you wrote it, commit in your name: git config user.email YOU"
    if parts == {"ref"}:
        return "rename the branch or tag: git branch -m NAME"
    if "message" in parts:
        location = "; the message is in .git/COMMIT_EDITMSG" if occasion else "."
        return f"remove the tool's lines{location}"
    return "remove it from the commit: git restore --staged PATH" if occasion else "remove it from the commit."


def _find_rule(blocking: list[Finding]) -> tuple[str, str, str] | None:
    """Return headline, reason and next step if all findings fall under one of `_RULES`, else None."""
    kinds = {_get_rule_key(item) for item in blocking}
    return _RULES.get(kinds.pop()) if len(kinds) == 1 else None


def _get_rule_key(item: Finding) -> str:
    """Return the key of a finding in `_RULES`, if it has one there: its marker or its kind."""
    return item.marker if item.marker in _RULES else item.kind
