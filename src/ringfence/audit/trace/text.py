"""A trace as text for people: shares in a table, and a file's lines beside their origin, as `git blame` has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...excerpts import sanitise_text
from ...git.objects import MissingObject
from ...reports.wording import format_count
from .model import decode_path
from .summary import count_all, count_by_folder, count_by_model, count_by_month, count_by_tool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...git.objects import Objects
    from .model import Piece, Trace, TracedFile
    from .summary import Share

_WIDTH = 44  # columns of a name
_BAR = 20
_LARGEST = 64 << 20  # bytes of a file whose lines are shown
_TOOL, _EDITED, _END = "\x1b[35m", "\x1b[33m", "\x1b[0m"


def format_table(trace: Trace) -> str:
    """Return the shares of all lines, and by tool, model, folder and month."""
    total = count_all(trace)
    head = (
        f"{sanitise_text(trace.repository)} at {trace.commit[:12]}: {total.lines:,} of {total.whole:,} lines "
        f"({total.percent:.1f} %) in {total.files:,} of {format_count(len(trace.files), 'file')} "
        "come from rivals' tools\n"
    )
    edited = sum(
        piece.last - piece.first + 1 for file in trace.files for piece in file.pieces if piece.is_edited and piece.first
    )
    rows = sum(bool(piece.row) for file in trace.files for piece in file.pieces)
    if edited:
        head += f"  {format_count(edited, 'more line')} that a tool wrote and a person edited since\n"
    if rows:
        head += f"  {format_count(rows, 'text')} in rows of data files\n"
    sections = {
        "tool": count_by_tool(trace), "model": count_by_model(trace), "folder": count_by_folder(trace),
        "month": count_by_month(trace),
    }  # fmt: skip
    return head + "".join(_format_section(title, shares) for title, shares in sections.items() if shares)


def _format_section(title: str, shares: list[Share]) -> str:
    width = max(len(title), *(min(_WIDTH, len(share.name)) for share in shares))
    lines = [f"\n{title:{width}}  {'lines':>9}  {'files':>6}       %\n"]
    for share in shares:
        name = sanitise_text(share.name)
        name = name if len(name) <= _WIDTH else name[: _WIDTH - 1] + "…"
        bar = "█" * round(share.percent * _BAR / 100)
        lines.append(
            f"{name:{width}}  {share.lines:>9,}  {share.files:>6,}  {share.percent:>6.1f}  {bar}".rstrip() + "\n"
        )
    return "".join(lines)


def format_lines(trace: Trace, objects: Objects, *, has_colours: bool) -> Iterator[bytes]:
    """Yield the lines of the files, each with the commit and the tool that it comes from.

    A line that a person edited since has `~`, one that is known by the index `=`.
    """
    for file in trace.files:
        if len(trace.files) > 1:
            yield f"{sanitise_text(decode_path(file.path))}\n".encode()
        if file.is_binary or any(not piece.first for piece in file.pieces):
            yield from (f"{_describe(piece)}\n".encode() for piece in file.pieces if not piece.first)
        if not file.is_binary:
            yield from _iter_lines(file, objects, has_colours)


def _iter_lines(file: TracedFile, objects: Objects, has_colours: bool) -> Iterator[bytes]:
    owners: dict[int, Piece] = {}
    for piece in sorted(file.pieces, key=lambda piece: not piece.is_edited):  # those of a tool last: they count
        owners.update(dict.fromkeys(range(piece.first, piece.last + 1), piece) if piece.first else {})
    labels = {id(piece): sanitise_text(_label(piece)) for piece in owners.values()}
    width = max(map(len, labels.values()), default=0)
    digits = len(str(file.lines))
    for item in objects.iter_objects([file.blob]):
        if isinstance(item, MissingObject) or item.size > _LARGEST:
            return
        for number, line in enumerate(_split(item.read()), 1):
            owner = owners.get(number)
            label = f"{labels[id(owner)] if owner else '':{width}} {number:{digits}} "
            text = label + sanitise_text(line.decode("utf-8", "replace").rstrip("\r").expandtabs())
            if owner and has_colours:
                text = f"{_EDITED if owner.is_edited else _TOOL}{text}{_END}"
            yield text.encode() + b"\n"


def _split(data: bytes) -> list[bytes]:
    lines = data.split(b"\n")
    return lines if lines[-1] else lines[:-1]


def _label(piece: Piece) -> str:
    sign = "~" if piece.is_edited else "=" if piece.origin.evidence in ("ingredient", "session") else " "
    return f"{piece.origin.commit[:12]}{sign} {piece.origin.product}"


def _describe(piece: Piece) -> str:
    origin = piece.origin
    place = ", ".join(
        filter(None, (f"row {piece.row}" if piece.row else "", f"field {piece.field}" if piece.field else ""))
    )
    return sanitise_text(
        f"{place or 'the whole file'} = {origin.product}, {origin.commit[:12]}, {origin.path} [{origin.evidence}]"
    )
