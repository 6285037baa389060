"""TFRecord: the features of TensorFlow's examples; a record of another kind is read as bytes.

https://www.tensorflow.org/tutorials/load_data/tfrecord and tensorflow/core/example/example.proto.
"""

from __future__ import annotations

from .base import UnreadableError
from .headerless_data import has_tfrecord_checksum
from .object_rows import iter_row_items

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .base import Budget, Member, Piece, Stream

_HEADER, _CHECKSUM = 12, 4  # bytes
_MAX_RECORD = 1 << 30  # bytes
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5  # wire types of protocol buffers
_MAX_SHIFT = 63


def decode_tfrecord(stream: Stream, budget: Budget) -> Iterator[Piece | Member]:
    """Yield the records."""
    yield from iter_row_items(_iter_records(stream, budget), budget)


def _iter_records(stream: Stream, budget: Budget) -> Iterator[Any]:
    while header := stream.read(_HEADER):
        size = int.from_bytes(header[:8], "little")
        if not has_tfrecord_checksum(header) or size > _MAX_RECORD:
            raise UnreadableError("damaged (the length of a record)")
        budget.count_member()
        record = stream.read(size + _CHECKSUM)
        if len(record) < size + _CHECKSUM:
            raise UnreadableError(stream.failed or "damaged (truncated)")
        record = record[:size]
        try:
            yield _parse_example(record) or {"record": record}
        except ValueError:
            yield {"record": record}


def _parse_example(record: bytes) -> dict[str, Any]:
    """Return the texts of an Example or a SequenceExample by feature; {} if it is neither.

    Raises:
        ValueError: It is no protocol buffer.
    """
    row: dict[str, Any] = {}
    for number, features in _iter_fields(record):
        for _, entry in _iter_fields(features):
            parts = dict(_iter_fields(entry))
            if number not in (1, 2) or not set(parts) <= {1, 2} or 1 not in parts:
                return {}
            values = list(_iter_values(parts.get(2, b""), is_list=number == 2))  # noqa: PLR2004 - feature_lists
            row[parts[1].decode()] = values[0] if len(values) == 1 else values
    return row


def _iter_values(feature: bytes, *, is_list: bool) -> Iterator[bytes]:
    """Yield the bytes of a Feature, or of all in a FeatureList; numbers aren't examined."""
    for number, data in _iter_fields(feature):
        if is_list:
            yield from _iter_values(data, is_list=False)
        elif number == 1:
            yield from (value for _, value in _iter_fields(data))


def _iter_fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (number, bytes) of the fields of a message that hold bytes."""
    at = 0
    while at < len(data):
        key, at = _read_varint(data, at)
        kind = key & 7
        if kind == _VARINT:
            _, at = _read_varint(data, at)
        elif kind in (_FIXED64, _FIXED32):
            at += 8 if kind == _FIXED64 else 4
        elif kind == _BYTES:
            size, at = _read_varint(data, at)
            if at + size > len(data):
                raise ValueError("truncated")
            yield key >> 3, data[at : at + size]
            at += size
        else:
            raise ValueError(f"wire type {kind}")


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > _MAX_SHIFT:
            raise ValueError("truncated")
        value |= (data[at] & 127) << shift
        at += 1
        if data[at - 1] < 128:  # noqa: PLR2004 - the last byte of a number
            return value, at
        shift += 7
