"""A trace as a page in one file, without scripts or network access: a treemap, a timeline, and files to open."""

from __future__ import annotations

import base64
import hashlib
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from ... import __version__
from ...excerpts import sanitise_text
from ...git.objects import MissingObject
from .model import decode_path
from .summary import count_all, count_by_folder, count_by_month, count_by_tool
from .treemap import lay_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...git.objects import Objects
    from .model import Piece, Trace, TracedFile

_WIDTH, _HEIGHT = 800.0, 420.0  # of the treemap, in units of its own
_MOST_BOXES = 1_500  # files in the treemap; the smallest are left out
_MOST_TEXT = 6 << 20  # bytes of files that can be opened in the page
_STEPS = 5  # shades of a share


class Line(NamedTuple):
    """A line of a file that can be opened; `label` says where it comes from, "" for a person's."""

    number: int
    text: str
    label: str
    is_edited: bool


class PageFile(NamedTuple):
    """A file with something of a tool; `lines` is empty where there is too much to show."""

    key: str
    path: str
    lines_of_tools: int
    whole: int
    percent: float
    lines: list[Line]
    notes: list[str]


def render(trace: Trace, objects: Objects) -> str:
    """Return the page."""
    from jinja2 import Environment, FileSystemLoader
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(os.path.dirname(__file__)), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    style = environment.get_template("page.css").render()
    safe = Markup(style)  # noqa: S704 - our own style sheet
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = _build_context(trace, objects)
    return environment.get_template("page.html.jinja").render(page, style=safe, style_hash=digest) + "\n"


def _build_context(trace: Trace, objects: Objects) -> dict[str, Any]:
    files = [file for file in trace.files if file.pieces]
    files.sort(key=lambda file: (-file.count_lines(), file.path))
    keys = {file.path: f"f{number}" for number, file in enumerate(files)}
    months = count_by_month(trace)
    most = max((share.lines for share in months), default=1) or 1
    return {
        "trace": trace,
        "repository": sanitise_text(trace.repository),
        "total": count_all(trace),
        "tools": count_by_tool(trace),
        "folders": count_by_folder(trace),
        "months": [(share, 100 * share.lines / most) for share in months],
        "boxes": list(_build_boxes(trace, keys)),
        "files": list(_build_files(files, keys, objects)),
        "incomplete": [(sanitise_text(path), sanitise_text(reason)) for path, reason in trace.incomplete],
        "width": _WIDTH,
        "height": _HEIGHT,
        "version": __version__,
    }


def _build_boxes(trace: Trace, keys: dict[bytes, str]) -> Iterator[dict[str, Any]]:
    """Yield the rectangles of the treemap: of folders, and in them of files, coloured by their share."""
    kept = sorted(trace.files, key=lambda file: -file.lines)[:_MOST_BOXES]
    folders: dict[bytes, list[TracedFile]] = {}
    for file in kept:
        folders.setdefault(file.path.partition(b"/")[0] if b"/" in file.path else b"", []).append(file)
    groups = list(folders.values())
    areas = [float(sum(file.lines for file in group)) for group in groups]
    for outer in lay_out(areas, 0, 0, _WIDTH, _HEIGHT):
        group = groups[outer.item]
        inside = (outer.x + 1, outer.y + 1, max(outer.width - 2, 0.1), max(outer.height - 2, 0.1))
        for box in lay_out([float(file.lines) for file in group], *inside):
            file = group[box.item]
            share = file.count_lines() / file.lines
            path = sanitise_text(decode_path(file.path))
            yield {
                "x": round(box.x, 2), "y": round(box.y, 2), "width": round(box.width, 2),
                "height": round(box.height, 2), "step": min(_STEPS, 1 + int(share * _STEPS)) if share else 0,
                "key": keys.get(file.path, ""), "title": f"{path}: {100 * share:.0f} % of {file.lines:,} lines",
            }  # fmt: skip


def _build_files(files: list[TracedFile], keys: dict[bytes, str], objects: Objects) -> Iterator[PageFile]:
    left = _MOST_TEXT
    for file in files:
        lines: list[Line] = []
        if not file.is_binary:
            for item in objects.iter_objects([file.blob]):
                if not isinstance(item, MissingObject) and item.size <= left:
                    data = item.read()
                    left -= len(data)
                    lines = list(_build_lines(file, data))
        count = file.count_lines()
        notes = [_describe(piece) for piece in file.pieces if not piece.first]
        path = sanitise_text(decode_path(file.path))
        yield PageFile(keys[file.path], path, count, file.lines, 100 * count / max(file.lines, 1), lines, notes)


def _build_lines(file: TracedFile, data: bytes) -> Iterator[Line]:
    owners: dict[int, Piece] = {}
    for piece in sorted(file.pieces, key=lambda piece: not piece.is_edited):  # a tool's last: they count
        if piece.first:
            owners.update(dict.fromkeys(range(piece.first, piece.last + 1), piece))
    rows = data.split(b"\n")
    for number, row in enumerate(rows if rows[-1] else rows[:-1], 1):
        owner = owners.get(number)
        text = sanitise_text(row.decode("utf-8", "replace").rstrip("\r").expandtabs(4))
        yield Line(number, text, _describe(owner) if owner else "", bool(owner and owner.is_edited))


def _describe(piece: Piece) -> str:
    origin = piece.origin
    row, field = f"row {piece.row}" if piece.row else "", f"field {piece.field}" if piece.field else ""
    place = ", ".join(filter(None, (row, field)))
    edited = ", edited by a person since" if piece.is_edited else ""
    written = f", {origin.written[:10]}" if origin.written else ""
    tool = f"{origin.product} ({origin.model})" if origin.model else origin.product
    said = f"{tool}, {origin.commit[:12]}{written}, {origin.evidence}"
    return sanitise_text(f"{place}: {said}{edited}" if place else f"{said}{edited}")
