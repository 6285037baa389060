"""Lists of numbers wider than a byte that hold bytes, or the letters of a text: `[65, 115, 32]`."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

_NUMBERS = (pa.int16(), pa.uint16(), pa.int32(), pa.uint32(), pa.int64(), pa.uint64())
_PARQUET_NUMBERS = ("NONE", "INT_16", "UINT_16", "INT_32", "UINT_32", "INT_64", "UINT_64")
_LAST_BYTE, _LAST_LETTER = 0xFF, 0x10FFFF
_LEAST = 32  # masks, labels and counts have no number as large
_FIRST_LETTER = 9  # a tab; numbers of tokens begin with those of signs, 0 to 3
_SAMPLE = 2000  # numbers that are held against the letters
_SHARE = 0.95  # of them
_LETTERS = ((9, 10), (13, 13), (32, 126), (0xA0, 0x24F), (0x370, 0x5FF), (0x2010, 0x203A), (0x3000, 0x30FF),
            (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xFF00, 0xFF65), (0x1F300, 0x1FAFF))  # fmt: skip


def join_numbers(values: Any) -> Any:
    """Return lists of numbers as values of bytes, letters as UTF-32; None where they are no bytes and no letters."""
    if values.type.value_type not in _NUMBERS:
        return None
    flat = pc.list_flatten(values)
    bounds = pc.min_max(flat).as_py()
    if bounds["min"] is None or not may_be_text(bounds["min"], bounds["max"]) or flat.null_count:
        return None
    if bounds["max"] > _LAST_BYTE and not _are_letters(flat.slice(0, _SAMPLE).to_pylist()):
        return None
    kind = pa.uint8() if bounds["max"] <= _LAST_BYTE else pa.uint32()
    lengths = pc.cast(pc.fill_null(pc.list_value_length(values), 0), pa.int64())
    ends = pc.cumulative_sum(pc.multiply(lengths, kind.bit_width // 8))
    offsets = pa.concat_arrays([pa.array([0], pa.int64()), ends])
    numbers = pc.cast(flat, kind)
    numbers = numbers if not numbers.offset else pa.concat_arrays([numbers])
    return pa.Array.from_buffers(pa.large_binary(), len(values), [None, offsets.buffers()[1], numbers.buffers()[1]])


def may_be_text(lowest: int, highest: int) -> bool:
    """Return whether numbers between two may be bytes or letters: neither masks and labels nor numbers of tokens."""
    is_bytes = lowest >= 0 and _LEAST <= highest <= _LAST_BYTE
    return is_bytes or (lowest >= _FIRST_LETTER and _LAST_BYTE < highest <= _LAST_LETTER)


def is_column_of_lists(column: Any) -> bool:
    """Return whether a column of Parquet has numbers in lists."""
    return bool(
        column.max_repetition_level
        and column.physical_type in ("INT32", "INT64")
        and column.converted_type in _PARQUET_NUMBERS
    )


def may_have_text(chunk: Any) -> bool:
    """Return whether a chunk of such a column may have text, by its least and greatest number where it tells them."""
    known = chunk.statistics
    return known is None or not known.has_min_max or may_be_text(known.min, known.max)


def _are_letters(numbers: list[int]) -> bool:
    letters = sum(any(first <= number <= last for first, last in _LETTERS) for number in numbers)
    return letters >= _SHARE * len(numbers)
