"""Rows of any shape, as readers of records give them: rendered as JSON lines, and the files in them as members."""

from __future__ import annotations

import json
from bisect import bisect_right
from itertools import accumulate

from ...excerpts import sanitise_text
from .base import CHUNK, Member, Stream, build_piece
from .blobs import is_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from .base import Budget, Piece

_MAX_DEPTH = 64  # objects in each other
_MAX_NAME = 200  # characters of a field's name that are shown


def iter_row_items(rows: Iterable[Any], budget: Budget, *, place: str = "", first: int = 1) -> Iterator[Piece | Member]:
    """Yield rows (objects, lists, texts, bytes) as pieces of about `CHUNK` bytes, and the files in them."""
    lines: list[bytes] = []
    size, number = 0, first - 1
    try:
        for number, row in enumerate(rows, first):
            files: list[tuple[str, bytes]] = []
            line = json.dumps(_simplify(row, "", files, 0), ensure_ascii=False, default=str)
            lines.append(line.encode("utf-8", "replace") + b"\n")
            size += len(lines[-1])
            for field, data in files:
                budget.count_bytes(len(data))
                where = f"row {number}, field {sanitise_text(field)[:_MAX_NAME]}" if field else f"row {number}"
                yield Member(f"{place}, {where}" if place else where, Stream([data]))
            if size >= CHUNK:
                budget.count_bytes(size)
                yield _build_rows_piece(place, lines, number + 1 - len(lines))
                lines, size = [], 0
    except Exception:
        if lines:
            yield _build_rows_piece(place, lines, number + 1 - len(lines))
        raise
    budget.count_bytes(size)
    if lines:
        yield _build_rows_piece(place, lines, number + 1 - len(lines))


def _build_rows_piece(place: str, lines: list[bytes], first: int) -> Piece:
    ends = list(accumulate(map(len, lines)))
    return build_piece(place, b"".join(lines), "", lambda offset: f"row {first + bisect_right(ends, offset)}")


def _simplify(value: Any, field: str, files: list[tuple[str, bytes]], depth: int) -> Any:
    """Return a value as JSON has it, and append the files in it; what is nested too deeply is shown as text."""
    if isinstance(value, bytes | bytearray | memoryview):
        data = bytes(value)
        if is_file(data):
            files.append((field, data))
            return ""
        return data.decode("utf-8", "surrogateescape").encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if depth >= _MAX_DEPTH:
        return str(value)
    if isinstance(value, dict):
        return {_name(key): _simplify(item, _name(key), files, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_simplify(item, field, files, depth + 1) for item in value]
    return value


def _name(key: Any) -> str:
    return key.decode("utf-8", "replace") if isinstance(key, bytes) else str(key)
