"""Fingerprints of a text by numpy: the same as those of `fingerprint.py`, as arrays."""

from __future__ import annotations

import numpy as np

from . import scheme
from .scheme import LETTERS, LINES, POWERS, PRIME, SEEDS, SKELETON

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_NEWLINE = 10
_NO_LETTERS = scheme.LETTERS_DROPPED.replace(b"\n", b"")  # line breaks are kept
_NUMERIC = np.zeros(256, np.uint8)
_NUMERIC[list(scheme.NUMERIC)] = 1
_PRIME = np.uint64(PRIME)
_BATCH = 1 << 17  # bytes of text hashed at once; larger arrays leave the processor's cache

_WORD = ord("i")  # what a word is in a skeleton
# Fingerprints of one kind as arrays: values, first lines, last lines.
Arrays = tuple["np.ndarray", "np.ndarray", "np.ndarray"]


class Letters:
    """Fingerprints of kind `LETTERS`, whose lines are looked for only where they are wanted.

    Attributes:
        values: The fingerprints.
    """

    def __init__(self, values: np.ndarray, starts: np.ndarray, breaks: np.ndarray) -> None:
        """Take the letter that each begins with, and how many letters are before each line break."""
        self.values, self._starts, self._breaks = values, starts, breaks

    def locate(self, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the first lines and the last lines of some of them, given by index."""
        starts = self._starts[chosen]
        ends = starts + (scheme.LETTERS_WINDOW - 1)
        return np.searchsorted(self._breaks, starts, "right"), np.searchsorted(self._breaks, ends, "right")


def fingerprint_lines(text: bytes) -> dict[int, Arrays]:
    """Return the fingerprints of kind `LINES` and `SKELETON` of a text, by kind."""
    batches = [_hash_lines(batch) for batch in _split_text(text)]
    lines, sizes, skeletons, skeleton_sizes, words = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    numbers = np.flatnonzero((sizes >= scheme.SHORTEST_LINE) & words)
    lines, sizes = lines[numbers], sizes[numbers]
    return {
        LINES: _hash_windows(lines, sizes, numbers, scheme.LINES_WINDOW, scheme.LINES_DISTINCT, LINES),
        SKELETON: _hash_windows(
            skeletons[numbers], skeleton_sizes[numbers], numbers, scheme.SKELETON_WINDOW, scheme.SKELETON_DISTINCT,
            SKELETON,
        ),
    }  # fmt: skip


def fingerprint_letters(text: bytes) -> Letters:
    """Return the fingerprints of kind `LETTERS` of a text."""
    values, starts, breaks = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    offset, count = 0, 0
    while offset < len(text):
        end = text.find(b"\n", offset + _BATCH) + 1 or len(text)
        batch = text[offset:end].translate(scheme.LETTER_TABLE, _NO_LETTERS)
        letters = batch.translate(None, b"\n")
        values_here, starts_here = _hash_letters(letters, _take_letters(text, end))
        values.append(values_here)
        starts.append(starts_here + count)
        at = np.flatnonzero(np.frombuffer(batch, np.uint8) == _NEWLINE)
        breaks.append(at - np.arange(len(at)) + count)
        count += len(letters)
        offset = end
    return Letters(np.concatenate(values), np.concatenate(starts), np.concatenate(breaks))


def _take_letters(text: bytes, start: int) -> bytes:
    """Return the letters that follow an offset, as many as a window needs if there are so many."""
    size, reach = scheme.LETTERS_WINDOW - 1, 4 * scheme.LETTERS_WINDOW
    while True:
        letters = text[start : start + reach].translate(scheme.LETTER_TABLE, scheme.LETTERS_DROPPED)
        if len(letters) >= size or start + reach >= len(text):
            return letters[:size]
        reach *= 8


def _hash_letters(batch: bytes, tail: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Return the fingerprints that begin in the letters of a batch, and where; they may end in the tail."""
    size = scheme.LETTERS_WINDOW
    letters = np.frombuffer(batch + tail, np.uint8)
    if len(letters) < size:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    starts = _find_anchors(letters[: len(letters) - size + 2])
    if len(starts) and starts[-1] >= len(batch):
        starts = starts[: np.searchsorted(starts, len(batch))]
    numeric = np.zeros(len(letters) + 1, np.uint8)  # of which only differences count, below 256
    np.cumsum(_NUMERIC[letters], dtype=np.uint8, out=numeric[1:])
    starts = starts[numeric[starts + size] - numeric[starts] < scheme.LETTERS_NUMERIC]
    words = np.lib.stride_tricks.sliding_window_view(letters, size)[starts].view("<u8")
    values = np.full(len(starts), 1, np.uint64)
    for column, weight in enumerate(scheme.LETTERS_WORDS):
        values += words[:, column] * np.uint64(weight)
    return values * np.uint64(SEEDS[LETTERS]), starts


def _empty() -> Arrays:
    return np.zeros(0, np.uint64), np.zeros(0, np.int64), np.zeros(0, np.int64)


def _split_text(text: bytes) -> Iterator[bytes]:
    """Yield a text in batches of whole lines, each without its last line break."""
    start = 0
    while (end := text.find(b"\n", start + _BATCH)) >= 0:
        yield text[start:end]
        start = end + 1
    yield text[start:]


def _hash_lines(batch: bytes) -> tuple[np.ndarray, ...]:
    """Return for each line its residue and size, those of its skeleton, and whether it has a word."""
    words = np.frombuffer(batch.translate(scheme.WORD_TABLE), np.uint8)
    begins = words != _WORD
    begins[1:] |= begins[:-1]
    begins[:1] = True
    skeleton = np.frombuffer(np.compress(begins, words).tobytes().translate(None, scheme.BLANKS), np.uint8)
    residues, sizes = _reduce_lines(np.frombuffer(batch.translate(None, scheme.BLANKS), np.uint8))
    return residues, sizes, *_reduce_lines(skeleton), _find_lines_with_words(skeleton)


def _reduce_lines(data: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the residue and the size of each line.

    The sum over a line is taken with the powers of positions in the batch, and divided by the power of its start.
    """
    powers, inverses = _build_powers(len(data) + 1)
    breaks = np.flatnonzero(data == _NEWLINE)
    terms = _Powers.terms[: len(data) + 1]  # one more, for an empty last line
    np.multiply(powers[: len(data)], data, out=terms[:-1])
    terms[breaks] = terms[-1:] = 0
    starts = np.concatenate((np.zeros(1, np.int64), breaks + 1))
    ends = np.append(breaks, len(data))
    return np.add.reduceat(terms, starts) % _PRIME * inverses[starts] % _PRIME, ends - starts


def _find_lines_with_words(skeleton: np.ndarray) -> np.ndarray:
    """Return for each line whether it has a word."""
    is_word = np.append(skeleton == _WORD, False)  # one more, for an empty last line
    starts = np.flatnonzero(skeleton == _NEWLINE) + 1
    return np.logical_or.reduceat(is_word, np.concatenate((np.zeros(1, np.int64), starts)))


class _Powers:
    """The powers of 256 modulo the prime, their inverses, and room for products, for the longest batch so far."""

    table = inverses = np.ones(1, np.uint64)
    terms = np.zeros(1, np.uint64)


def _build_powers(count: int) -> tuple[np.ndarray, np.ndarray]:
    while len(_Powers.table) < count:
        size = len(_Powers.table)
        for name, base in (("table", 256), ("inverses", pow(256, -1, PRIME))):
            table = getattr(_Powers, name)
            factor = np.uint64(pow(base, size, PRIME))
            setattr(_Powers, name, np.concatenate((table, table * factor % _PRIME)))
    if len(_Powers.terms) < len(_Powers.table):
        _Powers.terms = np.zeros(len(_Powers.table), np.uint64)  # made once: the pages of a new one are slow to write
    return _Powers.table, _Powers.inverses


def _hash_windows(
    residues: np.ndarray, sizes: np.ndarray, numbers: np.ndarray, count: int, distinct: int, kind: int
) -> Arrays:
    windows = len(residues) - count + 1
    if windows < 1:
        return _empty()
    ends = np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes)))
    kept = np.flatnonzero(ends[count:] - ends[:-count] >= scheme.SHORTEST_WINDOW)
    columns = [residues[kept + offset] for offset in range(count)]
    repeated = np.zeros(len(kept), np.uint8)
    for number, column in enumerate(columns):
        if number:
            repeated += np.logical_or.reduce([column == earlier for earlier in columns[:number]])
    varied = count - repeated >= distinct
    value = np.full(len(kept), 1, np.uint64)
    for column, power in zip(columns, POWERS, strict=False):
        value += column * np.uint64(power)
    kept = kept[varied]
    return value[varied] * np.uint64(SEEDS[kind]), numbers[kept], numbers[kept + count - 1]


def _find_anchors(letters: np.ndarray) -> np.ndarray:
    """Return where anchors are, in order; a pair needs two letters."""
    numbers = letters[:-1] * np.uint8(scheme.ANCHOR_FIRST)
    numbers += letters[1:] * np.uint8(scheme.ANCHOR_SECOND)
    numbers -= np.uint8(16 * scheme.ANCHOR)
    return np.flatnonzero(numbers < 16)  # noqa: PLR2004 - one in 16
