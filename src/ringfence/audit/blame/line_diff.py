"""Compares two versions of a file line by line, where git wasn't asked to: at merges."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .stream import Hunk

_MOST_PAIRS = 250_000  # of lines compared with each other where nothing is unique; more counts as changed
_Match = tuple[int, int, int]  # first line before, first line after, number


def find_hunks(old: Sequence[bytes], new: Sequence[bytes]) -> list[Hunk]:
    """Return where two versions differ."""
    hunks: list[Hunk] = []
    at_old = at_new = 0
    for first, second, count in (*_find_matches(old, new), (len(old), len(new), 0)):
        if first > at_old or second > at_new:
            hunks.append((at_old, first - at_old, at_new, second - at_new))
        at_old, at_new = first + count, second + count
    return hunks


def _find_matches(old: Sequence[bytes], new: Sequence[bytes]) -> list[_Match]:
    """Return the runs of lines that both have, in order; what both have once or equally often divides the rest."""
    matches: list[_Match] = []
    pending = [(0, len(old), 0, len(new))]
    while pending:
        low, high, first, last = pending.pop()
        start = low
        while low < high and first < last and old[low] == new[first]:
            low, first = low + 1, first + 1
        if low > start:
            matches.append((start, first - low + start, low - start))
        end = high
        while high > low and last > first and old[high - 1] == new[last - 1]:
            high, last = high - 1, last - 1
        if end > high:
            matches.append((high, last, end - high))
        if low == high or first == last:
            continue
        anchors = _find_anchors(old, low, high, new, first, last)
        if anchors:
            before = (low, first)
            for a, b in (*anchors, (high, last)):
                pending.append((before[0], a, before[1], b))
                if (a, b) != (high, last):
                    matches.append((a, b, 1))
                before = (a + 1, b + 1)
        else:
            matches += [(a, b, 1) for a, b in _pair_repeated(old, low, high, new, first, last)]
    return _join_matches(matches)


def _find_anchors(
    old: Sequence[bytes], low: int, high: int, new: Sequence[bytes], first: int, last: int
) -> list[tuple[int, int]]:
    """Return pairs of lines that both parts have once, as many as stand in the same order.

    Where there are none, those that both have twice, the first with the first, and so on.
    """
    before, after = Counter(old[low:high]), Counter(new[first:last])
    shared = {line for line, count in before.items() if after.get(line) == count}
    most = min((before[line] for line in shared), default=0)
    chosen = {line for line in shared if before[line] == most}
    places: dict[bytes, list[int]] = {line: [] for line in chosen}
    for number in range(last - 1, first - 1, -1):
        if new[number] in chosen:
            places[new[number]].append(number)
    return _find_longest_increase(
        [(number, places[old[number]].pop()) for number in range(low, high) if old[number] in chosen]
    )


def _pair_repeated(
    old: Sequence[bytes], low: int, high: int, new: Sequence[bytes], first: int, last: int
) -> Iterable[tuple[int, int]]:
    """Return pairs of equal lines, in order, of two parts that hold nothing equally often: mostly empty lines."""
    common = set(old[low:high]).intersection(new[first:last])
    before = [number for number in range(low, high) if old[number] in common]
    after = [number for number in range(first, last) if new[number] in common]
    if len(common) == 1:
        return zip(before, after, strict=False)
    if len(before) * len(after) > _MOST_PAIRS:
        return ()
    matcher = SequenceMatcher(None, [old[number] for number in before], [new[number] for number in after], False)
    return [
        (before[a + number], after[b + number])
        for a, b, size in matcher.get_matching_blocks()
        for number in range(size)
    ]


def _find_longest_increase(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest subsequence of which the second numbers increase."""
    tails: list[int] = []
    ends: list[int] = []  # the index of the pair that ends the best subsequence of each length
    previous = [-1] * len(pairs)
    for index, (_, place) in enumerate(pairs):
        length = bisect_left(tails, place)
        if length == len(tails):
            tails.append(place)
            ends.append(index)
        else:
            tails[length], ends[length] = place, index
        previous[index] = ends[length - 1] if length else -1
    found: list[tuple[int, int]] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        found.append(pairs[index])
        index = previous[index]
    return found[::-1]


def _join_matches(matches: list[_Match]) -> list[_Match]:
    joined: list[_Match] = []
    for a, b, count in sorted(matches):
        if joined and joined[-1][0] + joined[-1][2] == a and joined[-1][1] + joined[-1][2] == b:
            joined[-1] = joined[-1][0], joined[-1][1], joined[-1][2] + count
        else:
            joined.append((a, b, count))
    return joined
