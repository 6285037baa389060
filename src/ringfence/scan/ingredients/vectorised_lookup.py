"""Fingerprints many texts at once, keys and looks them up by numpy: the same as `engine.py` does without."""

from __future__ import annotations

from functools import partial

import numpy as np

from . import keyed_hash
from .scheme import LETTERS
from .vectorised import fingerprint_letters, fingerprint_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import ModuleType

    from .segment import Segment

    Locate = Callable[[np.ndarray], tuple[np.ndarray, ...]]

_LANES = 1 << 14  # values hashed at once: more leave a processor's cache, fewer cost more calls

# Fingerprints of several texts: values, indexes of the texts, first lines, last lines.
Located = tuple["np.ndarray", "np.ndarray", "np.ndarray", "np.ndarray"]


def fingerprint_texts(texts: Sequence[bytes]) -> dict[int, Located]:
    """Return the fingerprints of several texts by kind, with the text of each and its lines there."""
    joined, starts = _join_texts(texts)
    letters = fingerprint_letters(joined)
    kinds = fingerprint_lines(joined) | {LETTERS: (letters.values, *letters.locate(np.arange(len(letters.values))))}
    found: dict[int, Located] = {}
    for kind, (values, first, last) in kinds.items():
        chosen, owners = _find_owners(starts, first, last)
        found[kind] = values[chosen], owners, first[chosen] - starts[owners], last[chosen] - starts[owners]
    return found


def _join_texts(texts: Sequence[bytes]) -> tuple[bytes, np.ndarray]:
    """Return texts as one, and the number of the first line of each."""
    counts = np.array([text.count(b"\n") + 1 for text in texts])
    return b"\n".join(texts), np.cumsum(counts) - counts


def _find_owners(starts: np.ndarray, first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the indexes of the fingerprints that are in one text, not across two, and the text of each of them.

    `first` and `last` are their lines, sorted.
    """
    begins = np.searchsorted(first, starts)  # of the fingerprints of each text
    owners = np.repeat(np.arange(len(starts)), np.diff(begins, append=len(first)))
    ends = np.append(starts[1:], np.iinfo(np.int64).max)
    inside = np.flatnonzero(last < ends[owners])
    return inside, owners[inside]


def iter_rows(found: dict[int, Located]) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield fingerprints as (kind, text, value, first line, last line)."""
    for kind, (values, owners, first, last) in found.items():
        columns = (values.tolist(), owners.tolist(), first.tolist(), last.tolist())
        for value, owner, begin, end in zip(*columns, strict=True):
            yield kind, owner, value, begin, end


def find_hits(
    texts: Sequence[bytes], key: bytes, segments: Sequence[Segment], compiled: ModuleType | None
) -> tuple[list[tuple[int, int, int, int, int, int, int]], list[int]]:
    """Return the fingerprints of texts that segments have, as in `engine.find_hits`, and each without the key."""
    hits, plain = [], []
    for kind, values, locate in _iter_kinds(texts, compiled):
        keyed = compiled.hash_values(values, key) if compiled else hash_values(values, key)
        for segment in segments:
            present = np.sort(_find_present(segment, keyed))
            for index, *place in zip(*(column.tolist() for column in locate(present)), strict=True):
                value = int(keyed[index])
                entries = segment.find_entries([value])
                owner, first, last = place
                hits += [(kind, owner, value, first, last, source, line) for _, source, line in entries]
                plain += [int(values[index])] * len(entries)
    return hits, plain


def _iter_kinds(texts: Sequence[bytes], compiled: ModuleType | None) -> Iterator[tuple[int, np.ndarray, Locate]]:
    """Yield each kind with its fingerprints, and a function that locates some of them, given by sorted indexes.

    It returns columns: the indexes of those in one text, the text, first and last line. Most fingerprints aren't in an
    index, so that their lines aren't needed.
    """
    if compiled:
        for kind, (values, owners, first, last) in compiled.fingerprint_texts(texts).items():
            yield kind, values, partial(_take_rows, owners, first, last)
        return
    joined, starts = _join_texts(texts)
    for kind, (values, first, last) in fingerprint_lines(joined).items():
        yield kind, values, partial(_locate, starts, partial(_take_rows, first, last))
    letters = fingerprint_letters(joined)
    yield LETTERS, letters.values, partial(_locate, starts, lambda chosen: (chosen, *letters.locate(chosen)))


def _take_rows(*columns_and_chosen: np.ndarray) -> tuple[np.ndarray, ...]:
    *columns, chosen = columns_and_chosen
    return chosen, *(column[chosen] for column in columns)


def _locate(starts: np.ndarray, take_lines: Locate, chosen: np.ndarray) -> tuple[np.ndarray, ...]:
    chosen, first, last = take_lines(chosen)
    inside, owners = _find_owners(starts, first, last)
    return chosen[inside], owners, first[inside] - starts[owners], last[inside] - starts[owners]


def _find_present(segment: Segment, keyed: np.ndarray) -> np.ndarray:
    """Return the indexes of the values that a segment has."""
    if not segment.count:
        return np.zeros(0, np.int64)
    bits = keyed >> np.uint64(segment.shift)
    bitmap = np.frombuffer(segment.bitmap, np.uint8)
    likely = np.flatnonzero(bitmap[bits >> np.uint64(3)] >> (bits & np.uint64(7)).astype(np.uint8) & np.uint8(1))
    likely = likely[np.argsort(keyed[likely])]  # in order, so that neighbours are read together
    keys = np.frombuffer(segment.data, np.uint64, segment.count, segment.keys_offset)
    at = np.searchsorted(keys, keyed[likely])
    at[at == segment.count] = 0
    present: np.ndarray = likely[keys[at] == keyed[likely]]
    return present


def hash_values(values: np.ndarray, key: bytes) -> np.ndarray:
    """Return the keyed hash of each value."""
    hashed = np.empty(len(values), np.uint64)
    for start in range(0, len(values), _LANES):
        hashed[start : start + _LANES] = _hash_batch(values[start : start + _LANES], key)
    return hashed


def _hash_batch(values: np.ndarray, key: bytes) -> np.ndarray:
    state = np.empty((4, len(values)), np.uint64)
    state[:] = np.array(keyed_hash.split_key(key), np.uint64)[:, None]
    moved = np.empty(len(values), np.uint64)
    for block in (values, np.uint64(keyed_hash.LENGTH_BLOCK)):
        state[3] ^= block
        _run_round(state, moved)
        state[0] ^= block
    state[2] ^= np.uint64(keyed_hash.FINAL)
    for _ in range(3):
        _run_round(state, moved)
    result: np.ndarray = np.bitwise_xor.reduce(state, axis=0)
    return result


def _run_round(state: np.ndarray, moved: np.ndarray) -> None:
    """Run a round of SipHash in place; `moved` is room for one word of the state."""
    a, b, c, d = state
    a += b
    c += d
    _rotate(b, 13, moved)
    _rotate(d, 16, moved)
    b ^= a
    d ^= c
    _rotate(a, 32, moved)
    a += d
    c += b
    _rotate(b, 17, moved)
    _rotate(d, 21, moved)
    b ^= c
    d ^= a
    _rotate(c, 32, moved)


def _rotate(lanes: np.ndarray, count: int, moved: np.ndarray) -> None:
    np.right_shift(lanes, np.uint64(64 - count), out=moved)
    np.left_shift(lanes, np.uint64(count), out=lanes)
    lanes |= moved
