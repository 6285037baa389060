"""When commits with findings were made: a few slices of equal length between the first and the last."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SLICES = 24


class Slice(NamedTuple):
    """A bar: its place from 0, its height of 100, and what it says."""

    place: int
    height: float
    says: str


def find_span(moments: Iterable[int]) -> tuple[int, int] | None:
    """Return the first and the last of some moments (seconds since 1970), or None where there is none."""
    known = sorted(moments)
    return (known[0], known[-1]) if known else None


def format_span(between: tuple[int, int] | None) -> tuple[str, str] | None:
    """Return a span as two days."""
    return (_format_day(between[0]), _format_day(between[1])) if between else None


def build_slices(moments: Mapping[str, list[int | None]], between: tuple[int, int] | None) -> dict[str, list[Slice]]:
    """Return the bars of some rows, all of one scale; what has no moment is in none of them."""
    if between is None:
        return {name: [] for name in moments}
    counts: dict[str, dict[int, int]] = {name: {} for name in moments}
    for name, found in moments.items():
        for moment in found:
            if moment is not None:
                place = _find_slice(moment, between)
                counts[name][place] = counts[name].get(place, 0) + 1
    most = max((number for row in counts.values() for number in row.values()), default=1)
    return {
        name: [
            Slice(place, max(100 * row[place] / most, 4), _format_label(row[place], place, between))
            for place in sorted(row)
        ]
        for name, row in counts.items()
    }


def _find_slice(moment: int, between: tuple[int, int]) -> int:
    first, last = between
    return min((moment - first) * SLICES // max(last - first, 1), SLICES - 1)


def _format_label(number: int, place: int, between: tuple[int, int]) -> str:
    first, last = between
    start, end = (_format_day(first + (last - first) * edge // SLICES) for edge in (place, place + 1))
    return f"{start}: {number}" if start == end else f"{start} to {end}: {number}"


def _format_day(moment: int) -> str:
    """Return a day; a commit may say a year that no calendar has."""
    try:
        return time.strftime("%Y-%m-%d", time.gmtime(moment))
    except (OSError, OverflowError, ValueError):
        return str(moment)
