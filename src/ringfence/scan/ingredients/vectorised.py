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
_ANCHORS = np.frombuffer(scheme.ANCHORS, bool)
_PRIME = np.uint64(PRIME)
_BATCH = 1 << 17  # bytes of text hashed at once; larger arrays leave the processor's cache

# Fingerprints of one kind as arrays: values, first lines, last lines.
Arrays = tuple["np.ndarray", "np.ndarray", "np.ndarray"]


def fingerprint_lines(text: bytes) -> dict[int, Arrays]:
    """Return the fingerprints of kind `LINES` and `SKELETON` of a text, by kind."""
    batches = [_hash_lines(batch) for batch in _split_text(text)]
    lines, sizes, skeletons, skeleton_sizes, words = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    numbers = np.flatnonzero((sizes >= scheme.SHORTEST_LINE) & (words > 0))
    lines, sizes = lines[numbers], sizes[numbers]
    return {
        LINES: _hash_windows(lines, sizes, numbers, scheme.LINES_WINDOW, scheme.LINES_DISTINCT, LINES),
        SKELETON: _hash_windows(
            skeletons[numbers], skeleton_sizes[numbers], numbers, scheme.SKELETON_WINDOW, scheme.SKELETON_DISTINCT,
            SKELETON,
        ),
    }  # fmt: skip


def fingerprint_letters(text: bytes) -> Arrays:
    """Return the fingerprints of kind `LETTERS` of a text."""
    parts: list[Arrays] = [_empty()]
    line, start = 0, 0
    while start < len(text):
        end = text.find(b"\n", start + _BATCH) + 1 or len(text)
        batch = text[start:end].translate(scheme.LETTER_TABLE, _NO_LETTERS)
        parts.append(_fingerprint_batch(batch, _take_letters(text, end), line))
        line += batch.count(b"\n")
        start = end
    values, first, last = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return values, first, last


def _take_letters(text: bytes, start: int) -> bytes:
    """Return the letters that follow an offset, as many as a window needs, and the line breaks between them."""
    size, reach = scheme.LETTERS_WINDOW - 1, 4 * scheme.LETTERS_WINDOW
    while True:
        letters = text[start : start + reach].translate(scheme.LETTER_TABLE, _NO_LETTERS)
        if len(letters) - letters.count(b"\n") >= size or start + reach >= len(text):
            return letters
        reach *= 8


def _fingerprint_batch(batch: bytes, tail: bytes, line: int) -> Arrays:
    """Return the fingerprints that begin in a batch of whole lines, of which the first has number `line`.

    Both hold only letters and line breaks; windows that begin in the batch may end in the tail.
    """
    size = scheme.LETTERS_WINDOW
    both = batch + tail
    letters = np.frombuffer(both.translate(None, b"\n"), np.uint8)
    if len(letters) < size:
        return _empty()
    starts = _find_anchors(letters)
    starts = starts[starts < len(batch) - batch.count(b"\n")]
    numeric = np.concatenate((np.zeros(1, np.int32), np.cumsum(_NUMERIC[letters], dtype=np.int32)))
    starts = starts[numeric[starts + size] - numeric[starts] < scheme.LETTERS_NUMERIC]
    words = np.lib.stride_tricks.sliding_window_view(letters, size)[starts].view("<u8")
    values = np.full(len(starts), 1, np.uint64)
    for column, weight in enumerate(scheme.LETTERS_WORDS):
        values += words[:, column] * np.uint64(weight)
    breaks = np.flatnonzero(np.frombuffer(both, np.uint8) == _NEWLINE)
    before = breaks - np.arange(len(breaks))  # letters before each line break
    first = np.searchsorted(before, starts, "right") + line
    last = np.searchsorted(before, starts + size - 1, "right") + line
    return values * np.uint64(SEEDS[LETTERS]), first, last


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
    """Return for each line its residue and size, those of its skeleton, and the number of its words."""
    words = np.frombuffer(batch.translate(scheme.WORD_TABLE), np.uint8)
    is_word = words == ord("i")
    begins = ~is_word
    begins[1:] |= ~is_word[:-1]
    begins[:1] = True
    skeleton = np.frombuffer(words[begins].tobytes().translate(None, scheme.BLANKS), np.uint8)
    residues, sizes = _reduce_lines(np.frombuffer(batch.translate(None, scheme.BLANKS), np.uint8))
    return residues, sizes, *_reduce_lines(skeleton), _sum_lines(skeleton, skeleton == ord("i"))


def _reduce_lines(data: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the residue and the size of each line.

    The sum over a line is taken with the powers of positions in the batch, and divided by the power of its start.
    """
    powers, inverses = _build_powers(len(data) + 1)
    breaks = np.flatnonzero(data == _NEWLINE)
    terms = np.zeros(len(data) + 1, np.uint64)  # one more, for an empty last line
    np.multiply(powers[: len(data)], data, out=terms[:-1])
    terms[breaks] = 0
    starts = np.concatenate((np.zeros(1, np.int64), breaks + 1))
    ends = np.append(breaks, len(data))
    return np.add.reduceat(terms, starts) % _PRIME * inverses[starts] % _PRIME, ends - starts


def _sum_lines(data: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """Return how many of the bytes of each line are counted."""
    sums = np.concatenate((np.zeros(1, np.int32), np.cumsum(counted, dtype=np.int32)))
    breaks = np.flatnonzero(data == _NEWLINE)
    return np.diff(sums[np.concatenate((np.zeros(1, np.int64), breaks, np.full(1, len(data))))])


class _Powers:
    """The powers of 256 modulo the prime, and their inverses; as long as the longest batch so far."""

    table = inverses = np.ones(1, np.uint64)


def _build_powers(count: int) -> tuple[np.ndarray, np.ndarray]:
    while len(_Powers.table) < count:
        size = len(_Powers.table)
        for name, base in (("table", 256), ("inverses", pow(256, -1, PRIME))):
            table = getattr(_Powers, name)
            factor = np.uint64(pow(base, size, PRIME))
            setattr(_Powers, name, np.concatenate((table, table * factor % _PRIME)))
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
    """Return where windows begin, in order."""
    pairs = letters[:-1] | letters[1:].astype(np.uint16) << np.uint16(8)
    return np.flatnonzero(_ANCHORS[pairs[: len(letters) - scheme.LETTERS_WINDOW + 1]])
