"""A trace by lines, functions, files or the whole repository, and lists of what to leave out."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from ...git.objects import MissingObject
from .functions import find_functions
from .model import Piece, build_row, decode_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...git.objects import Objects
    from .model import Trace, TracedFile

LEVELS = ("line", "function", "file", "repository")
LISTS = ("objects", "paths", "rows")
_LARGEST = 64 << 20  # bytes of a file that is read again, for its functions or rows
_LINE_ROWS = (".jsonl", ".ndjson", ".jsonlines")
_TABLES = {".csv": ",", ".tsv": "\t"}


def iter_level_rows(trace: Trace, objects: Objects, level: str, least: float) -> Iterator[dict[str, Any]]:
    """Yield rows at a level: what has more of a tool than the share `least` falls as a whole.

    At the level of lines the share has no meaning; lines outside of functions stay lines.
    """
    if level == "line":
        yield from trace.iter_rows()
        return
    if level == "repository":
        yield from _iter_repository(trace, least)
        return
    for file in trace.files:
        if not any(not piece.is_edited for piece in file.pieces):
            continue
        if level == "file":
            if (share := compute_share(file)) > least:
                yield _build_whole(trace, file, share)
        else:
            yield from _iter_functions(trace, file, _read(objects, file), least)


def compute_share(file: TracedFile) -> float:
    """Return which share of a file comes from tools; of one known by rows, a row counts as something."""
    lines = file.count_lines()
    if not lines and any(piece.row or not piece.first for piece in file.pieces if not piece.is_edited):
        return 1 / max(file.lines, 1)
    return lines / file.lines if file.lines else 0.0


def list_excluded(trace: Trace, objects: Objects, what: str, least: float) -> Iterator[str]:
    """Yield what to leave out: ids or paths of files of which more than a share is a tool's, or rows of data."""
    if what == "rows":
        seen: set[tuple[str, int | None]] = set()
        for file in trace.files:
            for row in _list_rows(file, objects):
                if (key := (decode_path(file.path), row)) not in seen:
                    seen.add(key)
                    yield json.dumps({"path": key[0], "row": row}, ensure_ascii=False)
        return
    names = (
        file.blob if what == "objects" else decode_path(file.path)
        for file in trace.files
        if compute_share(file) > least
    )
    yield from dict.fromkeys(names)


def _iter_repository(trace: Trace, least: float) -> Iterator[dict[str, Any]]:
    whole = sum(file.lines for file in trace.files)
    lines = sum(file.count_lines() for file in trace.files)
    if whole and lines / whole > least:
        file = max(trace.files, key=lambda file: file.count_lines())
        row = _build_whole(trace, file, lines / whole)
        yield row | dict.fromkeys(("path", "blob", "start_line", "end_line", "source_path", "source_commit"))


def _build_whole(trace: Trace, file: TracedFile, share: float) -> dict[str, Any]:
    """Return the row of a file as a whole, with the origin that most of it has."""
    best = _find_main([piece for piece in file.pieces if not piece.is_edited])
    whole = Piece(0, 0, 0, 0, best.origin) if file.is_binary else Piece(1, file.lines, 0, 0, best.origin)
    return build_row(trace, file, whole) | {"share": round(share, 4)}


def _find_main(pieces: list[Piece]) -> Piece:
    weights: Counter[Any] = Counter()
    for piece in pieces:
        weights[piece.origin] += piece.last - piece.first + 1
    origin = max(weights, key=lambda each: weights[each])
    return next(piece for piece in pieces if piece.origin is origin or piece.origin == origin)


def _iter_functions(trace: Trace, file: TracedFile, lines: list[bytes], least: float) -> Iterator[dict[str, Any]]:
    """Yield the functions of a file that fall, and its lines outside of functions."""
    pieces = [piece for piece in file.pieces if not piece.is_edited]
    inside: set[int] = set()
    for first, last in [] if file.is_binary else find_functions(lines):
        numbers = set(range(first, last + 1))
        inside |= numbers
        within = [piece for piece in pieces if piece.first <= last and piece.last >= first and piece.first]
        owned = {number for piece in within for number in range(piece.first, piece.last + 1)} & numbers
        if within and (share := len(owned) / len(numbers)) > least:
            whole = Piece(first, last, 0, 0, _find_main(within).origin)
            yield build_row(trace, file, whole) | {"share": round(share, 4)}
    for piece in pieces:
        begin = piece.first
        for line in range(piece.first, piece.last + 2):
            if line > piece.last or line in inside:
                if line > begin or not piece.first:
                    yield build_row(trace, file, piece.cut(begin, line - 1) if piece.first else piece)
                begin = line + 1


def _list_rows(file: TracedFile, objects: Objects) -> Iterator[int | None]:
    """Yield the rows of a data file that come from tools; None for the file as a whole, if it isn't read as rows."""
    name = decode_path(file.path).lower()
    pieces = [piece for piece in file.pieces if not piece.is_edited]
    get_row = _build_row_finder(name, file, objects) if any(piece.first for piece in pieces) else None
    for piece in pieces:
        if piece.row:
            yield piece.row
        elif not piece.first:
            yield None
        elif get_row:
            yield from filter(None, dict.fromkeys(map(get_row, range(piece.first, piece.last + 1))))


def _build_row_finder(name: str, file: TracedFile, objects: Objects) -> Callable[[int], int] | None:
    """Return a function from a line to its row; None for a file that has no rows."""
    if name.endswith(_LINE_ROWS):
        return lambda line: line
    delimiter = next((sign for suffix, sign in _TABLES.items() if name.endswith(suffix)), None)
    if delimiter is None:
        return None
    text = b"\n".join(_read(objects, file)).decode("utf-8", "replace")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: dict[int, int] = {}
    before = 0
    for number, _ in enumerate(reader):
        rows.update(dict.fromkeys(range(before + 1, reader.line_num + 1), number))
        before = reader.line_num
    return lambda line: rows.get(line, 0)  # row 0 is that of the names


def _read(objects: Objects, file: TracedFile) -> list[bytes]:
    for item in objects.iter_objects([file.blob]):
        if not isinstance(item, MissingObject) and item.size <= _LARGEST:
            return item.read().split(b"\n")
    return []
