"""Jupyter notebooks: sources, outputs and attachments of cells, and all metadata."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any

from ...excerpts import sanitise_text
from ...lazy_pattern import compile_lazily
from .base import Member, UnreadableError, build_limited_stream, build_piece
from .formats import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Budget, Piece, Stream

_MAX_SIZE = 64 << 20  # bytes; a notebook is parsed in memory
_VERSION = compile_lazily(rb'"nbformat(?:_minor)?"\s*:\s*\d')  # what a damaged notebook still has
_MAX_NAME = 200  # characters of an attachment's name that are shown
_TEXT = ("text/", "image/svg", "application/json", "application/javascript", "application/x-latex")


def decode_notebook(stream: Stream, budget: Budget) -> Iterator[Piece | Member]:
    """Yield the contents of a notebook; nothing for other JSON that only resembles one.

    Raises:
        UnreadableError: It has more than 64 MiB.
    """
    data = stream.read(_MAX_SIZE)
    is_likely = any(word in data for word in WORDS)
    if stream.read(1):
        if is_likely:
            raise UnreadableError(f"it has more than {_MAX_SIZE} bytes")
        return
    try:
        notebook = json.loads(data)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" or not _VERSION.search(data):
            return
        raise
    del data
    if not isinstance(notebook, dict) or not {"nbformat", "cells", "worksheets"} & notebook.keys():
        return
    if "nbformat" not in notebook and not is_likely:
        return
    cells = notebook.pop("cells", None) or [
        cell for sheet in notebook.pop("worksheets", ()) for cell in sheet.pop("cells", ())
    ]
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        return
    yield _build_json_piece("metadata", notebook)
    for number, cell in enumerate(cells, 1):
        budget.count_member()
        yield from _decode_cell(f"cell {number}", cell, budget)


def _decode_cell(place: str, cell: dict[str, Any], budget: Budget) -> Iterator[Piece | Member]:
    """Yield the contents of a cell; before version 4 its source was named `input`."""
    yield _build_text_piece(place, cell.pop("source", cell.pop("input", "")))
    for number, output in enumerate(cell.pop("outputs", ()), 1):
        yield from _decode_bundle(f"{place}, output {number}", output.pop("data", {}), budget)
        yield from _decode_bundle(f"{place}, output {number}", output, budget)
    for name, bundle in cell.pop("attachments", {}).items():
        yield from _decode_bundle(f"{place}, attachment {sanitise_text(name)[:_MAX_NAME]}", bundle, budget)
    yield _build_json_piece(f"{place}, metadata", cell)


def _decode_bundle(place: str, bundle: dict[str, Any], budget: Budget) -> Iterator[Piece | Member]:
    """Yield the representations of one output, by media type; version 3 has short names of types, or plain fields."""
    for kind, value in bundle.items():
        data = _decode_base64(kind, value)
        if data is not None:
            yield Member(place, build_limited_stream([data], budget))
        elif isinstance(value, str) or (isinstance(value, list) and all(isinstance(line, str) for line in value)):
            yield _build_text_piece(place, value)
        else:
            yield _build_json_piece(place, value)


def _decode_base64(kind: str, value: Any) -> bytes | None:
    """Return the bytes of a value whose media type is encoded in base64, or None."""
    if not (kind in ("png", "jpeg", "pdf") or "/" in kind) or kind.startswith(_TEXT) or kind.endswith("json"):
        return None
    try:
        return base64.b64decode("".join(value))
    except (TypeError, ValueError, binascii.Error):
        return None


def _build_text_piece(place: str, value: Any) -> Piece:
    return build_piece(place, (value if isinstance(value, str) else "".join(value)).encode("utf-8", "replace"))


def _build_json_piece(place: str, value: Any) -> Piece:
    """Return a JSON value as a piece without line numbers, since its lines aren't those of the file."""
    data = json.dumps(value, ensure_ascii=False, indent=0).encode("utf-8", "replace")
    return build_piece(place, data, get_place=lambda _: "")
