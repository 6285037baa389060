"""Files of models, safetensors and GGUF: their metadata; the numbers in them aren't examined."""

from __future__ import annotations

import json

from .base import UnreadableError, UnreadPart, build_piece
from .object_rows import iter_row_items

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO, Any

    from .base import Budget, Member, Piece, Stream

_LENGTH = 8  # bytes
_MAX_STRING = 32 << 20  # bytes
_STRING, _ARRAY = 8, 9  # GGUF's types
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}  # bytes of its numbers
_BIG_ENDIAN_FROM = 1 << 16  # a version number that is read in the wrong order is this large


def decode_safetensors(stream: Stream, budget: Budget) -> Iterator[Piece | UnreadPart]:
    """Yield the header, in which are the metadata.

    Raises:
        UnreadableError: It is truncated.
    """
    size = int.from_bytes(stream.read(_LENGTH), "little")
    header = stream.read(size)
    budget.count_bytes(len(header))
    if len(header) < size:
        raise UnreadableError("damaged (truncated)")
    yield build_piece("header", header, get_place=lambda _: "")
    tensors = [item for name, item in json.loads(header).items() if name != "__metadata__"]
    rest = -max((item["data_offsets"][1] for item in tensors), default=0)
    while block := stream.read():
        rest += len(block)
    if rest > 0:
        yield UnreadPart(f"{rest} bytes behind its tensors")


def decode_gguf(stream: Stream, budget: Budget) -> Iterator[Piece | Member]:
    """Yield the metadata: names, descriptions, templates, vocabularies."""
    with stream.open_file() as file:
        yield from iter_row_items(_GgufReader(file, budget).iter_pairs(), budget, place="metadata")


class _GgufReader:
    """Reads the keys and values at the beginning of a GGUF file."""

    def __init__(self, file: IO[bytes], budget: Budget) -> None:
        self._file, self._budget = file, budget
        self._order: Any = "little"
        file.seek(4)
        version = self._read_number(4)
        if version >= _BIG_ENDIAN_FROM:
            self._order = "big"
            version = int.from_bytes(version.to_bytes(4, "little"), "big")
        self._length = 4 if version == 1 else _LENGTH
        self._read_number(self._length)  # of tensors
        self._count = self._read_number(self._length)

    def iter_pairs(self) -> Iterator[dict[str, Any]]:
        """Yield each key with its value; of an array, only strings."""
        for _ in range(self._count):
            self._budget.count_member()
            key = self._read_string().decode("utf-8", "replace")
            yield {key: self._read_value(self._read_number(4), 0)}

    def _read_value(self, kind: int, depth: int) -> Any:
        if kind == _STRING:
            return self._read_string()
        if kind == _ARRAY:
            inner, count = self._read_number(4), self._read_number(self._length)
            if inner in _SIZES:
                self._file.seek(_SIZES[inner] * count, 1)
                return None
            if depth >= self._budget.limits.depth:
                raise UnreadableError("damaged (arrays in arrays)")
            return [self._read_value(inner, depth + 1) for _ in range(count)]
        if kind not in _SIZES:
            raise UnreadableError(f"damaged (a value of type {kind})")
        return self._read_number(_SIZES[kind])

    def _read_string(self) -> bytes:
        size = self._read_number(self._length)
        if size > _MAX_STRING:
            raise UnreadableError(f"a text of {size} bytes; the limit is {_MAX_STRING}")
        self._budget.count_bytes(size)
        return self._read(size)

    def _read_number(self, size: int) -> int:
        return int.from_bytes(self._read(size), self._order)

    def _read(self, size: int) -> bytes:
        data = self._file.read(size)
        if len(data) < size:
            raise UnreadableError("damaged (truncated)")
        return data
