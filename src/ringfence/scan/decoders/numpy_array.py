"""NumPy's arrays (npy, and npz, which is a zip of them): their header and texts; objects are never unpickled."""

from __future__ import annotations

import ast
import re

from . import json_rows
from .base import CHUNK, PROBE, Member, Stream, UnreadableError, UnreadPart, build_piece
from .formats import detect_format
from .pickle_strings import decode_pickle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .base import Budget, Piece

_MAGIC = 6  # bytes before the version
_MAX_HEADER = 1 << 20
_FIELD = re.compile(r"([<>|=])([a-zA-Z])(\d*)(?:\[[^\]]*\])?")
_LONG = re.compile(r"(?<=\d)L\b")  # Python 2 wrote sizes so
_WIDE = {"<": "utf-32-le", ">": "utf-32-be", "=": "utf-32-le"}
_BYTES = ("|u1", "|i1")  # a file is kept so: `numpy.frombuffer(data, "uint8")`
_CHARACTER = 4  # bytes in a Unicode array


def decode_npy(stream: Stream, budget: Budget) -> Iterator[Piece | Member | UnreadPart]:
    """Yield the header of an array, and its texts; numbers aren't examined.

    Raises:
        UnreadableError: The header is damaged.
    """
    prefix = stream.read(_MAGIC + 2)
    size = int.from_bytes(stream.read(2 if prefix[_MAGIC] == 1 else 4), "little")
    if size > _MAX_HEADER:
        raise UnreadableError(f"its header has {size} bytes; the limit is {_MAX_HEADER}")
    header = stream.read(size)
    yield build_piece("header", header, get_place=lambda _: "")
    described = ast.literal_eval(_LONG.sub("", header.decode("latin-1").strip()))
    kind = described["descr"]
    fields = _list_fields(kind)
    if fields is None:
        yield UnreadPart(f"an array of type {str(kind)[:80]}")
    elif any(letter == "O" for _, letter, *_ in fields):
        yield from decode_pickle(Stream(iter(stream.read, b"")), budget)
    elif kind in _BYTES and len(described["shape"]) == 1 and detect_format(stream.peek_head()[:PROBE]):
        yield Member("bytes", stream)
    elif any(letter in "SUV" for _, letter, *_ in fields):
        yield from _iter_texts(stream, fields, budget)


def _list_fields(kind: Any) -> list[tuple[str, str, str, int]] | None:
    """Return (name, letter, byte order, bytes) of the fields of an array's items; None for what isn't known."""
    described = [("", kind)] if isinstance(kind, str) else kind
    fields = []
    for item in described if isinstance(described, list) else [None]:
        if not isinstance(item, tuple) or len(item) not in (2, 3) or not isinstance(item[1], str):
            return None
        found = _FIELD.fullmatch(item[1])
        if not found:
            return None
        count = 1
        for length in item[2] if len(item) == 3 and isinstance(item[2], tuple) else ():  # noqa: PLR2004 - its shape
            count *= int(length)
        size = int(found[3] or 0) * count * (_CHARACTER if found[2] == "U" else 1)
        fields.append((str(item[0]), found[2], found[1], size))
    return fields


def _iter_texts(stream: Stream, fields: list[tuple[str, str, str, int]], budget: Budget) -> Iterator[Piece]:
    """Yield the fields with text, in blocks of whole items."""
    width = sum(size for *_, size in fields)
    first = 1
    while width and (block := stream.read(max(CHUNK // width, 1) * width)):
        budget.count_bytes(len(block))
        at = 0
        for name, letter, order, size in fields:
            if letter in "SUV" and size:
                cells = [block[start : start + size] for start in range(at, len(block), width)]
                yield json_rows.build_field_piece("", name, [_recode(cell, letter, order) for cell in cells], first)
            at += size
        first += len(block) // width


def _recode(cell: bytes, letter: str, order: str) -> bytes:
    if letter == "U":
        return cell.decode(_WIDE.get(order, "utf-32-le"), "replace").rstrip("\0").encode("utf-8", "replace")
    return cell.rstrip(b"\0")
