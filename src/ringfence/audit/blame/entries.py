"""Runs of lines on their way from a revision to the commits that they come from."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .stream import Hunk

# A run of lines: the number of the first in the revision that is traced, its line in the file at hand from 0, how many.
Entry = tuple[int, int, int]


def pass_entries(entries: Sequence[Entry], hunks: Sequence[Hunk]) -> tuple[list[Entry], list[Entry]]:
    """Return the runs that a file already had before a change, by their lines there, and those that it hadn't."""
    if not hunks:
        return list(entries), []
    kept: list[Entry] = []
    left: list[Entry] = []
    ends = [new + added for _, _, new, added in hunks]
    for final, start, count in entries:
        index = bisect_right(ends, start)  # of the first hunk that ends behind the line
        at, end = start, start + count
        while at < end:
            new, added = hunks[index][2:] if index < len(hunks) else (end, 0)
            stop = min(end, new if at < new else new + added)
            if at < new:
                delta = sum(hunks[index - 1][:2]) - sum(hunks[index - 1][2:]) if index else 0
                kept.append((final + at - start, at + delta, stop - at))
            elif added:
                left.append((final + at - start, at, stop - at))
            at = stop
            index += index < len(hunks) and at >= new + added
    return kept, left


def join_entries(entries: Iterable[Entry]) -> list[Entry]:
    """Return runs sorted by their line in the file, those that adjoin as one."""
    joined: list[Entry] = []
    for final, start, count in sorted(entries, key=lambda entry: (entry[1], entry[0])):
        if joined:
            last_final, last_start, last_count = joined[-1]
            if last_start + last_count == start and last_final + last_count == final:
                joined[-1] = last_final, last_start, last_count + count
                continue
        joined.append((final, start, count))
    return joined
