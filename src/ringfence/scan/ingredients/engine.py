"""Fingerprints many texts at once and looks them up: in pure Python for little text, by numpy for much.

Importing numpy takes as long as fingerprinting a megabyte without it.
"""

from __future__ import annotations

import sys

from . import keyed_hash, scheme
from .common_text import find_common
from .fingerprint import fingerprint_letters, fingerprint_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import ModuleType

    from .segment import Segment

_NUMPY_FROM = 1 << 20  # bytes of text in one process
# A fingerprint of several texts: (kind, index of the text, value, first line from 0, last line).
Located = tuple[int, int, int, int, int]
# One that an index has: the same with the keyed value, then number of the source, first line there.
LocatedHit = tuple[int, int, int, int, int, int, int]


class _Engine:
    """How many bytes of text this process has fingerprinted, and the module for much text once it is worth it."""

    def __init__(self) -> None:
        self.bytes = 0
        self.is_missing = False

    def load(self, texts: Iterable[bytes]) -> ModuleType | None:
        self.bytes += sum(map(len, texts))
        if self.is_missing or (self.bytes < _NUMPY_FROM and "numpy" not in sys.modules):
            return None
        try:
            from . import vectorised_lookup
        except ImportError:
            self.is_missing = True
            return None
        return vectorised_lookup


_engine = _Engine()


def fingerprint_texts(texts: Sequence[bytes]) -> list[Located]:
    """Return the fingerprints of texts, of all kinds."""
    if vectorised := _engine.load(texts):
        return list(vectorised.iter_rows(vectorised.fingerprint_texts(texts)))
    return list(_iter_fingerprints(texts))


def find_hits(
    texts: Sequence[bytes], key: bytes, segments: Sequence[Segment], most_letters: int = 0
) -> list[LocatedHit]:
    """Return the fingerprints of texts that segments have, once for each entry, without those of common text.

    With `most_letters`, fingerprints of letters are left out after so many bytes of text, where numpy isn't loaded.
    """
    hits: list[LocatedHit] = []
    plain: list[int] = []  # the fingerprint of each hit before the key is applied
    if vectorised := _engine.load(texts):
        hits, plain = vectorised.find_hits(texts, key, segments)
    else:
        located = list(_iter_fingerprints(texts, with_letters=not 0 < most_letters < _engine.bytes))
        values = keyed_hash.hash_values([value for _, _, value, _, _ in located], key)
        for segment in segments:
            for index, source, line in segment.find_entries(values):
                kind, text, value, first, last = located[index]
                hits.append((kind, text, values[index], first, last, source, line))
                plain.append(value)
    common = find_common(plain)
    return [hit for hit, value in zip(hits, plain, strict=True) if value not in common]


def _iter_fingerprints(texts: Iterable[bytes], *, with_letters: bool = True) -> Iterator[Located]:
    for number, text in enumerate(texts):
        kinds = {**fingerprint_lines(text), scheme.LETTERS: fingerprint_letters(text) if with_letters else []}
        for kind, items in kinds.items():
            for value, first, last in items:
                yield kind, number, value, first, last
