"""Fingerprints many texts at once, keys and looks them up by numpy: the same as `engine.py` does without."""

from __future__ import annotations

import numpy as np

from . import keyed_hash
from .scheme import LETTERS
from .vectorised import fingerprint_letters, fingerprint_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .segment import Segment

_LANES = 1 << 12  # values hashed at once, which stay in a processor's cache

# Fingerprints of several texts: values, indexes of the texts, first lines, last lines.
Located = tuple["np.ndarray", "np.ndarray", "np.ndarray", "np.ndarray"]


def fingerprint_texts(texts: Sequence[bytes]) -> dict[int, Located]:
    """Return the fingerprints of several texts by kind, with the text of each and its lines there."""
    joined = b"\n".join(texts)
    counts = np.array([text.count(b"\n") + 1 for text in texts])
    starts = np.cumsum(counts) - counts
    found: dict[int, Located] = {}
    for kind, (values, first, last) in {**fingerprint_lines(joined), LETTERS: fingerprint_letters(joined)}.items():
        owners = np.searchsorted(starts, first, "right") - 1
        inside = owners == np.searchsorted(starts, last, "right") - 1  # not across two texts
        owners = owners[inside]
        found[kind] = values[inside], owners, first[inside] - starts[owners], last[inside] - starts[owners]
    return found


def iter_rows(found: dict[int, Located]) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield fingerprints as (kind, text, value, first line, last line)."""
    for kind, (values, owners, first, last) in found.items():
        columns = (values.tolist(), owners.tolist(), first.tolist(), last.tolist())
        for value, owner, begin, end in zip(*columns, strict=True):
            yield kind, owner, value, begin, end


def find_hits(
    texts: Sequence[bytes], key: bytes, segments: Sequence[Segment]
) -> tuple[list[tuple[int, int, int, int, int, int, int]], list[int]]:
    """Return the fingerprints of texts that segments have, as in `engine.find_hits`, and each without the key."""
    hits, plain = [], []
    for kind, (values, owners, first, last) in fingerprint_texts(texts).items():
        keyed = hash_values(values, key)
        for segment in segments:
            for index in _find_present(segment, keyed).tolist():
                value = int(keyed[index])
                place = (kind, int(owners[index]), value, int(first[index]), int(last[index]))
                entries = segment.find_entries([value])
                hits += [(*place, source, line) for _, source, line in entries]
                plain += [int(values[index])] * len(entries)
    return hits, plain


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
