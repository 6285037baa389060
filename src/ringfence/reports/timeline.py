"""Histograms of findings over time: equal slices between the dates of the first and the last commit."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SLICES = 24


class Slice(NamedTuple):
    """A bar of a histogram: its slice from 0, its height in percent, and its label."""

    place: int
    height: float
    says: str


def find_span(moments: Iterable[int]) -> tuple[int, int] | None:
    """Return the first and the last of some times (seconds since 1970), or None if there are none."""
    ordered = sorted(moments)
    return (ordered[0], ordered[-1]) if ordered else None


def format_span(span: tuple[int, int] | None) -> tuple[str, str] | None:
    """Return a span as two dates, `2026-01-31`."""
    return (format_day(span[0]), format_day(span[1])) if span else None


def build_slices(moments: Mapping[str, list[int | None]], span: tuple[int, int] | None) -> dict[str, list[Slice]]:
    """Return the histogram of each row, all with the same scale.

    Args:
        moments: The times of each row's findings, in seconds since 1970; None is left out.
        span: The first and the last time; None gives empty histograms.
    """
    if span is None:
        return {name: [] for name in moments}
    counts: dict[str, dict[int, int]] = {name: {} for name in moments}
    for name, row in moments.items():
        for moment in row:
            if moment is not None:
                place = _find_slice(moment, span)
                counts[name][place] = counts[name].get(place, 0) + 1
    most = max((number for row in counts.values() for number in row.values()), default=1)
    return {
        name: [
            Slice(place, max(100 * row[place] / most, 4), _format_label(row[place], place, span))
            for place in sorted(row)
        ]
        for name, row in counts.items()
    }


def _find_slice(moment: int, span: tuple[int, int]) -> int:
    first, last = span
    return min((moment - first) * SLICES // max(last - first, 1), SLICES - 1)


def _format_label(number: int, place: int, span: tuple[int, int]) -> str:
    first, last = span
    start, end = (format_day(first + (last - first) * edge // SLICES) for edge in (place, place + 1))
    return f"{start}: {number}" if start == end else f"{start} to {end}: {number}"


def format_day(moment: int) -> str:
    """Return a date, or the number of seconds if the year is out of range."""
    try:
        return time.strftime("%Y-%m-%d", time.gmtime(moment))
    except (OSError, OverflowError, ValueError):
        return str(moment)
