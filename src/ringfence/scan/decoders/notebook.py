"""Jupyter notebooks: what stands in cells, in what they put out, in their attachments and in all metadata."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any

from ...excerpts import sanitise_text
from .base import Member, UnreadableError, build_limited_stream, build_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Budget, Piece, Stream

_LARGEST = 64 << 20  # bytes; all of it is in memory at once
_LONGEST_NAME = 200  # characters of an attachment's name that are shown
_TEXT = ("text/", "image/svg", "application/json", "application/javascript", "application/x-latex")


def decode_notebook(stream: Stream, budget: Budget) -> Iterator[Piece | Member]:
    """Yield what stands in a notebook; nothing for rows of JSON that only look like one.

    Raises:
        UnreadableError: It is too large.
    """
    data = stream.read(_LARGEST)
    if stream.read(1):
        raise UnreadableError(f"it has more than {_LARGEST} bytes")
    try:
        book = json.loads(data)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return
        raise
    del data
    cells = book.pop("cells", None) or [cell for sheet in book.pop("worksheets", ()) for cell in sheet.pop("cells", ())]
    yield _build_json_piece("metadata", book)
    for number, cell in enumerate(cells, 1):
        budget.count_member()
        yield from _decode_cell(f"cell {number}", cell, budget)


def _decode_cell(place: str, cell: dict[str, Any], budget: Budget) -> Iterator[Piece | Member]:
    """Yield a cell; before version 4 its source was its `input`."""
    yield _build_text_piece(place, cell.pop("source", cell.pop("input", "")))
    for number, output in enumerate(cell.pop("outputs", ()), 1):
        yield from _decode_bundle(f"{place}, output {number}", output.pop("data", {}), budget)
        yield from _decode_bundle(f"{place}, output {number}", output, budget)
    for name, bundle in cell.pop("attachments", {}).items():
        yield from _decode_bundle(f"{place}, attachment {sanitise_text(name)[:_LONGEST_NAME]}", bundle, budget)
    yield _build_json_piece(f"{place}, metadata", cell)


def _decode_bundle(place: str, bundle: dict[str, Any], budget: Budget) -> Iterator[Piece | Member]:
    """Yield what one thing is put out as: by its media type, in version 3 by a short name of it, or as it is."""
    for kind, value in bundle.items():
        data = _decode_base64(kind, value)
        if data is not None:
            yield Member(place, build_limited_stream([data], budget))
        elif isinstance(value, str) or (isinstance(value, list) and all(isinstance(line, str) for line in value)):
            yield _build_text_piece(place, value)
        else:
            yield _build_json_piece(place, value)


def _decode_base64(kind: str, value: Any) -> bytes | None:
    """Return the bytes of what is written in base64, or None."""
    if not (kind in ("png", "jpeg", "pdf") or "/" in kind) or kind.startswith(_TEXT) or kind.endswith("json"):
        return None
    try:
        return base64.b64decode("".join(value))
    except (TypeError, ValueError, binascii.Error):
        return None


def _build_text_piece(place: str, value: Any) -> Piece:
    return build_piece(place, (value if isinstance(value, str) else "".join(value)).encode("utf-8", "replace"))


def _build_json_piece(place: str, value: Any) -> Piece:
    """Return what is no text as one; its lines aren't the file's."""
    data = json.dumps(value, ensure_ascii=False, indent=0).encode("utf-8", "replace")
    return build_piece(place, data, where=lambda _: "")
