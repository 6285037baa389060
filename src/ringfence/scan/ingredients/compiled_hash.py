"""The keyed hash by numba: the same as that of `keyed_hash.py`."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from .keyed_hash import FINAL, LENGTH_BLOCK, split_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_WORD_BITS = np.uint64(64)


def compile_function(function: Callable[..., Any]) -> Any:
    """Return a function that is compiled at its first call, and loaded from a cache in later processes if there is one.

    The cache is beside this file or, where that can't be written, in a folder of the user's; without either it is
    compiled in each process.
    """
    try:
        return numba.njit(function, cache=True, nogil=True)
    except RuntimeError:  # no folder for a cache
        return numba.njit(function, nogil=True)


@compile_function
def _rotate(word: Any, count: Any) -> Any:
    return word << count | word >> (_WORD_BITS - count)


@compile_function
def _run_round(a: Any, b: Any, c: Any, d: Any) -> Any:
    a, c = a + b, c + d
    b, d = _rotate(b, np.uint64(13)) ^ a, _rotate(d, np.uint64(16)) ^ c
    a = _rotate(a, np.uint64(32))
    a, c = a + d, c + b
    b, d = _rotate(b, np.uint64(17)) ^ c, _rotate(d, np.uint64(21)) ^ a
    return a, b, _rotate(c, np.uint64(32)), d


@compile_function
def _hash_values(values: Any, state: Any, length: Any, final: Any, hashed: Any) -> None:
    for index in range(len(values)):
        message = values[index]
        a, b, c, d = _run_round(state[0], state[1], state[2], state[3] ^ message)
        a ^= message
        a, b, c, d = _run_round(a, b, c, d ^ length)
        a, c = a ^ length, c ^ final
        for _ in range(3):
            a, b, c, d = _run_round(a, b, c, d)
        hashed[index] = a ^ b ^ c ^ d


def hash_values(values: np.ndarray, key: bytes) -> np.ndarray:
    """Return the keyed hash of each value."""
    hashed = np.empty(len(values), np.uint64)
    _hash_values(values, np.array(split_key(key), np.uint64), np.uint64(LENGTH_BLOCK), np.uint64(FINAL), hashed)
    return hashed
