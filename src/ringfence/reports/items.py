"""What every report for another tool lists: findings and what was not read, in one shape."""

from __future__ import annotations

import hashlib

from ..excerpts import sanitise_text
from ..values import value
from .wording import format_place, format_spot, format_subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Finding, Unread, Verdict

UNREAD = "unread"  # the rule that what could not be read is listed under
_LEVELS = {"block": "error", "warn": "warning", "record": "note"}


@value
class Item:
    """A line of a report.

    Attributes:
        rule: The marker's id, or `unread`.
        vendor: Whose tool left it, or "".
        part: Where it stands, as a finding says it, or `unread`.
        level: error, warning or note, as the action says; a known or waived finding is a note.
        title: What it is, in a few words.
        text: The excerpt, or why it could not be read.
        place: Where, for people.
        commit: The commit's id, or "".
        file: The path; where there is none, a stand-in that names the part: `commit/message`.
        line: From 1, since most formats know no other.
        why: What makes it a mark.
        passes: Why it doesn't refuse (it is in the baseline, or waived), or "".
        fingerprint: Names it without line or commit.
        count: How often it stands there.
        also: Its next places, each as (where, for people; line, from 1; excerpt).
    """

    rule: str
    vendor: str
    part: str
    level: str
    title: str
    text: str
    place: str
    commit: str
    file: str
    line: int
    why: str
    passes: str
    fingerprint: str
    count: int = 1
    also: tuple[tuple[str, int, str], ...] = ()

    @property
    def message(self) -> str:
        """Return all of it in one sentence."""
        times = f", {self.count} times" if self.count > 1 else ""
        return f"{self.title}: {self.text} ({self.place}{times})"


def build_items(verdict: Verdict) -> list[Item]:
    """Return everything that a verdict lists, in its order."""
    return [*map(_build_finding_item, verdict.findings), *map(_build_unread_item, verdict.unread)]


def _build_finding_item(item: Finding) -> Item:
    return Item(
        rule=item.marker,
        vendor=item.vendor,
        part=item.part,
        level="note" if item.known or item.waiver else _LEVELS[item.action],
        title=sanitise_text(f"{_format_title(item)} ({item.strength}, {item.tag})"),
        text=item.excerpt,
        place=format_place(item),
        commit=item.commit,
        file=item.path or f"commit/{item.part}",
        line=max(item.line, 1) if item.path else 1,
        why=sanitise_text(item.why),
        passes="In the baseline." if item.known else f"Waived: {sanitise_text(item.waiver)}." if item.waiver else "",
        fingerprint=item.fingerprint,
        count=item.count,
        also=tuple((format_spot(spot) or "there", max(spot.line, 1), spot.excerpt) for spot in item.also),
    )


def _format_title(item: Finding) -> str:
    if item.marker == "generator-not-allowed":
        return f"{item.product[:1].upper()}{item.product[1:]} that the zone doesn't allow"
    return f"{item.product} that misleads" if item.part == "pointer" else f"Mark of {item.product}"


def _build_unread_item(item: Unread) -> Item:
    return Item(
        rule=UNREAD,
        vendor="",
        part=UNREAD,
        level=_LEVELS[item.action],
        title="Not read" + (f" ({item.tag})" if item.tag else ""),
        text=sanitise_text(item.reason),
        place=format_subject(item),
        commit=item.commit,
        file=item.path or "commit/unread",
        line=1,
        why="What isn't read is never called clean.",
        passes="",
        fingerprint=hashlib.blake2b(f"{item.path}\0{item.reason}".encode(), digest_size=10).hexdigest(),
    )
