"""A verdict for people: what was found, where, why it matters here, and what to type next.

Lines stay within 72 characters where the words are ours: `remote: ` comes before them when a server speaks.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..model import Finding, Unread, Verdict

_SHOWN = 20  # places in full; a push of a thousand marked commits is told in a screen or two
_PART = {
    "author": "author",
    "committer": "committer",
    "tagger": "tagger",
    "header": "header",
    "ref": "name of the ref",
    "environment": "this session's environment",
}


def render(verdict: Verdict, occasion: str = "") -> str:
    """Return the report; `occasion` is the hook that speaks, and decides what to type next."""
    return "\n".join(_lines(verdict, occasion)) + "\n"


def of_hook(verdict: Verdict, occasion: str) -> str:
    """Return what a hook says: nothing, unless it refuses or warns."""
    actions = {finding.action for finding in verdict.findings} | {item.action for item in verdict.unread}
    return "" if actions <= {"record"} else render(verdict, occasion)


def _lines(verdict: Verdict, occasion: str) -> Iterator[str]:
    blocking = [finding for finding in verdict.findings if finding.action == "block"]
    warnings = [finding for finding in verdict.findings if finding.action == "warn"]
    unread = [item for item in verdict.unread if item.action != "record"]
    name = f"ringfence {occasion}" if occasion else "ringfence"
    yield f"{name}: {_headline(verdict, blocking, warnings, unread)}"
    yield from _findings(blocking)
    if warnings and blocking:
        yield f"  and {_count(len(warnings), 'warning')}:"
    yield from _findings(warnings)
    if unread:
        yield "  not read:"
        yield from (f"    {item.path or 'commit ' + item.commit[:12]}: {item.reason}" for item in unread[:_SHOWN])
        yield from _more(unread)
    if verdict.exit_code:
        yield from _advice(verdict, blocking)


def _headline(verdict: Verdict, blocking: list[Finding], warnings: list[Finding], unread: list[Unread]) -> str:
    tags = ", ".join(verdict.tags) or "no tag"
    if blocking:
        return f"refused, {_count(len(blocking), 'mark')} of rival AI tools ({tags})"
    if verdict.exit_code:
        return f"refused as incomplete, {_count(len(unread), 'thing')} could not be read ({tags})"
    if unread:
        return f"incomplete, {_count(len(unread), 'thing')} could not be read ({tags})"
    if warnings:
        return f"allowed, with {_count(len(warnings), 'warning')} ({tags})"
    counts = verdict.examined.counts()
    looked = ", ".join(
        f"{counts[name]} {name}" for name in ("commits", "tags", "refs", "paths", "objects") if counts[name]
    )
    return f"allowed ({tags}); examined {looked or 'nothing'}, ruleset {verdict.ruleset}"


def _findings(findings: list[Finding]) -> Iterator[str]:
    """Yield findings under the place they share: two marks on one line are one place to mend."""
    by_place: dict[tuple[str, str, str, int], list[Finding]] = {}
    for item in findings:
        by_place.setdefault((item.commit, item.path, item.part, item.line), []).append(item)
    for items in list(by_place.values())[:_SHOWN]:
        first = items[0]
        yield f"  {_place(first)}"
        yield f"    {first.excerpt}"
        for item in items:
            times = f", {item.count} times" if item.count > 1 else ""
            yield f"    = {item.product} ({item.strength}, {item.tag}{times}) [{item.marker}]"
    yield from _more(list(by_place))


def _place(item: Finding) -> str:
    where = f"commit {item.commit[:12]}, " if item.commit else ""
    if item.path:
        return f"{where}{item.path}{f', line {item.line}' if item.line else ''}"
    if item.part == "message":
        return f"{where}message, line {item.line}"
    return where + _PART.get(item.part, item.part)


def _more(items: Sequence[object]) -> Iterator[str]:
    if len(items) > _SHOWN:
        yield f"  … and {len(items) - _SHOWN} more; `ringfence check --format json` lists all"


def _advice(verdict: Verdict, blocking: list[Finding]) -> Iterator[str]:
    if blocking:
        yield "  Why: what rival tools write must stay out of what feeds a model."
    yield f"  Next: {_next(blocking)}"
    yield f"  If this is wrong or allowed, ask {verdict.contact or 'whoever keeps the policy'}."


def _next(blocking: list[Finding]) -> str:
    """Say what to type, by where the marks stand."""
    parts = {item.part for item in blocking}
    commits = [item.commit for item in blocking if item.commit]
    if not blocking:
        return "commit it in a form that can be read, or keep it elsewhere."
    if commits:
        return f"redo or drop what a tool wrote: git rebase -i {commits[-1][:12]}^"
    if "environment" in parts:
        return "commit from a terminal of your own, outside the agent's session."
    if parts & {"author", "committer"}:
        return "if you wrote it, commit in your name: git config user.email YOU"
    if parts == {"ref"}:
        return "give the branch or tag another name: git branch -m NAME"
    if "message" in parts:
        return "leave out what the tool wrote; the message is in .git/COMMIT_EDITMSG"
    return "take it out of the commit: git restore --staged PATH"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
