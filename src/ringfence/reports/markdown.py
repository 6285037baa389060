"""A comment for a pull or merge request, or a step's summary: within 60,000 characters, since GitHub takes 65,536."""

from __future__ import annotations

from .escape_markdown import code, plain
from .items import items
from .wording import examined, matters

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model import Verdict
    from .items import Item

_LONGEST = 60_000
_ICONS = {"error": "🛑", "warning": "⚠️", "note": "▫️"}
_HEADLINES = {
    "allowed": "✅ ringfence: allowed",
    "blocked": "🛑 ringfence: refused",
    "incomplete": "🚧 ringfence: incomplete",
}


def render(verdict: Verdict) -> str:
    """Return GitHub-flavoured markdown."""
    return "\n".join(_lines(verdict)) + "\n"


def _lines(verdict: Verdict) -> Iterator[str]:
    found = items(verdict)
    yield from (f"### {_HEADLINES[verdict.outcome]} ({plain(', '.join(verdict.tags)) or 'no tag'})", "")
    if found:
        yield from ("| | where | what | shows by |", "|---|---|---|---|")
        rows = [_row(item) for item in found]
        shown, room = 0, _LONGEST
        while shown < len(rows) and len(rows[shown]) < room:
            room -= len(rows[shown]) + 1
            shown += 1
        yield from rows[:shown]
        if shown < len(rows):
            yield from ("", f"… and {len(rows) - shown} more; the other reports list all.")
        yield ""
    if verdict.exit_code:
        yield from (_advice(verdict), "")
    catalogue = f", catalogue {code(verdict.catalogue)}" if verdict.catalogue else ""
    yield f"<sub>Examined: {examined(verdict)}; ruleset {code(verdict.ruleset)}{catalogue}.</sub>"


def _row(item: Item) -> str:
    passes = f" ({plain(item.passes)})" if item.passes else ""
    times = f", {item.count} times" if item.count > 1 else ""
    also = "".join(f"<br>{plain(place)}: {code(text)}" for place, _, text in item.also)
    what = f"{plain(item.title)}{passes}"
    return f"| {_ICONS[item.level]} | {plain(item.place)}{times} | {what} | {code(item.text)}{also} |"


def _advice(verdict: Verdict) -> str:
    who = plain(verdict.contact) or "whoever keeps the policy"
    if verdict.outcome == "incomplete":
        return f"Something could not be read, and is never called clean. If it may stay, ask {who}."
    why = matters(item.marker for item in verdict.findings if item.refuses)
    return f"{why}: redo or drop it. If it is wrong or allowed, ask {who}."
