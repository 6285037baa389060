"""Sums up a trace: shares by vendor, product, folder and month."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .model import decode_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .model import Trace, TracedFile

_MOST_FOLDERS = 12


@dataclass(frozen=True, slots=True)
class Share:
    """How many lines of some come from tools."""

    name: str
    lines: int
    whole: int
    files: int

    @property
    def percent(self) -> float:
        """The share in percent."""
        return 100 * self.lines / self.whole if self.whole else 0.0


def count_by_tool(trace: Trace) -> list[Share]:
    """Return the share of each vendor and product, the largest first."""
    whole = sum(file.lines for file in trace.files)
    return _build_shares(((f"{piece[0]}, {piece[1]}", path, lines) for piece, path, lines in _iter_tools(trace)), whole)


def count_by_model(trace: Trace) -> list[Share]:
    """Return the share of each model that is named, the largest first."""
    whole = sum(file.lines for file in trace.files)
    return _build_shares(((tool[2], path, lines) for tool, path, lines in _iter_tools(trace) if tool[2]), whole)


def count_by_month(trace: Trace) -> list[Share]:
    """Return the share of what was written in each month, the oldest first."""
    whole = sum(file.lines for file in trace.files)
    shares = _build_shares(((tool[3] or "unknown", path, lines) for tool, path, lines in _iter_tools(trace)), whole)
    return sorted(shares, key=lambda share: share.name)


def count_by_folder(trace: Trace) -> list[Share]:
    """Return the share of each folder at the top, the one with most lines of tools first."""
    lines: Counter[str] = Counter()
    wholes: Counter[str] = Counter()
    files: Counter[str] = Counter()
    for file in trace.files:
        folder, slash, _ = decode_path(file.path).partition("/")
        name = folder + slash if slash else "./"
        wholes[name] += file.lines
        if count := file.count_lines():
            lines[name] += count
            files[name] += 1
    return [Share(name, count, wholes[name], files[name]) for name, count in lines.most_common(_MOST_FOLDERS)]


def count_all(trace: Trace) -> Share:
    """Return the share of all lines."""
    counts = [file.count_lines() for file in trace.files]
    return Share("all", sum(counts), sum(file.lines for file in trace.files), sum(map(bool, counts)))


def iter_file_tools(file: TracedFile) -> Iterator[tuple[tuple[str, str, str, str], int]]:
    """Yield (vendor, product, model, month) with the number of lines, for each piece that is a tool's."""
    seen: set[int] = set()
    for piece in file.pieces:
        if piece.is_edited or piece.row:
            continue
        lines = set(range(piece.first or 1, (piece.last or 1) + 1)) - seen
        seen |= lines
        origin = piece.origin
        yield (origin.vendor, origin.product, origin.model, origin.written[:7]), len(lines)


def _iter_tools(trace: Trace) -> Iterator[tuple[tuple[str, str, str, str], bytes, int]]:
    for file in trace.files:
        for tool, lines in iter_file_tools(file):
            yield tool, file.path, lines


def _build_shares(items: Iterator[tuple[str, bytes, int]], whole: int) -> list[Share]:
    lines: Counter[str] = Counter()
    files: dict[str, set[bytes]] = {}
    for name, path, count in items:
        lines[name] += count
        files.setdefault(name, set()).add(path)
    return [Share(name, count, whole, len(files[name])) for name, count in lines.most_common()]
