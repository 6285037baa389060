"""Parquet, and Arrow IPC files and streams (Feather, Hugging Face datasets on disk): columns and metadata."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import ipc

from ...excerpts import sanitise_text
from ...git.read_ahead import read_ahead
from . import json_rows, number_lists
from .arrow_columns import Column, is_text_type, iter_metadata, iter_pairs
from .base import CHUNK, UnreadableError, UnreadPart
from .parquet_encryption import find_encrypted_columns

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from .base import Budget, Member, Piece, Stream

_BATCH_BYTES = CHUNK  # bytes of a column in memory at once
_MAX_BATCH_ROWS = 1 << 20
_MAX_FOOTER = 64 << 20  # bytes of names, offsets and statistics; Arrow copies them several times
_MAX_COLUMNS = 100_000
_MAX_NAMES = 200  # characters of encrypted columns' names that are shown
_TEXT_TYPES = ("BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY")
_BYTE_TYPES = ("INT_8", "UINT_8")
_DICTIONARY_BELOW = 4  # bytes per value; smaller columns are read as dictionaries


def decode_parquet(stream: Stream, budget: Budget) -> Iterator[Piece | Member | UnreadPart]:
    """Yield the metadata and the columns of a Parquet file, row group by row group."""
    with stream.open_file() as file:
        encrypted = find_encrypted_columns(_read_footer(file))
        limits = {"thrift_string_size_limit": _MAX_FOOTER, "thrift_container_size_limit": _MAX_COLUMNS}
        parquet = pq.ParquetFile(file.name, **limits)
        metadata = parquet.metadata
        yield json_rows.build_textless_piece("", [*iter_textless_fields(parquet.schema_arrow)], 1, metadata.num_rows)
        yield from iter_metadata(parquet.schema_arrow)
        columns = [metadata.schema.column(number) for number in range(metadata.num_columns)]
        if closed := [sanitise_text(columns[number].path) for number in sorted(encrypted) if number < len(columns)]:
            yield UnreadPart(f"encrypted columns: {', '.join(closed)[:_MAX_NAMES]}")
        strings = [
            number for number, column in enumerate(columns) if number not in encrypted and _may_have_text(column)
        ]
        first = 0
        for group in range(metadata.num_row_groups):
            budget.count_member()
            # A thread reads while we scan: both release Python's lock.
            chunks = (
                _decode_column_chunk(file.name, metadata, group, number, first, budget)
                for number in strings
                if columns[number].physical_type in _TEXT_TYPES
                or columns[number].converted_type in _BYTE_TYPES
                or number_lists.may_have_text(metadata.row_group(group).column(number))
            )
            yield from read_ahead(chain.from_iterable(chunks))
            first += metadata.row_group(group).num_rows


def _decode_column_chunk(
    path: str, metadata: Any, group: int, number: int, first: int, budget: Budget
) -> Iterator[Piece | Member]:
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
            yield from Column(field, column, first).iter_items()
        first += batch.num_rows


def decode_arrow(stream: Stream, budget: Budget) -> Iterator[Piece | Member]:
    """Yield the columns of an Arrow IPC file or stream, batch by batch, and the metadata."""
    with stream.open_file() as file, pa.memory_map(file.name) as source:
        first = 0
        schema, footer, batches = _open_arrow(source)
        for number, (batch, said) in enumerate(batches, 1):
            budget.count_member()
            yield from iter_pairs(f"metadata of batch {number}", said)
            batch.validate(full=True)  # wrong offsets would be followed, and even the size depends on them
            budget.count_bytes(batch.nbytes)
            batch_rows = max(1, _BATCH_BYTES * batch.num_rows // max(1, batch.nbytes))
            for start in range(0, batch.num_rows, batch_rows):
                part = batch.slice(start, batch_rows)
                for column, field in zip(part.columns, part.schema.names, strict=True):
                    yield from Column(field, column, first + start).iter_items()
            first += batch.num_rows
        yield json_rows.build_textless_piece("", [*iter_textless_fields(schema)], 1, first)
        yield from iter_metadata(schema)
        yield from iter_pairs("metadata of the file", footer)


def _may_have_text(column: Any) -> bool:
    """Return whether a column of Parquet has strings or bytes, be it as lists of small numbers."""
    is_list_of_bytes = bool(column.max_repetition_level and column.converted_type in _BYTE_TYPES)
    return column.physical_type in _TEXT_TYPES or is_list_of_bytes or number_lists.is_column_of_lists(column)


def iter_textless_fields(fields: Any) -> Iterator[tuple[str, str]]:
    """Yield (name, type) of the fields without text, nested ones included."""
    for field in fields:
        kind = getattr(field.type, "storage_type", field.type)
        is_encoded = pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind)
        kind = kind.value_type if is_encoded else kind
        if pa.types.is_struct(kind) or pa.types.is_map(kind):
            yield from iter_textless_fields(kind.field(number) for number in range(kind.num_fields))
        elif pa.types.is_nested(kind):
            yield from iter_textless_fields(
                kind.field(number).with_name(field.name) for number in range(kind.num_fields)
            )
        elif not is_text_type(kind):
            yield field.name, str(kind)


def _open_arrow(source: Any) -> tuple[Any, Any, Iterator[tuple[Any, Any]]]:
    """Return a file's or stream's schema, a file's metadata, and the batches, each with its own metadata or None."""
    is_file = source.read(6) == b"ARROW1"
    source.seek(0)
    if not is_file:
        stream = ipc.open_stream(source)
        return stream.schema, None, stream.iter_batches_with_custom_metadata()
    file = ipc.open_file(source)
    batches = map(file.get_batch_with_custom_metadata, range(file.num_record_batches))
    return file.schema, getattr(file, "metadata", None), batches  # pyarrow 17 doesn't know the second


def _read_footer(file: IO[bytes]) -> bytes:
    """Return the footer of a Parquet file, checked before Arrow reads it into memory.

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
    file.seek(max(-size - len(end), -file.tell()), 2)
    return file.read(size)
