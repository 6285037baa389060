"""MessagePack: a stream of values, each a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgpack

from .base import UnreadableError
from .object_rows import iter_row_items

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from .base import Budget, Member, Piece, Stream

_MAX_VALUE = 256 << 20  # bytes of one value in memory


def decode_msgpack(stream: Stream, budget: Budget) -> Iterator[Piece | Member]:
    """Yield the values; the items of a list each as a row."""
    with stream.open_file() as file:
        values = msgpack.Unpacker(
            file, raw=False, strict_map_key=False, max_buffer_size=_MAX_VALUE, unicode_errors="surrogateescape",
            ext_hook=lambda _, data: data,
        )  # fmt: skip
        yield from iter_row_items(_iter_rows(values, file, budget), budget)


def _iter_rows(values: Any, file: IO[bytes], budget: Budget) -> Iterator[Any]:
    end = 0
    for value in values:
        end = values.tell()
        budget.count_bytes(0)
        yield from value if isinstance(value, list) else [value]
    if end != file.seek(0, 2):  # what is cut ends like what is whole
        raise UnreadableError("damaged (truncated)")
