"""A verdict for people: what was found, where, why it matters here, and what to type next.

Lines stay within 72 characters where the words are ours: `remote: ` comes before them when a server speaks.
"""

from __future__ import annotations

from .wording import format_count, format_examined, format_place, format_ruleset, format_spot, format_subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..model import Finding, ScanCounts, Unread, Verdict

_SHOWN_BY_HOOK = 20  # places; a push of a thousand marked commits is told in a screen or two
_DRAFTED = 3  # fingerprints
_SHOWN = 1000  # where a person asked

# By kind of finding, or by marker; `{commits}` is how many of them.
_RULES = {
    "account": (
        "the account may not push here",
        "accounts of coding agents stay away from what feeds a model.",
        "let a person look at it, and push it from an account of their own.",
    ),
    "address": (
        "{commits} by an account that may not work here",
        "here work is done by the organisation's own accounts.",
        "git config user.email YOU@WORK, then git commit --amend --no-edit --reset-author",
    ),
    "disclosure": (
        "the message doesn't name the agent at work in this session",
        "the use of AI tools is on record here, by what commits say of it.",
        "commit again with the line above as a trailer: git commit --trailer '…'",
    ),
    "retention": (
        "{commits} whose prompts and outputs nothing keeps",
        "what was asked of a tool, and what it said, can be asked for later.",
        "add the session's address as a trailer, or push git-ai's notes too: refs/notes/ai",
    ),
    "declaration": (
        "{commits} without a right declaration",
        "here each commit says where its work comes from.",
        "add a line to each, such as: git commit --amend --trailer 'Provenance: human'",
    ),
    "pointer": (
        "{files} with a pointer that misleads",
        "what a pointer stands for must be what is judged.",
        "have the tool that keeps the content write the pointer again, and add it.",
    ),
    "generator-not-allowed": (
        "{files} with rows that the zone doesn't allow",
        "only what the zone names may have made its rows.",
        "leave those rows out, or have whoever made them named in the zone's generators.",
    ),
    "provenance": (
        "{files} not rightly described in PROVENANCE.toml",
        "here PROVENANCE.toml says of each file where it comes from.",
        "describe each, in the commit that brings it: ringfence declare PATH",
    ),
}


def render(verdict: Verdict, occasion: str = "") -> str:
    """Return the report; `occasion` is the hook that speaks, and decides what to type next."""
    return "\n".join(_format_lines(verdict, occasion)) + "\n"


def render_for_hook(verdict: Verdict, occasion: str) -> str:
    """Return what a hook says: nothing, unless it refuses or warns."""
    actions = {finding.action for finding in verdict.findings} | {item.action for item in verdict.unread}
    return "" if actions <= {"record"} else render(verdict, occasion)


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
        yield "  not read:"
        whole = "this push" if occasion else "this run"
        yield from (f"    {format_subject(item, whole)}: {item.reason}" for item in unread[:most])
        yield from _format_rest(unread, most)
    if known := sum(item.known for item in verdict.findings):
        yield f"  and {known} known, which the baseline lists"
    yield from (f"  note: {note}" for note in verdict.about.notes)
    if verdict.exit_code:
        yield from _format_advice(verdict, blocking, occasion)
    if not occasion:
        yield f"  examined: {format_examined(verdict)}; {format_ruleset(verdict)}"


def _format_headline(verdict: Verdict, blocking: list[Finding], warnings: list[Finding], unread: list[Unread]) -> str:
    tags = ", ".join(verdict.tags) or "no tag"
    if blocking:
        return f"refused, {_format_refusal(blocking)} ({tags})"
    if verdict.exit_code:
        return f"refused as incomplete, {format_count(len(unread), 'thing')} could not be read ({tags})"
    if unread:
        return f"incomplete, {format_count(len(unread), 'thing')} could not be read ({tags})"
    if warnings:
        return f"allowed, with {format_count(len(warnings), 'warning')} ({tags})"
    if any(finding.waiver for finding in verdict.findings):
        return f"allowed by waiver ({tags})"
    return f"allowed ({tags})"


def _format_refusal(blocking: list[Finding]) -> str:
    """Say what refuses, by its kind."""
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
    """Yield findings under the place they share: two marks on one line are one place to mend."""
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
        yield "  Why: what rival tools write must stay out of what feeds a model."
    if any(item.vendor == "undisclosed" for item in blocking):
        yield "  Where no tool is named, any rival's may be meant: name tool and vendor."
    yield f"  Next: {_format_next_step(blocking, verdict.unread, verdict.examined, occasion)}"
    if blocking and not occasion:
        names = list(dict.fromkeys(item.fingerprint for item in blocking))
        yield f"  To ask for a waiver: ringfence waive {' '.join(names[:_DRAFTED])}{' …' * (len(names) > _DRAFTED)}"
    yield f"  If this is wrong or allowed, ask {verdict.contact or 'whoever keeps the policy'}."


def _format_next_step(blocking: list[Finding], unread: Sequence[Unread], examined: ScanCounts, occasion: str) -> str:
    """Say what to type, by where the marks stand."""
    parts = {item.part for item in blocking}
    commits = [item.commit for item in blocking if item.commit]
    if not blocking and (told := [item.advice for item in unread if item.advice]):
        return told[0]
    if not blocking:
        return "commit it in a form that can be read, or keep it elsewhere."
    if rule := _find_rule(blocking):
        return rule[2]
    if commits and not examined.commits:
        return "make the tag again without it: git tag -d NAME, git tag -a NAME"
    if commits:
        return f"redo or drop what a tool wrote: git rebase -i {commits[-1][:12]}^"
    if "environment" in parts:
        return "commit from a terminal of your own, outside the agent's session."
    if parts & {"title", "description"}:
        return "leave out of the request's title and text what a tool wrote."
    if parts & {"author", "committer"}:
        return "if you wrote it, commit in your name: git config user.email YOU"
    if parts == {"ref"}:
        return "give the branch or tag another name: git branch -m NAME"
    if "message" in parts:
        kept = "; the message is in .git/COMMIT_EDITMSG" if occasion else "."
        return f"leave out what the tool wrote{kept}"
    return "take it out of the commit: git restore --staged PATH" if occasion else "leave it out of what is committed."


def _find_rule(blocking: list[Finding]) -> tuple[str, str, str] | None:
    """Return what is said where nothing but one rule about people refuses: the headline, why, what to type next."""
    kinds = {_get_rule_key(item) for item in blocking}
    return _RULES.get(kinds.pop()) if len(kinds) == 1 else None


def _get_rule_key(item: Finding) -> str:
    """Return by what the words for a finding are found."""
    return item.marker if item.marker in _RULES else item.kind
