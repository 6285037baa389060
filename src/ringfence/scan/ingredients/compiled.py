"""Fingerprints of several texts by numba: the same as those of `fingerprint.py`, in one pass over the bytes each."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from . import scheme
from .compiled_hash import compile_function, hash_values
from .scheme import LETTERS, LINES, SEEDS, SKELETON

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .vectorised_lookup import Located

__all__ = ["fingerprint_texts", "hash_values"]
_Array = Any  # of numpy; numba's functions have no types
_NEWLINE, _WORD = np.uint8(10), np.uint8(ord("i"))
_PRIME = np.uint64(scheme.PRIME)
_POWERS = np.array(scheme.POWERS, np.uint64)
_WEIGHTS = np.array(scheme.LETTERS_WORDS, np.uint64)
_NONE, _ONE, _EIGHT, _THIRTY_TWO = (np.uint64(number) for number in (0, 1, 8, 32))
_LOW = np.uint64((1 << 32) - 1)
_HALF_POWER, _POWER = np.uint64((1 << 32) % scheme.PRIME), np.uint64((1 << 64) % scheme.PRIME)
_SKELETON_TABLE = np.frombuffer(scheme.WORD_TABLE, np.uint8).copy()
_IS_BLACK = np.ones(256, np.uint8)
_IS_BLACK[list(scheme.BLANKS)] = 0
_LETTER_TABLE = np.frombuffer(scheme.LETTER_TABLE, np.uint8).copy()
_LETTER_TABLE[list(scheme.LETTERS_DROPPED)] = 0  # which is no letter
_IS_NUMERIC = np.zeros(256, np.uint8)
_IS_NUMERIC[list(scheme.NUMERIC)] = 1
_SHORTEST_LINE, _SHORTEST_WINDOW = scheme.SHORTEST_LINE, scheme.SHORTEST_WINDOW
_SIZE, _MOST_NUMERIC = scheme.LETTERS_WINDOW, scheme.LETTERS_NUMERIC
_FIRST, _SECOND, _ANCHOR = np.uint8(scheme.ANCHOR_FIRST), np.uint8(scheme.ANCHOR_SECOND), np.uint64(scheme.ANCHOR)


def _generate_load(_: Any, array: Any, index: Any) -> Any:  # noqa: ARG001 - numba calls it so
    """Return how the eight bytes at an index of an array of bytes are read as one number."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, values[0]).data
        word = builder.load(builder.bitcast(builder.gep(data, [values[1]]), ir.IntType(64).as_pointer()))
        word.align = 1
        return word

    return types.uint64(array, types.uintp), generate


_load_word: Any = intrinsic(_generate_load)  # numba itself has no unaligned reads


@compile_function
def _reduce(line: _Array, size: Any) -> Any:
    """Return the residue of the first `size` bytes, little-endian.

    Words of four bytes are taken from the last, in two chains that don't wait for each other.
    """
    even, odd = _NONE, _NONE
    rest = size & np.uint64(7)
    at = size - rest
    if rest:  # what is behind them in the buffer is cut off
        word = _load_word(line, at) & ((_ONE << (_EIGHT * rest)) - _ONE)
        even, odd = word & _LOW, word >> _THIRTY_TWO
    while at:
        at -= _EIGHT
        word = _load_word(line, at)
        even = (even * _POWER + (word & _LOW)) % _PRIME
        odd = (odd * _POWER + (word >> _THIRTY_TWO)) % _PRIME
    return (odd % _PRIME * _HALF_POWER + even) % _PRIME


@compile_function
def _make_columns(count: int) -> Any:
    return np.empty(count, np.uint64), np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count, np.int64)


@compile_function
def _grow_columns(found: Any, count: Any) -> Any:
    grown = _make_columns(2 * count)
    for old, new in zip(found[1:], grown[1:]):  # noqa: B905 - numba has no strict
        new[: len(old)] = old
    grown[0][: len(found[0])] = found[0]
    return grown


@compile_function
def _hash_windows(
    residues: _Array, sizes: _Array, numbers: _Array, count: int, owner: int, width: int, distinct: int, seed: Any,
    found: tuple[_Array, _Array, _Array, _Array], filled: int,
) -> int:  # fmt: skip
    """Add the fingerprints of one text's significant lines to `found`; return how many there are now."""
    values, owners, first, last = found
    size = 0
    for end in range(count):
        size += sizes[end]
        begin = end - width + 1
        if begin < 0:
            continue
        if size >= _SHORTEST_WINDOW:
            different = 0
            for one in range(begin, end + 1):
                is_new = True
                for other in range(begin, one):
                    if residues[one] == residues[other]:
                        is_new = False
                        break
                different += is_new
            if different >= distinct:
                value = _ONE
                for offset in range(width):
                    value += residues[begin + offset] * _POWERS[offset]
                values[filled] = value * seed
                owners[filled], first[filled], last[filled] = owner, numbers[begin], numbers[end]
                filled += 1
        size -= sizes[begin]
    return filled


@compile_function
def _fingerprint_lines(data: _Array, begins: _Array, ends: _Array, lines: int, kinds: _Array, seeds: _Array) -> Any:
    """Return the fingerprints of both kinds of lines of texts; `lines` is how many lines they have at most."""
    residues, skeletons = np.empty(lines, np.uint64), np.empty(lines, np.uint64)
    sizes, skeleton_sizes, numbers = np.empty(lines, np.int64), np.empty(lines, np.int64), np.empty(lines, np.int64)
    by_lines, by_words = _make_columns(lines), _make_columns(lines)
    most = np.max(ends - begins)
    line, skeleton = np.empty(most + 9, np.uint8), np.empty(most + 9, np.uint8)
    filled = filled_words = 0
    for text in range(len(begins)):
        count = number = 0
        size, words, was_word, seen = _NONE, _NONE, _NONE, _NONE
        for at in range(np.uint64(begins[text]), np.uint64(ends[text]) + _ONE):  # with the line break behind it
            byte = data[at]
            if byte == _NEWLINE:
                if seen and size >= _SHORTEST_LINE:
                    residues[count], sizes[count] = _reduce(line, size), size
                    skeletons[count], skeleton_sizes[count] = _reduce(skeleton, words), words
                    numbers[count] = number
                    count += 1
                number += 1
                size, words, was_word, seen = _NONE, _NONE, _NONE, _NONE
                continue
            mark = _SKELETON_TABLE[byte]
            is_black, is_word = np.uint64(_IS_BLACK[byte]), np.uint64(mark == _WORD)
            line[size] = byte
            size += is_black
            skeleton[words] = mark
            words += is_black & ~(is_word & was_word)
            was_word = is_word
            seen |= is_word
        filled = _hash_windows(residues, sizes, numbers, count, text, kinds[0], kinds[1], seeds[0], by_lines, filled)
        filled_words = _hash_windows(
            skeletons, skeleton_sizes, numbers, count, text, kinds[2], kinds[3], seeds[1], by_words, filled_words
        )
    return by_lines, filled, by_words, filled_words


@compile_function
def _fingerprint_letters(data: _Array, begins: _Array, ends: _Array, seed: Any) -> Any:
    """Return the fingerprints of the letters of texts, and their number.

    Short loops without a branch, one after the other: several times faster than one that does it all.
    """
    most = np.max(ends - begins)
    letters, rows, anchors = np.empty(most + 9, np.uint8), np.empty(most + 9, np.int32), np.empty(most + 9, np.int32)
    numeric = np.zeros(most + 9, np.uint8)  # of which only differences count, below 256
    found = _make_columns(len(data) // 8 + 64)
    filled = 0
    for text in range(len(begins)):
        count, row = _NONE, np.int32(0)
        for at in range(np.uint64(begins[text]), np.uint64(ends[text])):
            letter = _LETTER_TABLE[data[at]]
            letters[count], rows[count] = letter, row
            count += np.uint64(letter != 0)
            row += np.int32(data[at] == _NEWLINE)
        if count < _SIZE:
            continue
        digits = np.uint8(0)
        for at in range(count):
            digits += _IS_NUMERIC[letters[at]]
            numeric[at + _ONE] = digits
        number = _NONE
        for at in range(count - np.uint64(_SIZE - 1)):
            anchors[number] = at
            pair = letters[at] * _FIRST + letters[at + _ONE] * _SECOND
            number += np.uint64((np.uint64(pair) >> np.uint64(4) & np.uint64(15)) == _ANCHOR)
        if filled + number > len(found[0]):
            found = _grow_columns(found, filled + number)
        for index in range(number):
            start = np.uint64(anchors[index])
            if np.uint8(numeric[start + np.uint64(_SIZE)] - numeric[start]) >= _MOST_NUMERIC:
                continue
            value = _ONE
            for place in range(6):
                value += _load_word(letters, start + np.uint64(8 * place)) * _WEIGHTS[place]
            found[0][filled], found[1][filled] = value * seed, text
            found[2][filled], found[3][filled] = rows[start], rows[start + np.uint64(_SIZE - 1)]
            filled += 1
    return found, filled


def fingerprint_texts(texts: Sequence[bytes]) -> dict[int, Located]:
    """Return the fingerprints of several texts by kind, with the text of each and its lines there."""
    data = np.frombuffer(b"\n".join((*texts, b"")), np.uint8)  # a line break behind each
    sizes = np.array([len(text) for text in texts])
    ends = np.cumsum(sizes + 1) - 1
    kinds = np.array((scheme.LINES_WINDOW, scheme.LINES_DISTINCT, scheme.SKELETON_WINDOW, scheme.SKELETON_DISTINCT))
    seeds = np.array((SEEDS[LINES], SEEDS[SKELETON], SEEDS[LETTERS]), np.uint64)
    lines = sum(text.count(b"\n") + 1 for text in texts)
    by_letters, letters = _fingerprint_letters(data, ends - sizes, ends, seeds[2])
    by_lines, count, by_words, words = _fingerprint_lines(data, ends - sizes, ends, lines, kinds, seeds)
    return {
        LINES: tuple(column[:count] for column in by_lines),
        SKELETON: tuple(column[:words] for column in by_words),
        LETTERS: tuple(column[:letters] for column in by_letters),
    }
