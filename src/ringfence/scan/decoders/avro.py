"""Avro's object container files: their rows, and the metadata with the schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import fastavro

from .base import UnreadableError, build_piece
from .object_rows import iter_row_items

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Budget, Member, Piece, Stream


def decode_avro(stream: Stream, budget: Budget) -> Iterator[Piece | Member]:
    """Yield the rows.

    Raises:
        UnreadableError: Its way of packing isn't read here.
    """
    with stream.open_file() as file:
        rows = fastavro.reader(file)
        yield build_piece("metadata", json.dumps(rows.metadata, default=str).encode(), get_place=lambda _: "")
        try:
            yield from iter_row_items(rows, budget)
        except ValueError as error:
            if "install" in str(error) or "Unrecognized codec" in str(
                error
            ):  # of what fastavro needs another library for, such as lz4
                raise UnreadableError(f"packed with {rows.codec}, which isn't read here") from None
            raise
