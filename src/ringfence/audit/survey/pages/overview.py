"""What the page of all units shows: changes, the units that matter, bars, a heat map, and every unit."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from .render import split_rows

if TYPE_CHECKING:
    from collections import Counter

    from ..model import Row
    from ..summary import Summary
    from .write import UnitPage

SHOWN = 12  # bars of a kind
_MATTER, _CHANGES, _REASONS = 10, 15, 12
_HEAT, _MONTHS, _STEPS = 60, 36, 5


class Bar(NamedTuple):
    """A vendor, product, model or tag: its findings, as a share in percent, the page of its units, how many follow."""

    kind: str
    name: str
    number: int
    share: float
    page: str
    more: int


class Change(NamedTuple):
    """What changed in a unit since the last audit; `page` is "" where it isn't audited any more."""

    unit: str
    page: str
    findings: int
    blocking: int
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Overview:
    """The variables of the template, and the bars that need a page each."""

    context: dict[str, Any]
    bars: list[Bar]


class _Heat(NamedTuple):
    row: Row
    page: str
    cells: list[tuple[int, int]]


def build_overview(
    units: list[UnitPage], summary: Summary, reasons: Counter[str], previous: dict[str, Row] | None
) -> Overview:
    """Return what the page shows."""
    groups = [(f"{kind.capitalize()}s", _build_bars(kind, summary)) for kind in ("vendor", "product", "model", "tag")]
    worst = sorted(units, key=lambda unit: (-unit.row["blocking"], -unit.row["findings"], unit.row["unit"]))
    changes = None if previous is None else _list_changes(units, previous)
    months = _list_months(summary)
    hot = sorted((unit for unit in units if unit.months), key=lambda unit: (-unit.months.total(), unit.row["unit"]))
    times = [unit.row["audited"].replace("T", " ") for unit in units if unit.row["audited"]]
    context = {
        "summary": summary,
        "total": len(units),
        "with_findings": sum(bool(unit.row["findings"]) for unit in units),
        "first": min(times, default=""),
        "last": max(times, default=""),
        "changes": changes if changes is None else changes[:_CHANGES],
        "more_changes": max(0, len(changes or ()) - _CHANGES),
        "matter": [
            {"row": unit.row, "page": unit.page, "vendors": _format_counts(unit.by["vendor"])}
            for unit in worst[:_MATTER]
            if unit.row["findings"]
        ],
        "groups": groups,
        "months": months,
        "heat": [_Heat(unit.row, unit.page, list(_build_cells(unit, months))) for unit in hot[:_HEAT]],
        "more_heat": max(0, len(hot) - _HEAT),
        "reasons": reasons.most_common(_REASONS),
        "units": split_rows(sorted(worst, key=lambda unit: unit.row["outcome"] != "error")),
    }
    return Overview(context, [bar for _, bars in groups for bar in bars])


def _build_bars(kind: str, summary: Summary) -> list[Bar]:
    counts = summary.by[kind]
    shown = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:SHOWN]
    most = max(counts.values(), default=1)
    return [
        Bar(kind, name, number, 100 * number / most, f"pages/{_name_page(kind, name)}", len(counts) - len(shown))
        for name, number in shown
    ]


def _name_page(kind: str, name: str) -> str:
    return f"{kind}-{hashlib.sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}.html"


def _list_months(summary: Summary) -> list[str]:
    """Return the last months up to the last one with a finding, with those between."""
    if not summary.months:
        return []
    year, month = map(int, max(summary.months).split("-"))
    first = min(summary.months)
    found: list[str] = []
    while len(found) < _MONTHS and (not found or found[-1] > first):
        found.append(f"{year:04}-{month:02}")
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return found[::-1]


def _build_cells(unit: UnitPage, months: list[str]) -> list[tuple[int, int]]:
    """Return (shade, findings) for each month: each shade stands for about three times as many as the one before."""
    numbers = [unit.months[month] for month in months]
    return [(min(_STEPS, 1 + len(f"{number * number:b}") // 3) if number else 0, number) for number in numbers]


def _format_counts(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in counts.most_common(4))


def _list_changes(units: list[UnitPage], previous: dict[str, Row]) -> list[Change]:
    """Return what changed since the last audit, what got worse first."""
    changes = []
    for unit in units:
        row = unit.row
        old = previous.get(row["unit"], {"findings": 0, "blocking": 0, "outcome": "new"})
        if any(row[name] != old[name] for name in ("findings", "blocking", "outcome")):
            difference = row["findings"] - old["findings"], row["blocking"] - old["blocking"]
            changes.append(Change(row["unit"], unit.page, *difference, old["outcome"], row["outcome"]))
    there = {unit.row["unit"] for unit in units}
    changes += [
        Change(name, "", -old["findings"], -old["blocking"], old["outcome"], "not audited")
        for name, old in previous.items()
        if name not in there
    ]
    return sorted(changes, key=lambda change: (-change.blocking, -change.findings, change.unit))
