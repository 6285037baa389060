"""The shipped set of common text: fingerprints that many unrelated packages from before 2021 have.

A Bloom filter of 80,000 fingerprints made by bench/common_text.py. It is asked before the organisation's key is applied
to a fingerprint.
"""

from __future__ import annotations

import os

from ...resources import find_shipped_folder
from .bits import find_set_bits, set_bits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME = "common-text.bits"
_BITS_PER_KEY = 9
_SMALLEST = 64 << 3  # bits


def build_set(values: Sequence[int]) -> bytes:
    """Return a set of fingerprints as bytes."""
    bits = max(_BITS_PER_KEY * len(values), _SMALLEST).bit_length()
    layer = bytearray(1 << bits - 3)
    set_bits(layer, bits, values)
    return bytes(layer)


def find_common(values: Sequence[int]) -> set[int]:
    """Return those of the fingerprints that are common text; one in fifty others looks as if."""
    return find_set_bits(*_load_set(), values) if values else set()


class _CommonText:
    """The set, read once; most hooks don't need it."""

    layer: bytearray | None = None


def _load_set() -> tuple[bytearray, int]:
    if _CommonText.layer is None:
        with open(os.path.join(find_shipped_folder("policy"), _NAME), "rb") as file:
            _CommonText.layer = bytearray(file.read())
    return _CommonText.layer, (len(_CommonText.layer) * 8).bit_length() - 1
