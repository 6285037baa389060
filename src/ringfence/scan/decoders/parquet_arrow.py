"""String columns of Parquet, and of Arrow IPC files and streams (Feather, Hugging Face datasets on disk).

A column is rendered as JSON lines, `{"column": "text"}`, by Arrow and not row by row; of a dictionary-encoded column,
each value once. Row numbers are computed only for matches.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import ipc

from ...excerpts import sanitise_text
from ...git.read_ahead import read_ahead
from . import json_rows
from .base import CHUNK, UnreadableError, build_piece

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from .base import Budget, Piece, Stream

_BATCH_BYTES = CHUNK  # bytes of a column in memory at once
_MAX_BATCH_ROWS = 1 << 20
_MAX_FOOTER = 64 << 20  # bytes of names, offsets and statistics; Arrow copies them several times
_MAX_COLUMNS = 100_000
_TEXT_TYPES = ("BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY")
_DICTIONARY_BELOW = 4  # bytes per value; smaller columns are read as dictionaries


def decode_parquet(stream: Stream, budget: Budget) -> Iterator[Piece]:
    """Yield the string columns of a Parquet file, row group by row group."""
    with stream.open_file() as file:
        _check_footer(file)
        limits = {"thrift_string_size_limit": _MAX_FOOTER, "thrift_container_size_limit": _MAX_COLUMNS}
        parquet = pq.ParquetFile(file.name, **limits)
        metadata = parquet.metadata
        yield json_rows.build_textless_piece("", [*_iter_textless_fields(parquet.schema_arrow)], 1, metadata.num_rows)
        columns = [metadata.schema.column(number) for number in range(metadata.num_columns)]
        strings = [number for number, column in enumerate(columns) if column.physical_type in _TEXT_TYPES]
        first = 0
        for group in range(metadata.num_row_groups):
            budget.count_member()
            # A thread reads while we scan: both release Python's lock.
            chunks = (_decode_column_chunk(file.name, metadata, group, number, first, budget) for number in strings)
            yield from read_ahead(chain.from_iterable(chunks))
            first += metadata.row_group(group).num_rows


def _decode_column_chunk(
    path: str, metadata: Any, group: int, number: int, first: int, budget: Budget
) -> Iterator[Piece]:
    """Yield one column of a row group in batches; `first` is the number of rows before the group."""
    chunk = metadata.row_group(group).column(number)
    name = chunk.path_in_schema
    is_small = chunk.has_dictionary_page and chunk.total_uncompressed_size < _DICTIONARY_BELOW * chunk.num_values
    file = pq.ParquetFile(
        path,
        metadata=metadata,
        buffer_size=CHUNK,
        read_dictionary=[name] if is_small and "." not in name else None,
        memory_map=True,
    )
    width = max(1, chunk.total_uncompressed_size // max(1, metadata.row_group(group).num_rows))
    batch_rows = min(_MAX_BATCH_ROWS, max(1, _BATCH_BYTES // width))
    for batch in file.iter_batches(batch_rows, row_groups=[group], columns=[name], use_threads=False):
        for column, field in zip(batch.columns, batch.schema.names, strict=True):
            budget.count_bytes(column.nbytes)
            yield from _Column(field, column, first).iter_pieces()
        first += batch.num_rows


def decode_arrow(stream: Stream, budget: Budget) -> Iterator[Piece]:
    """Yield the string columns of an Arrow IPC file or stream, batch by batch."""
    with stream.open_file() as file, pa.memory_map(file.name) as source:
        first = 0
        schema = pa.schema([])
        for batch in _iter_batches(source):
            budget.count_member()
            schema = batch.schema
            batch.validate(full=True)  # wrong offsets would be followed, and even the size depends on them
            budget.count_bytes(batch.nbytes)
            batch_rows = max(1, _BATCH_BYTES * batch.num_rows // max(1, batch.nbytes))
            for start in range(0, batch.num_rows, batch_rows):
                part = batch.slice(start, batch_rows)
                for column, field in zip(part.columns, part.schema.names, strict=True):
                    yield from _Column(field, column, first + start).iter_pieces()
            first += batch.num_rows
        yield json_rows.build_textless_piece("", [*_iter_textless_fields(schema)], 1, first)


def _iter_textless_fields(fields: Any) -> Iterator[tuple[str, str]]:
    """Yield (name, type) of the fields without text, nested ones included."""
    for field in fields:
        kind = getattr(field.type, "storage_type", field.type)
        kind = getattr(kind, "value_type", kind) if pa.types.is_dictionary(kind) else kind
        if pa.types.is_struct(kind) or pa.types.is_map(kind):
            yield from _iter_textless_fields(kind.field(number) for number in range(kind.num_fields))
        elif pa.types.is_nested(kind):
            yield from _iter_textless_fields(
                kind.field(number).with_name(field.name) for number in range(kind.num_fields)
            )
        elif not _is_text_type(kind):
            yield field.name, str(kind)


def _iter_batches(source: Any) -> Iterator[Any]:
    if source.read(6) == b"ARROW1":
        source.seek(0)
        file = ipc.open_file(source)
        yield from (file.get_batch(number) for number in range(file.num_record_batches))
    else:
        source.seek(0)
        yield from ipc.open_stream(source)


def _check_footer(file: IO[bytes]) -> None:
    """Check the footer of a Parquet file before Arrow reads it into memory.

    Raises:
        UnreadableError: It is too large, truncated or encrypted.
    """
    file.seek(-8, 2)
    end = file.read(8)
    if end[4:] == b"PARE":
        raise UnreadableError("encrypted")
    if end[4:] != b"PAR1":
        raise UnreadableError("damaged (truncated)")
    if (size := int.from_bytes(end[:4], "little")) > _MAX_FOOTER:
        raise UnreadableError(f"its footer has {size} bytes; the limit is {_MAX_FOOTER}")


class _Column:
    """The values of a field, and their rows.

    For values in lists, `parents` are arrays with the index of the list for each value, from the innermost outwards.
    """

    def __init__(self, field: str, values: Any, first: int, parents: tuple[Any, ...] = ()) -> None:
        self._field, self._values, self._first, self._parents = field, values, first, parents

    def iter_pieces(self) -> Iterator[Piece]:
        """Yield the strings of the column, and those in its lists, maps and structs."""
        values, kind = self._values, self._values.type
        if isinstance(kind, pa.BaseExtensionType):
            yield from self._copy_with_values(values.storage).iter_pieces()
        elif pa.types.is_struct(kind):
            for number in range(kind.num_fields):
                name = f"{self._field}.{kind.field(number).name}"
                yield from _Column(name, values.field(number), self._first, self._parents).iter_pieces()
        elif pa.types.is_map(kind):
            yield from self._copy_with_values(
                pc.cast(values, pa.list_(pa.struct({"key": kind.key_type, "value": kind.item_type})))
            ).iter_pieces()
        elif pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
            parents = (pc.list_parent_indices(values), *self._parents)
            yield from _Column(self._field, pc.list_flatten(values), self._first, parents).iter_pieces()
        elif pa.types.is_dictionary(kind):
            if _is_text_type(kind.value_type):
                yield self._build_piece(values.dictionary, values.indices)
        elif pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
            yield self._build_piece(pc.cast(values, pa.large_binary()))
        elif pa.types.is_fixed_size_binary(kind):
            yield self._build_piece(pc.cast(values, pa.binary()))
        elif _is_text_type(kind):
            yield self._build_piece(values)

    def _copy_with_values(self, values: Any) -> _Column:
        return _Column(self._field, values, self._first, self._parents)

    def _build_piece(self, values: Any, indices: Any = None) -> Piece:
        if values.null_count:
            values = pc.fill_null(values, "" if "string" in str(values.type) else b"")
        lines = _Lines(self._field.rpartition(".")[2].encode(), values)
        rows = _DictionaryRows(indices)

        def format_row(offset: int) -> str:
            index = lines.find_value_index(offset)
            row = index if indices is None else rows.find_first_row(index)
            for parent in self._parents:
                row = parent[row].as_py()
            return f"row {self._first + row + 1}"

        get_count = None if indices is None else (lambda offset: rows.count_rows(lines.find_value_index(offset)))
        return build_piece("", lines.data, sanitise_text(self._field), format_row, get_count)


def _is_text_type(kind: Any) -> bool:
    return str(kind) in ("string", "large_string", "binary", "large_binary", "string_view", "binary_view") or (
        pa.types.is_fixed_size_binary(kind)
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


class _DictionaryRows:
    """The rows that use each value of a dictionary-encoded column."""

    def __init__(self, indices: Any) -> None:
        self._indices = indices

    def find_first_row(self, index: int) -> int:
        """Return the first row with the value at an index of the dictionary."""
        return int(pc.index(self._indices, index).as_py())

    def count_rows(self, index: int) -> int:
        """Return the number of rows with the value at an index of the dictionary."""
        return self._counts.get(index, 0)

    @cached_property
    def _counts(self) -> dict[int, int]:
        return {item["values"]: item["counts"] for item in pc.value_counts(self._indices).to_pylist()}
