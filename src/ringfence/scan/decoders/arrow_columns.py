"""Columns of Arrow's types as pieces of text, and the files in them as members.

A column is rendered as JSON lines, `{"column": "text"}`, by Arrow and not row by row; of a dictionary-encoded column,
each value once. Row numbers are computed only for matches.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from ...excerpts import sanitise_text
from . import number_lists
from .arrow_rows import DictionaryRows, RunRows
from .base import Member, Stream, build_piece
from .blobs import is_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .base import Piece

_BYTES = (pa.int8(), pa.uint8())
_MAX_NAME = 200  # characters of a field's name that are shown


class Column:
    """The values of a field, and their rows.

    For values in lists, `parents` are arrays with the index of the list for each value, from the innermost outwards.
    """

    def __init__(self, field: str, values: Any, first: int, parents: tuple[Any, ...] = ()) -> None:
        self._field, self._values, self._first, self._parents = field, values, first, parents

    def iter_items(self) -> Iterator[Piece | Member]:
        """Yield the strings and files of the column, and those in its lists, maps and structs."""
        values, kind = self._values, self._values.type
        if isinstance(kind, pa.BaseExtensionType):
            yield from self._copy_with_values(values.storage).iter_items()
        elif pa.types.is_struct(kind):
            for number in range(kind.num_fields):
                name = f"{self._field}.{kind.field(number).name}"
                yield from Column(name, values.field(number), self._first, self._parents).iter_items()
        elif pa.types.is_map(kind):
            yield from self._copy_with_values(
                pc.cast(values, pa.list_(pa.struct({"key": kind.key_type, "value": kind.item_type})))
            ).iter_items()
        elif _is_list(kind) and kind.value_type in _BYTES:
            yield from self._copy_with_values(_join_bytes(values)).iter_items()
        elif _is_list(kind) and (joined := number_lists.join_numbers(values)) is not None:
            yield from self._copy_with_values(joined).iter_items()
        elif _is_list(kind):
            yield from self._copy_inside(pc.list_flatten(values), pc.list_parent_indices(values)).iter_items()
        elif pa.types.is_union(kind):
            yield from self._iter_union()
        elif pa.types.is_run_end_encoded(kind) or pa.types.is_dictionary(kind):
            yield from self._iter_encoded()
        elif is_text_type(kind):
            yield from self._iter_values(_copy_plain(values))

    def _iter_union(self) -> Iterator[Piece | Member]:
        """Yield the strings and files of a union, kind by kind."""
        values = self._values
        for number, code in enumerate(values.type.type_codes):
            inner, place = values.field(number), f"{self._field}.{values.type.field(number).name}"
            rows = [row for row, other in enumerate(values.type_codes.to_pylist()) if other == code]
            if values.type.mode == "sparse":
                yield from Column(
                    place, inner.take(pa.array(rows, pa.int64())), self._first, self._parents
                ).iter_items()
            else:
                rows += [0] * (len(inner) - len(rows))
                yield from self._copy_inside(inner, pa.array(rows, pa.int64()), place).iter_items()

    def _iter_encoded(self) -> Iterator[Piece | Member]:
        """Yield the strings and files of values that are stored once for several rows."""
        values = self._values
        is_run = pa.types.is_run_end_encoded(values.type)
        distinct, rows = (
            (values.values, RunRows(values)) if is_run else (values.dictionary, DictionaryRows(values.indices))
        )
        if is_text_type(distinct.type):
            yield from self._iter_values(_copy_plain(distinct), rows)
        else:
            used = [index for index in range(len(distinct)) if rows.count_rows(index)]
            parents = pa.array([rows.find_first_row(index) for index in used], pa.int64())
            yield from self._copy_inside(distinct.take(pa.array(used, pa.int64())), parents).iter_items()

    def _copy_with_values(self, values: Any) -> Column:
        return Column(self._field, values, self._first, self._parents)

    def _copy_inside(self, values: Any, parents: Any, field: str = "") -> Column:
        return Column(field or self._field, values, self._first, (parents, *self._parents))

    def _iter_values(self, values: Any, rows: DictionaryRows | RunRows | None = None) -> Iterator[Piece | Member]:
        """Yield values as lines, and those that are files as members; `rows` tells which rows have each value."""
        if values.null_count:
            values = pc.fill_null(values, "" if "string" in str(values.type) else b"")

        def format_row(index: int) -> str:
            row = rows.find_first_row(index) if rows else index
            for parent in self._parents:
                row = parent[row].as_py()
            return f"row {self._first + row + 1}"

        field = sanitise_text(self._field)
        if files := _find_files(values):
            for index in files:
                if not rows or rows.count_rows(index):
                    yield Member(f"{format_row(index)}, field {field}", Stream([values[index].as_py()]))
            is_file = pa.array([index in files for index in range(len(values))])
            values = pc.if_else(is_file, pa.scalar(b"", values.type), values)
        lines = _Lines(self._field.rpartition(".")[2].encode(), values)
        get_count = (lambda offset: rows.count_rows(lines.find_value_index(offset))) if rows else None
        yield build_piece("", lines.data, field, lambda offset: format_row(lines.find_value_index(offset)), get_count)


def is_text_type(kind: Any) -> bool:
    """Return whether a type is one of strings or bytes."""
    return str(kind) in ("string", "large_string", "binary", "large_binary", "string_view", "binary_view") or (
        pa.types.is_fixed_size_binary(kind)
    )


def iter_metadata(schema: Any) -> Iterator[Piece | Member]:
    """Yield the metadata of a schema and of its fields, nested ones included."""
    yield from iter_pairs("schema metadata", schema.metadata)
    pending = [("", field) for field in reversed(list(schema))]
    while pending:
        outer, field = pending.pop()
        name = f"{outer}.{field.name}".lstrip(".")
        yield from iter_pairs(f"metadata of field {sanitise_text(name)[:_MAX_NAME]}", field.metadata)
        kind = getattr(field.type, "storage_type", field.type)
        if pa.types.is_nested(kind):
            pending += [(name, kind.field(number)) for number in reversed(range(kind.num_fields))]


def iter_pairs(place: str, pairs: Mapping[bytes, bytes] | None) -> Iterator[Piece | Member]:
    """Yield metadata as JSON lines, and what in it is a file."""
    lines = []
    for key, value in (pairs or {}).items():
        if is_file(value):
            yield Member(place, Stream([value]))
        else:
            lines.append(b'{"%b": "%b"}\n' % (key.replace(b'"', b"'"), value))
    if lines:
        yield build_piece(place, b"".join(lines), get_place=lambda _: "")


def _find_files(values: Any) -> set[int]:
    """Return the indexes of the values that are files; strings are text."""
    if "string" in str(values.type) or not len(values):
        return set()
    return {index for index, value in enumerate(values.to_pylist()) if is_file(value)}


def _copy_plain(values: Any) -> Any:
    """Return values in a type with offsets: of strings or bytes, not views, nor of fixed size."""
    if pa.types.is_string_view(values.type) or pa.types.is_binary_view(values.type):
        return pc.cast(values, pa.large_binary())
    return pc.cast(values, pa.binary()) if pa.types.is_fixed_size_binary(values.type) else values


def _is_list(kind: Any) -> bool:
    tests = (
        pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list,
        pa.types.is_list_view, pa.types.is_large_list_view,
    )  # fmt: skip
    return any(test(kind) for test in tests)


def _join_bytes(values: Any) -> Any:
    """Return lists of bytes as values of bytes; those of the usual kind without copying them."""
    if pa.types.is_list(values.type):
        offsets, flat = values.offsets, values.values
        buffers = (offsets.buffers()[1].slice(offsets.offset * 4), flat.buffers()[1].slice(flat.offset))
        return pa.Array.from_buffers(pa.binary(), len(values), [None, *buffers])
    lengths = pc.cast(pc.fill_null(pc.list_value_length(values), 0), pa.int64())
    offsets = pa.concat_arrays([pa.array([0], pa.int64()), pc.cumulative_sum(lengths)])
    flat = pc.list_flatten(values)
    return pa.Array.from_buffers(
        pa.large_binary(), len(values), [None, offsets.buffers()[1], flat.buffers()[1].slice(flat.offset)]
    )


class _Lines:
    """Values as JSON lines in one buffer; quotes inside values aren't escaped."""

    def __init__(self, field: bytes, values: Any) -> None:
        self._values = values
        self._prefix = b'{"%s": "' % field.replace(b'"', b"'")
        self._separator = b'"}\n' + self._prefix

    @cached_property
    def data(self) -> bytes:
        """All lines."""
        count = len(self._values)
        if not count:
            return b""
        is_string = "string" in str(self._values.type)
        separator = self._separator.decode("utf-8", "replace") if is_string else self._separator
        values = pa.ListArray.from_arrays(pa.array([0, count], pa.int32()), self._values)
        joined = pc.binary_join(values, pa.scalar(separator, self._values.type))
        return b"".join((self._prefix, joined[0].as_buffer(), b'"}\n'))

    def find_value_index(self, offset: int) -> int:
        """Return the index of the value whose line contains the byte at an offset."""
        is_large = str(self._values.type).startswith("large")
        starts = memoryview(self._values.buffers()[1]).cast("q" if is_large else "i")[self._values.offset :]

        def locate_value(index: int) -> int:
            return int(starts[index] - starts[0]) + index * len(self._separator)

        return bisect_right(range(len(self._values)), offset, key=locate_value) - 1
