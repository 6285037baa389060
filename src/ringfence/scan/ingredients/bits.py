"""Sets and tests two bits of a layer of a Bloom filter for each value; by numpy where it is loaded."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    import numpy as np

_FACTOR = 0x9E3779B97F4A7C15  # odd, so that the second bit doesn't depend on the highest bits alone
_MASK = (1 << 64) - 1


def set_bits(layer: bytearray, bits: int, values: Sequence[int] | np.ndarray) -> None:
    """Set both bits of each value; the layer has 2 ** bits of them."""
    if numpy := sys.modules.get("numpy"):
        array = numpy.frombuffer(layer, numpy.uint8)
        for at in _locate_bits(numpy, values, bits):
            numpy.bitwise_or.at(array, at >> 3, (1 << (at & 7)).astype(numpy.uint8))
        return
    for value in values:
        for at in (value >> 64 - bits, (value * _FACTOR & _MASK) >> 64 - bits):
            layer[at >> 3] |= 1 << (at & 7)


def find_set_bits(layer: bytearray, bits: int, values: Sequence[int]) -> set[int]:
    """Return the values of which both bits are set."""
    if numpy := sys.modules.get("numpy"):
        array = numpy.frombuffer(layer, numpy.uint8)
        first, second = (array[at >> 3] >> (at & 7).astype(numpy.uint8) & 1 for at in _locate_bits(numpy, values, bits))
        return {values[index] for index in numpy.flatnonzero(first & second).tolist()}
    return {
        value
        for value in values
        if all(layer[at >> 3] >> (at & 7) & 1 for at in (value >> 64 - bits, (value * _FACTOR & _MASK) >> 64 - bits))
    }


def _locate_bits(numpy: Any, values: Sequence[int] | np.ndarray, bits: int) -> Iterable[Any]:
    """Return the positions of the first bits, and of the second."""
    array = numpy.asarray(values, numpy.uint64)
    shift = numpy.uint64(64 - bits)
    return (array >> shift).astype(numpy.int64), (array * numpy.uint64(_FACTOR) >> shift).astype(numpy.int64)
