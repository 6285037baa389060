"""Fingerprints many texts at once and looks them up, by pure Python, numpy or numba, whichever is worth loading.

Importing numpy takes as long as fingerprinting a megabyte without it; importing numba, with its compiled functions, as
long as 50 megabytes by numpy.
"""

from __future__ import annotations

import sys
from importlib import import_module

from . import keyed_hash, scheme
from .common_text import find_common
from .fingerprint import fingerprint_letters, fingerprint_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import ModuleType

    import numpy as np

    from . import vectorised_lookup
    from .segment import Segment

_NUMPY_FROM, _NUMBA_FROM = 1 << 20, 64 << 20  # bytes of text in one process
# A fingerprint of several texts: (kind, index of the text, value, first line from 0, last line).
Located = tuple[int, int, int, int, int]
# One that an index has: the same with the keyed value, then number of the source, first line there.
LocatedHit = tuple[int, int, int, int, int, int, int]


class _Engine:
    """How much text this process has fingerprinted, and the modules for much text once they are worth it.

    Attributes:
        bytes: The size of all texts so far.
        may_compile: Whether numba may be used. It keeps compiled functions in a folder that the environment can name,
            so that a hook, whose environment may be a pusher's, doesn't.
    """

    def __init__(self) -> None:
        self.bytes = 0
        self.may_compile = False
        self._missing: set[str] = set()

    def load(self, texts: Iterable[bytes]) -> ModuleType | None:
        """Return the module for more texts: that of numpy, or None."""
        self.bytes += sum(map(len, texts))
        if self.bytes < _NUMPY_FROM and "numpy" not in sys.modules:
            return None
        return self.import_part("vectorised_lookup")

    def load_compiled(self) -> ModuleType | None:
        """Return the module of numba, or None."""
        return self.import_part("compiled") if self.may_compile and self.bytes >= _NUMBA_FROM else None

    def import_part(self, name: str) -> ModuleType | None:
        """Return a module of this folder; None if what it needs isn't installed."""
        if name in self._missing:
            return None
        try:
            return import_module(f".{name}", __package__)
        except ImportError:
            self._missing.add(name)
            return None


_engine = _Engine()


def allow_compiling() -> None:
    """Use numba for much text in this process, where it is installed."""
    _engine.may_compile = True


def prepare(size: int) -> None:
    """Load what is faster for texts of this many bytes in all, for processes that are forked from this one."""
    if size >= _NUMPY_FROM:
        _engine.import_part("vectorised_lookup")


def fingerprint_texts(texts: Sequence[bytes]) -> list[Located]:
    """Return the fingerprints of texts, of all kinds."""
    if vectorised := _engine.load(texts):
        return list(vectorised.iter_rows(_fingerprint_kinds(vectorised, texts)))
    return list(_iter_fingerprints(texts))


def fingerprint_columns(texts: Sequence[bytes]) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]] | None:
    """Return the fingerprints of texts by kind, as (values, indexes of the texts, first lines); None without numpy."""
    if vectorised := _engine.load(texts):
        return [columns[:3] for columns in _fingerprint_kinds(vectorised, texts).values()]
    return None


def _fingerprint_kinds(vectorised: ModuleType, texts: Sequence[bytes]) -> dict[int, vectorised_lookup.Located]:
    module = _engine.load_compiled() or vectorised
    found: dict[int, vectorised_lookup.Located] = module.fingerprint_texts(texts) if texts else {}
    return found


def find_hits(
    texts: Sequence[bytes], key: bytes, segments: Sequence[Segment], most_letters: int = 0
) -> list[LocatedHit]:
    """Return the fingerprints of texts that segments have, once for each entry, without those of common text.

    With `most_letters`, fingerprints of letters are left out after so many bytes of text, where numpy isn't loaded.
    """
    hits: list[LocatedHit] = []
    plain: list[int] = []  # the fingerprint of each hit before the key is applied
    if vectorised := _engine.load(texts):
        hits, plain = vectorised.find_hits(texts, key, segments, _engine.load_compiled())
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
