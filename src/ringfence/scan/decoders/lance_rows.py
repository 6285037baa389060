"""Files of Lance, one at a time: their columns and metadata. Rows that a data set has deleted are in its files still.

A data set is a folder. Each of its files is read by itself and tells its own columns, so that neither the version that
is in force nor a deletion hides a row. What lies outside of the file isn't opened.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ...excerpts import sanitise_text
from . import json_rows
from .arrow_columns import Column, is_text_type, iter_metadata
from .base import CHUNK, UnreadPart, format_read_error
from .parquet_arrow import iter_textless_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Budget, Member, Piece, Stream

if find_spec("lance") is None:  # it is imported in the reader's own process only: it starts threads
    raise ImportError("lance")

_MAX_BATCH_ROWS = 1 << 14
_READ_AHEAD = 2  # batches
_MAX_NAME = 200  # characters of a column's name that are shown
_BLOB = b"lance-encoding:blob"
_DESCRIPTION = frozenset(("kind", "position", "size", "blob_id", "blob_uri"))  # of blobs, which isn't read


def decode_lance(stream: Stream, budget: Budget) -> Iterator[Piece | Member | UnreadPart]:
    """Yield the columns that may hold text, one after the other, and the metadata of the schema and its fields."""
    from lance.file import LanceFileReader

    with stream.open_file() as file:
        reader = LanceFileReader(file.name)
        about, count = reader.metadata(), reader.num_rows()
        yield json_rows.build_textless_piece("", [*iter_textless_fields(about.schema)], 1, count)
        yield from iter_metadata(about.schema)
        rows = min(_MAX_BATCH_ROWS, max(1, CHUNK * count // max(1, about.num_data_bytes)))
        blobs = {field.name for field in about.schema if pa.types.is_struct(field.type) and _is_blob(field)}
        for name in sorted(blobs):
            yield UnreadPart(f"field {sanitise_text(name)[:_MAX_NAME]}: only blobs in files of their own are read")
        for field in about.schema:
            if not _may_have_text(field.type) or (blobs and field.name in _DESCRIPTION):
                continue
            budget.count_member()
            try:
                column = LanceFileReader(file.name, columns=[field.name])
                yield from _iter_column(column.read_all(batch_size=rows, batch_readahead=_READ_AHEAD), budget)
            except (OSError, ValueError, pa.ArrowException) as error:
                yield UnreadPart(f"field {sanitise_text(field.name)[:_MAX_NAME]}: {format_read_error(error)}")


def _is_blob(field: Any) -> bool:
    return bool(field.metadata and _BLOB in field.metadata)


def _iter_column(results: Any, budget: Budget) -> Iterator[Piece | Member]:
    first = 0
    for batch in results.to_batches():
        batch.validate(full=True)
        budget.count_bytes(batch.nbytes)
        rows = max(1, CHUNK * batch.num_rows // max(1, batch.nbytes))
        for start in range(0, batch.num_rows, rows):
            part = batch.slice(start, rows)
            for values, name in zip(part.columns, part.schema.names, strict=True):
                yield from Column(name, values, first + start).iter_items()
        first += batch.num_rows


def _may_have_text(kind: Any) -> bool:
    """Return whether values of a type may hold text or bytes, be it as lists of numbers."""
    kind = getattr(kind, "storage_type", kind)
    if pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind):
        return _may_have_text(kind.value_type)
    if pa.types.is_nested(kind):
        inner = [kind.field(number).type for number in range(kind.num_fields)]
        is_list = len(inner) == 1 and not pa.types.is_struct(kind)
        return any(_may_have_text(item) or (is_list and pa.types.is_integer(item)) for item in inner)
    return is_text_type(kind)
