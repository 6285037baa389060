"""A page for people, in one file: no script, no network, and a policy in it by which a browser would refuse both."""

from __future__ import annotations

import base64
import hashlib
import os
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from .. import __version__
from . import timeline
from .items import build_items
from .wording import format_part, format_reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..model import Verdict
    from .items import Item

_FOLDED = 1_000  # findings from which on they are folded, so that a browser shows the page at once
_HEADLINES = {"allowed": "allowed", "blocked": "refused", "incomplete": "incomplete"}
_LEVELS = {"error": "refuse", "warning": "warn", "note": "are recorded, known or waived"}


class Bar(NamedTuple):
    """A row of a chart, which also is a filter.

    Attributes:
        key: The class of the findings that it counts: `v0`, `s0`.
        share: Its length, of 100.
        times: A bar for each slice of time, see `timeline`.
    """

    key: str
    name: str
    number: int
    share: float
    times: list[timeline.Slice]


class Group(NamedTuple):
    """A marker and where it was found."""

    first: Item
    classes: str
    rows: list[tuple[str, Item]]


def render(verdict: Verdict) -> str:
    """Return the page."""
    from jinja2 import Environment, FileSystemLoader
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(os.path.dirname(__file__)), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["counted"] = "{:,}".format
    page = _build_context(verdict)
    style = environment.get_template("page.css").render(page)
    safe = Markup(style)  # noqa: S704 - ours, with keys that we number
    return environment.get_template("page.html.jinja").render(page, style=safe, style_hash=_hash_style(style)) + "\n"


def _build_context(verdict: Verdict) -> dict[str, object]:
    """Return what the page shows, by the names that it uses."""
    found, dates = build_items(verdict), dict(verdict.about.dates)
    span = timeline.find_span(dates.values())
    keys = {
        text: f"v{number}"
        for number, text in enumerate(_sort_by_frequency(item.vendor for item in found if item.vendor))
    }
    parts = {
        text: f"s{number}" for number, text in enumerate(_sort_by_frequency(format_part(item.part) for item in found))
    }
    levels = Counter(item.level for item in found)
    is_untagged = not verdict.tags and not found

    def build_bars(named: dict[str, str], of: Callable[[Item], str]) -> list[Bar]:
        mine = {name: [item for item in found if of(item) == name] for name in named}
        most = max(map(len, mine.values()), default=1)
        times = timeline.build_slices({name: [dates.get(item.commit) for item in mine[name]] for name in named}, span)
        return [
            Bar(key, name, len(mine[name]), 100 * len(mine[name]) / most, times[name]) for name, key in named.items()
        ]

    def format_classes(item: Item) -> str:
        return f"{item.level} {keys.get(item.vendor, '')} {parts[format_part(item.part)]}"

    return {
        "verdict": verdict,
        "filters": [*_LEVELS, *parts.values()],
        "vendor_filters": list(keys.values()),
        "headline": "nothing was judged" if is_untagged else _HEADLINES[verdict.outcome],
        "is_untagged": is_untagged,
        "matters": format_reason(item.marker for item in verdict.findings if item.is_blocking),
        "total": len(found),
        "levels": [(level, words, levels[level]) for level, words in _LEVELS.items() if levels[level]],
        "vendors": build_bars(keys, lambda item: item.vendor),
        "surfaces": build_bars(parts, lambda item: format_part(item.part)),
        "ends": timeline.format_span(span),
        "undated": sum(item.commit not in dates for item in found) if span else 0,
        "groups": _group_items(found, format_classes),
        "is_open": len(found) <= _FOLDED,
        "examined": [(name, number) for name, number in verdict.examined.collect_counts().items() if number],
        "version": __version__,
    }


def _group_items(found: list[Item], classes: Callable[[Item], str]) -> list[Group]:
    """Return findings by marker, what refuses first; a marker is at the level of its gravest finding."""
    by_rule: dict[str, list[tuple[str, Item]]] = {}
    for item in found:
        by_rule.setdefault(item.rule, []).append((classes(item), item))
    groups = [
        Group(rows[0][1], " ".join(dict.fromkeys(" ".join(named for named, _ in rows).split())), rows)
        for rows in by_rule.values()
    ]
    order = list(_LEVELS)
    return sorted(groups, key=lambda group: min(order.index(item.level) for _, item in group.rows))


def _sort_by_frequency(names: Iterable[str]) -> list[str]:
    """Return names, the most frequent first."""
    return [name for name, _ in sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0]))]


def _hash_style(style: str) -> str:
    """Return a style's hash as a content security policy names it."""
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
