"""Markdown for a comment on a request or a step summary, cut at 60,000 characters, since GitHub's limit is 65,536."""

from __future__ import annotations

from .escape_markdown import escape_text, format_code
from .items import build_items
from .wording import OWNER, format_examined, format_reason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model import Verdict
    from .items import Item

_LONGEST = 60_000
_ICONS = {"error": "🛑", "warning": "⚠️", "note": "▫️"}
_HEADLINES = {
    "allowed": "✅ ringfence: allowed",
    "observed": "👀 ringfence: observed, would be refused",
    "blocked": "🛑 ringfence: refused",
    "incomplete": "🚧 ringfence: incomplete",
}


def render(verdict: Verdict) -> str:
    """Return GitHub-flavoured markdown."""
    return "\n".join(_format_lines(verdict)) + "\n"


def _format_lines(verdict: Verdict) -> Iterator[str]:
    items = build_items(verdict)
    yield from (f"### {_HEADLINES[verdict.outcome]} ({escape_text(', '.join(verdict.tags)) or 'no tag'})", "")
    if items:
        yield from ("| | where | what | evidence |", "|---|---|---|---|")
        rows = [_format_row(item) for item in items]
        shown, room = 0, _LONGEST
        while shown < len(rows) and len(rows[shown]) < room:
            room -= len(rows[shown]) + 1
            shown += 1
        yield from rows[:shown]
        if shown < len(rows):
            yield from ("", f"… and {len(rows) - shown} more; the other reports list all.")
        yield ""
    if verdict.exit_code:
        yield from (_format_advice(verdict), "")
    catalogue = f", catalogue {format_code(verdict.catalogue)}" if verdict.catalogue else ""
    yield f"<sub>Examined: {format_examined(verdict)}; ruleset {format_code(verdict.ruleset)}{catalogue}.</sub>"


def _format_row(item: Item) -> str:
    passes = f" ({escape_text(item.passes)})" if item.passes else ""
    times = f", {item.count} times" if item.count > 1 else ""
    also = "".join(f"<br>{escape_text(place)}: {format_code(text)}" for place, _, text in item.also)
    what = f"{escape_text(item.title)}{passes}"
    return f"| {_ICONS[item.level]} | {escape_text(item.place)}{times} | {what} | {format_code(item.text)}{also} |"


def _format_advice(verdict: Verdict) -> str:
    contact = escape_text(verdict.contact) or OWNER
    if verdict.outcome == "incomplete":
        return f"Some content could not be read, and doesn't count as clean. If it may stay, ask {contact}."
    why = format_reason(item.marker for item in verdict.findings if item.is_blocking)
    return f"{why}: redo or drop it. If this is wrong or allowed, ask {contact}."
