"""Fingerprints of a text in pure Python: the reference, and what hooks use."""

from __future__ import annotations

from itertools import accumulate
from operator import mul, sub
from struct import Struct

from . import scheme
from .scheme import LETTERS, LINES, MASK, POWERS, PRIME, SEEDS, SKELETON

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# One fingerprint: (64 bits, first line from 0, last line).
Fingerprint = tuple[int, int, int]

_LINES_BREAK = b"\n"
_WORDS = Struct("<6Q")


def fingerprint_lines(text: bytes) -> dict[int, list[Fingerprint]]:
    """Return the fingerprints of kind `LINES` and `SKELETON` of a text, by kind."""
    skeletons = _collapse_words(text).split(_LINES_BREAK)
    lines = text.translate(None, scheme.BLANKS).split(_LINES_BREAK)
    numbers = [
        number
        for number, (line, skeleton) in enumerate(zip(lines, skeletons, strict=True))
        if len(line) >= scheme.SHORTEST_LINE and b"i" in skeleton
    ]
    return {
        LINES: _hash_windows(
            [lines[number] for number in numbers], numbers, scheme.LINES_WINDOW, scheme.LINES_DISTINCT, SEEDS[LINES]
        ),
        SKELETON: _hash_windows(
            [skeletons[number] for number in numbers], numbers, scheme.SKELETON_WINDOW, scheme.SKELETON_DISTINCT,
            SEEDS[SKELETON],
        ),
    }  # fmt: skip


def is_significant(line: bytes) -> bool:
    """Return whether fingerprints of lines take a line into account."""
    black = line.translate(None, scheme.BLANKS)
    return len(black) >= scheme.SHORTEST_LINE and b"i" in black.translate(scheme.WORD_TABLE)


def fingerprint_letters(text: bytes) -> list[Fingerprint]:
    """Return the fingerprints of kind `LETTERS` of a text."""
    lines = text.translate(scheme.LETTER_TABLE, scheme.LETTERS_DROPPED.replace(_LINES_BREAK, b"")).split(_LINES_BREAK)
    letters = b"".join(lines)
    ends = list(accumulate(map(len, lines)))
    found: list[Fingerprint] = []
    number = 0
    seed, size = SEEDS[LETTERS], scheme.LETTERS_WINDOW
    for start in _find_anchors(letters):
        window = letters[start : start + size]
        if size - len(window.translate(None, scheme.NUMERIC)) >= scheme.LETTERS_NUMERIC:
            continue
        while ends[number] <= start:
            number += 1
        last = number
        while ends[last] < start + size:
            last += 1
        value = sum(map(mul, _WORDS.unpack(window), scheme.LETTERS_WORDS)) + 1
        found.append((value * seed & MASK, number, last))
    return found


def fingerprint_object(oid: str) -> int:
    """Return the fingerprint of a git object's id."""
    return int(oid[:16], 16) * SEEDS[scheme.OBJECT] & MASK


def _collapse_words(text: bytes) -> bytes:
    """Return a text without white space, with every word as one `i` and all quotes alike."""
    text = text.translate(scheme.WORD_TABLE)
    for count in (16, 8, 4, 3, 2, 2):  # shorter and shorter runs: a linear number of replacements in C
        text = text.replace(b"i" * count, b"i")
    while b"ii" in text:
        text = text.replace(b"ii", b"i")
    return text.translate(None, scheme.BLANKS)


def _hash_windows(
    lines: Sequence[bytes], numbers: Sequence[int], count: int, distinct: int, seed: int
) -> list[Fingerprint]:
    """Return the fingerprint of each run of `count` lines that is long and varied enough."""
    residues = [int.from_bytes(line, "little") % PRIME for line in lines]
    ends = list(accumulate(map(len, lines), initial=0))
    windows = zip(*(residues[offset:] for offset in range(count)), strict=False)
    sizes = map(sub, ends[count:], ends)
    return [
        ((sum(map(mul, window, POWERS)) + 1) * seed & MASK, first, last)
        for window, size, first, last in zip(windows, sizes, numbers, numbers[count - 1 :], strict=False)
        if size >= scheme.SHORTEST_WINDOW and len(set(window)) >= distinct
    ]


def _find_anchors(letters: bytes) -> list[int]:
    """Return where windows begin, in order."""
    last = len(letters) - scheme.LETTERS_WINDOW
    starts: list[int] = []
    for odd in (0, 1):
        pairs = memoryview(letters[odd : len(letters) - (len(letters) - odd) % 2]).cast("H")
        starts += [2 * index + odd for index, pair in enumerate(pairs) if scheme.ANCHORS[pair]]
    return sorted(start for start in starts if start <= last)
