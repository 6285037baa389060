"""Pairs the lines that a change adds with those that it replaces, so that an edited line keeps its origin."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .entries import Entry
    from .stream import FileChange

_WORD = re.compile(rb"\w+")
_LONGEST = 1000  # bytes of a line that are compared
_LEAST = 0.5  # share of distinct words that two versions of a line have in common
_MOST_PAIRS = 4000  # lines of a hunk compared with each other; in larger ones a line is compared with its counterpart


def pair_edited_lines(change: FileChange, entries: Iterable[Entry]) -> list[Entry]:
    """Return for added lines the line before the change that each was made of; those made of none are left out."""
    wanted = {start + number: final + number for final, start, count in entries for number in range(count)}
    pairs: list[Entry] = []
    for (old, removed, new, added), before, after in zip(change.hunks, change.removed, change.added, strict=True):
        if not removed or not added or wanted.keys().isdisjoint(range(new, new + added)):
            continue
        words = [_find_words(line) for line in before]
        for number, line in enumerate(after[:added]):
            if new + number not in wanted:
                continue
            near = (
                range(removed)
                if removed * added <= _MOST_PAIRS
                else range(min(number, removed), min(number + 1, removed))
            )
            best = _find_most_alike(_find_words(line), words, near)
            if best >= 0:
                pairs.append((wanted[new + number], old + best, 1))
    return pairs


def _find_most_alike(line: frozenset[bytes], others: Sequence[frozenset[bytes]], numbers: Iterable[int]) -> int:
    """Return the number of the line that has most words in common with another; -1 for none."""
    best, best_share = -1, 0.0
    for number in numbers:
        other = others[number]
        share = 2 * len(line & other) / (len(line) + len(other) or 1)
        if share > best_share:
            best, best_share = number, share
    return best if best_share >= _LEAST else -1


def _find_words(line: bytes) -> frozenset[bytes]:
    return frozenset(_WORD.findall(line[:_LONGEST]))
