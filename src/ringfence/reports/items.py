"""Findings and unread content as one list of items, the common input of the reports for other tools."""

from __future__ import annotations

import hashlib
import os

from ..excerpts import sanitise_text
from ..resources import find_shipped_folder
from ..values import value
from .missing_readers import MissingReader, group_missing_readers
from .wording import format_place, format_spot, format_subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Finding, Unread, Verdict

UNREAD = "unread"  # the rule id of unread content
_LEVELS = {"block": "error", "warn": "warning", "record": "note"}


@value
class Item:
    """A line of a report.

    Attributes:
        rule: The marker's id, or `unread`.
        vendor: The vendor's id, or "".
        part: The part of a change, as in the finding, or `unread`.
        level: error, warning or note, for block, warn and record; a known or waived finding is a note.
        title: A short description.
        text: The excerpt, or the reason why it could not be read.
        place: The location in words.
        commit: The commit's id, or "".
        file: The path; without one, a placeholder that names the part: `commit/message`.
        line: From 1; 1 if unknown, since most formats require a line.
        why: Why it is a mark.
        passes: Why it doesn't block (it is in the baseline, or waived), or "".
        fingerprint: Identifies the finding independently of line and commit.
        count: How often the mark occurs there.
        also: Its next locations, each as (location in words, line from 1, excerpt).
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
        """The item in one sentence."""
        times = f", {self.count} times" if self.count > 1 else ""
        return f"{self.title}: {self.text} ({self.place}{times})"


def build_items(verdict: Verdict) -> list[Item]:
    """Return the findings and the unread content of a verdict, in its order; files without a reader are one item."""
    findings = [_build_finding_item(item, verdict.observed) for item in verdict.findings]
    unread = [_build_unread_item(item, verdict.observed) for item in verdict.unread if not item.extra]
    missing = [_build_missing_item(group, verdict.observed) for group in group_missing_readers(verdict.unread)]
    return [*findings, *unread, *missing]


def build_address(item: Item, docs: str) -> str:
    """Return the address of the page about an item's marker in the docs' site, or "" where that has none.

    The site has a page for each shipped vendor; a vendor of the organisation's own has none.
    """
    file = f"vendors/{item.vendor}.toml"
    if not docs or not item.vendor or not os.path.exists(os.path.join(find_shipped_folder("policy"), file)):
        return ""
    return f"{docs}/markers/{item.vendor}.html#{item.rule}"


def _find_level(item: Finding | Unread | MissingReader, observed: tuple[str, ...]) -> str:
    """Return the level for an action; what would be refused but for observing is a warning."""
    return _LEVELS["warn" if item.action == "block" and item.tag in observed else item.action]


def _build_finding_item(item: Finding, observed: tuple[str, ...]) -> Item:
    return Item(
        rule=item.marker,
        vendor=item.vendor,
        part=item.part,
        level="note" if item.known or item.waiver else _find_level(item, observed),
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
    if item.part == "use":
        return f"{'Extraction' if item.kind == 'extraction' else 'Use'} of {item.product}"
    if item.part == "ingredient":
        return f"Recorded output of {item.product}"
    return f"Misleading {item.product}" if item.part == "pointer" else f"Mark of {item.product}"


def _build_unread_item(item: Unread, observed: tuple[str, ...]) -> Item:
    place, key = format_subject(item), f"{item.path}\0{item.reason}"
    return _build_unread(item, observed, place=place, commit=item.commit, path=item.path, key=key)


def _build_missing_item(group: MissingReader, observed: tuple[str, ...]) -> Item:
    place, key = sanitise_text(group.examples), f"{group.extra}\0{group.tag}"
    return _build_unread(group, observed, place=place, commit="", path=group.paths[0], key=key)


def _build_unread(
    item: Unread | MissingReader, observed: tuple[str, ...], *, place: str, commit: str, path: str, key: str
) -> Item:
    """Return the item for what is unread; `key` is what its fingerprint tells it by."""
    return Item(
        rule=UNREAD,
        vendor="",
        part=UNREAD,
        level=_find_level(item, observed),
        title="Unread" + (f" ({item.tag})" if item.tag else ""),
        text=sanitise_text(item.reason),
        place=place,
        commit=commit,
        file=path or "commit/unread",
        line=1,
        why="Unread content doesn't count as clean.",
        passes="",
        fingerprint=hashlib.blake2b(key.encode(), digest_size=10).hexdigest(),
    )


def index_items(verdict: Verdict) -> dict[str, Item]:
    """Return items by a unique key: the fingerprint, with a number if findings of several commits share it."""
    counts: dict[str, int] = {}
    items: dict[str, Item] = {}
    for item in build_items(verdict):
        number = counts[item.fingerprint] = counts.get(item.fingerprint, 0) + 1
        items[item.fingerprint + (f"-{number}" if number > 1 else "")] = item
    return items
