"""An HTML page in one file, without scripts or network access; its content security policy forbids both."""

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

_FOLDED = 1_000  # with more findings, groups are folded, so that a browser shows the page at once
_HEADLINES = {
    "allowed": "allowed",
    "observed": "observed, would be refused",
    "blocked": "refused",
    "incomplete": "incomplete",
}
_LEVELS = {"error": "blocking", "warning": "warnings", "note": "recorded, known or waived"}


class Bar(NamedTuple):
    """A row of a chart, which is also a filter.

    Attributes:
        key: The CSS class of the findings that it counts: `v0`, `s0`.
        share: The bar's length in percent.
        times: A bar for each slice of time, see `timeline`.
    """

    key: str
    name: str
    number: int
    share: float
    times: list[timeline.Slice]


class Group(NamedTuple):
    """The findings of one marker: the first, all their CSS classes, and each with its own classes."""

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
    safe = Markup(style)  # noqa: S704 - our own style sheet; the keys in it are numbered by us
    return environment.get_template("page.html.jinja").render(page, style=safe, style_hash=_hash_style(style)) + "\n"


def _build_context(verdict: Verdict) -> dict[str, object]:
    """Return the variables of the template, by name."""
    items, dates = build_items(verdict), dict(verdict.about.dates)
    span = timeline.find_span(dates.values())
    keys = {
        text: f"v{number}"
        for number, text in enumerate(_sort_by_frequency(item.vendor for item in items if item.vendor))
    }
    parts = {
        text: f"s{number}" for number, text in enumerate(_sort_by_frequency(format_part(item.part) for item in items))
    }
    levels = Counter(item.level for item in items)
    is_untagged = not verdict.tags and not items

    def build_bars(keys: dict[str, str], get_name: Callable[[Item], str]) -> list[Bar]:
        rows = {name: [item for item in items if get_name(item) == name] for name in keys}
        most = max(map(len, rows.values()), default=1)
        times = timeline.build_slices({name: [dates.get(item.commit) for item in rows[name]] for name in keys}, span)
        return [
            Bar(key, name, len(rows[name]), 100 * len(rows[name]) / most, times[name]) for name, key in keys.items()
        ]

    def format_classes(item: Item) -> str:
        return f"{item.level} {keys.get(item.vendor, '')} {parts[format_part(item.part)]}"

    return {
        "verdict": verdict,
        "filters": [*_LEVELS, *parts.values()],
        "vendor_filters": list(keys.values()),
        "headline": "nothing was checked" if is_untagged else _HEADLINES[verdict.outcome],
        "is_untagged": is_untagged,
        "matters": format_reason(item.marker for item in verdict.findings if item.is_blocking),
        "total": len(items),
        "levels": [(level, words, levels[level]) for level, words in _LEVELS.items() if levels[level]],
        "vendors": build_bars(keys, lambda item: item.vendor),
        "surfaces": build_bars(parts, lambda item: format_part(item.part)),
        "ends": timeline.format_span(span),
        "undated": sum(item.commit not in dates for item in items) if span else 0,
        "groups": _group_items(items, format_classes),
        "is_open": len(items) <= _FOLDED,
        "examined": [(name, number) for name, number in verdict.examined.collect_counts().items() if number],
        "version": __version__,
    }


def _group_items(items: list[Item], format_classes: Callable[[Item], str]) -> list[Group]:
    """Return findings grouped by marker, blocking ones first; a group has the level of its most severe finding."""
    by_rule: dict[str, list[tuple[str, Item]]] = {}
    for item in items:
        by_rule.setdefault(item.rule, []).append((format_classes(item), item))
    groups = [
        Group(rows[0][1], " ".join(dict.fromkeys(" ".join(classes for classes, _ in rows).split())), rows)
        for rows in by_rule.values()
    ]
    order = list(_LEVELS)
    return sorted(groups, key=lambda group: min(order.index(item.level) for _, item in group.rows))


def _sort_by_frequency(names: Iterable[str]) -> list[str]:
    """Return the distinct names, the most frequent first."""
    return [name for name, _ in sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0]))]


def _hash_style(style: str) -> str:
    """Return the SHA-256 of a style sheet in base64, for a content security policy."""
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
