"""An HTML page in one file, without scripts or network access; its content security policy forbids both."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from .. import __version__
from ..values import replace
from . import timeline
from .items import build_address, build_items
from .wording import format_part, format_reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..model import Verdict
    from .items import Item

_PATHS = 50  # in the list of paths
_GENERATORS = 50  # groups of one marker
# How a forge's commits are addressed, by the host's name; what runs on any other host isn't known.
_FORGES = {
    r"(?:github\.com|github\.[\w.-]+)": "/commit/",
    r"(?:gitlab\.com|gitlab\.[\w.-]+)": "/-/commit/",
    r"(?:codeberg\.org|(?:gitea|forgejo)\.[\w.-]+)": "/commit/",
    r"bitbucket\.org": "/commits/",
}
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
    """The findings of one marker, of which each generator is one: the first, all their CSS classes, and the entries.

    `address` is that of the marker's page, or "".
    """

    first: Item
    address: str
    classes: str
    number: int
    entries: list[Entry]


class Entry(NamedTuple):
    """Equal findings of one or several commits: the first, its CSS classes, its place there, and the commits."""

    item: Item
    classes: str
    place: str
    commits: list[Commit]


class Commit(NamedTuple):
    """A commit: the start of its id, its address at a known forge or "", its author and day or ""."""

    name: str
    address: str
    facts: str


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
    paths = Counter(item.path for item in verdict.findings if item.path).most_common()
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
        "levels": [
            (level, words.removesuffix("s") if levels[level] == 1 else words, levels[level])
            for level, words in _LEVELS.items()
            if levels[level]
        ],
        "vendors": build_bars(keys, lambda item: item.vendor),
        "surfaces": build_bars(parts, lambda item: format_part(item.part)),
        "ends": timeline.format_span(span),
        "undated": sum(item.commit not in dates for item in items) if span else 0,
        "groups": _group_items(items, format_classes, verdict),
        "is_open": len(items) <= _FOLDED,
        "paths": paths[:_PATHS],
        "more_paths": len(paths[_PATHS:]),
        "examined": [
            (name if number != 1 else name.removesuffix("s"), number)
            for name, number in verdict.examined.collect_counts().items()
            if number
        ],
        "version": __version__,
    }


def _build_commits(verdict: Verdict) -> dict[str, Commit]:
    """Return what is shown of the commits that have findings, by id."""
    about = verdict.about
    dates, authors = dict(about.dates), dict(about.authors)
    base = _find_commit_address(about.repository)
    commits = {}
    for oid in dict.fromkeys(item.commit for item in verdict.findings if item.commit):
        day = timeline.format_day(dates[oid]) if oid in dates else ""
        commits[oid] = Commit(oid[:12], f"{base}{oid}" * bool(base), ", ".join(filter(None, (authors.get(oid), day))))
    return commits


def _find_commit_address(repository: str) -> str:
    """Return what a commit's address begins with at a forge that is known by its name, else ""."""
    host, _, path = repository.partition("/")
    kind = next((path for name, path in _FORGES.items() if re.fullmatch(name, host)), "")
    return f"https://{host}/{quote(path)}{kind}" if kind and path else ""


def _group_items(items: list[Item], format_classes: Callable[[Item], str], verdict: Verdict) -> list[Group]:
    """Return findings grouped by marker, blocking ones first; a group has the level of its most severe finding.

    Where one marker is about several generators, each has a group; but not where a data file names hundreds.
    """
    titles: dict[str, set[str]] = {}
    for item in items:
        titles.setdefault(item.rule, set()).add(item.title)
    grouped: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        title = item.title if len(titles[item.rule]) <= _GENERATORS else ""
        grouped.setdefault((item.rule, title), []).append(item)
    groups, commits = [], _build_commits(verdict)
    for (_, title), rows in grouped.items():
        first = rows[0] if title else replace(rows[0], title=f"{len(titles[rows[0].rule]):,} generators and others")
        classes = " ".join(dict.fromkeys(" ".join(map(format_classes, rows)).split()))
        entries = _fold_items(rows, format_classes, commits)
        groups.append(Group(first, build_address(first, verdict.docs), classes, len(rows), entries))
    order = list(_LEVELS)
    return sorted(groups, key=lambda group: min(order.index(entry.item.level) for entry in group.entries))


def _fold_items(rows: list[Item], format_classes: Callable[[Item], str], commits: dict[str, Commit]) -> list[Entry]:
    """Return an entry for all findings that differ in nothing but the commit."""
    equal: dict[tuple[object, ...], Entry] = {}
    for item in rows:
        place = item.place.removeprefix(f"commit {item.commit[:12]}, ") if item.commit else item.place
        key = (item.title, item.text, place, item.level, item.passes, item.count, item.also)
        entry = equal.setdefault(key, Entry(item, format_classes(item), place, []))
        entry.commits.extend([commits[item.commit]] if item.commit in commits else [])
    return list(equal.values())


def _sort_by_frequency(names: Iterable[str]) -> list[str]:
    """Return the distinct names, the most frequent first."""
    return [name for name, _ in sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0]))]


def _hash_style(style: str) -> str:
    """Return the SHA-256 of a style sheet in base64, for a content security policy."""
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
