"""Scans bytes for all markers of a group in one pass, in linear time for any patterns and any bytes.

Hyperscan does the matching, without backtracking. A whole group is compiled into a database that reports which of its
patterns match, at 1 to 2 GB/s. The start of a match needs another database; it is compiled only for patterns that
matched, which takes a millisecond each, where a whole group takes seconds and tens of megabytes.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any


_EXTENSION = "hyperscan._hs_ext"
_HS_MODE_BLOCK = 1
_MARGIN = 8  # bytes around a match, which say whether a word or a line ends there
_MAX_WIDTH = 4096  # bytes; of wider expressions, the whole text is searched


def load_engine() -> Any:
    """Return Hyperscan's extension module.

    `import hyperscan` imports `typing` for a class that isn't used here, 10 ms of a hook's 25. So only the extension
    module is imported, with a stand-in for the package; if that fails, the package is imported normally.
    """
    for name in (_EXTENSION, "hyperscan"):
        if name in sys.modules:
            return sys.modules[name]
    if places := list(filter(os.path.isdir, (os.path.join(path, "hyperscan") for path in sys.path))):
        package = type(sys)("hyperscan")
        package.__path__ = places[:1]
        sys.modules["hyperscan"] = package
        try:
            import hyperscan._hs_ext as extension
        except ImportError:
            pass
        else:
            return extension
        finally:
            del sys.modules["hyperscan"]
    import hyperscan

    return hyperscan


class Scanner:
    """A compiled group and the expressions that it was compiled from."""

    __slots__ = ("_databases", "_expressions", "_group", "_locators", "_patterns", "_widths")

    def __init__(self, group: str, find: bytes, patterns: Callable[[], list[str]] = list, own: bytes = b"") -> None:
        """Load databases, of the group's expressions and of own ones, whose numbers follow; either may be b"".

        `patterns` returns the expressions; it is called at the first match, which most runs never have.
        """
        self._databases = [_load_database(database) for database in (find, own) if database]
        self._group, self._patterns = group, patterns
        self._expressions: list[str] = []
        self._locators: dict[int, tuple[Any, Any]] = {}
        self._widths: dict[int, int] = {}

    def expressions(self) -> list[str]:
        """Return the expressions, read on first use."""
        if not self._expressions:
            self._expressions = self._patterns()
        return self._expressions

    def find_matches(self, data: bytes) -> list[int]:
        """Return the indexes of the expressions that match anywhere in the data, in any order."""
        indexes: list[int] = []
        if data:
            self._scan(data, lambda index, *_: indexes.append(index))
        return indexes

    def find_ends(self, data: bytes) -> list[tuple[int, int]]:
        """Return (expression, end) for matches in the data: all of widened ones and signatures, one of others."""
        found: list[tuple[int, int]] = []

        def record_end(index: int, _: int, end: int, *__: object) -> None:
            found.append((index, min(end, len(data))))

        self._scan(data, record_end)
        return found

    def find_lines(self, data: bytes) -> dict[int, list[tuple[int, int]]]:
        """Return windows (start, end) of the lines in which an expression's matches end, by its index.

        The database has to report every end. A window begins before the line end that is before its line, so that
        `locate_in_windows` finds what begins with that.
        """
        windows: dict[int, list[tuple[int, int]]] = {}

        def record_line(index: int, _: int, end: int, *__: object) -> None:
            known = windows.setdefault(index, [])
            if not known or end > known[-1][1]:  # ends ascend; a long name has one behind each letter
                stop = data.find(b"\n", end) + 1
                known.append((max(data.rfind(b"\n", 0, end - 1) - 1, 0), stop or len(data)))

        self._scan(data, record_line)
        return windows

    def _scan(self, data: bytes, record: Callable[..., None]) -> None:
        text = _end_line(data)
        for database, scratch in self._databases:
            database.scan(text, match_event_handler=record, scratch=scratch)

    def find_suspects(self, pieces: Sequence[bytes]) -> list[int]:
        """Return the indexes of the pieces that may have a match; all others certainly have none.

        Pieces are scanned together, joined by line ends, and halved where something matches: no pattern needs more
        than a line end to separate texts (see `markers.base.Pattern`).
        """
        suspects: list[int] = []
        ranges = [(0, len(pieces))]
        while ranges:
            first, last = ranges.pop()
            if first < last and self.find_matches(b"\n".join(pieces[first:last])):
                middle = (first + last) // 2
                if last - first == 1:
                    suspects.append(first)
                else:
                    ranges += [(middle, last), (first, middle)]
        return suspects

    def locate_matches(self, data: bytes, ends: Mapping[int, list[int]] | None = None) -> list[tuple[int, int, int]]:
        """Return all matches as (index of the expression, start, end), sorted by start.

        For each expression and start there is one match, the longest. `ends` are all offsets where matches of an
        expression may end, by the index of the expression, if they are known.
        """
        if ends is None:
            places = {index: [(0, len(data))] for index in self.find_matches(data)}
        else:
            places = {index: self._list_windows(index, known, len(data)) for index, known in ends.items()}
        return self.locate_in_windows(data, places)

    def locate_in_windows(
        self, data: bytes, windows: Mapping[int, list[tuple[int, int]]]
    ) -> list[tuple[int, int, int]]:
        """Return matches as `locate_matches` does, of the given expressions, each within windows (start, end).

        A match at the edge of a window counts only where that is an edge of the data: a line seems to begin there.
        """
        matches = [
            (start, index, end)
            for index, places in windows.items()
            for place in places
            for start, end in self._locate_expression(index, data, place).items()
        ]
        return [(index, start, end) for start, index, end in sorted(matches)]

    def _list_windows(self, index: int, ends: list[int], size: int) -> list[tuple[int, int]]:
        """Return the windows in which an expression's matches lie, if they are much less than the data."""
        width = self._measure_expression(index)
        if not width or len(ends) * width > size:
            return [(0, size)]
        windows: list[tuple[int, int]] = []
        for end in sorted(ends):
            start, stop = max(end - width - _MARGIN, 0), min(end + _MARGIN, size)
            if windows and start <= windows[-1][1]:
                windows[-1] = (windows[-1][0], max(stop, windows[-1][1]))
            else:
                windows.append((start, stop))
        return windows

    def _measure_expression(self, index: int) -> int:
        """Return the most bytes that an expression can match; 0 for no limit, or a large one."""
        if index not in self._widths:
            from re import _parser  # type: ignore[attr-defined]  # Python's own parser, private since 3.11

            try:
                width = _parser.parse(self.expressions()[index].encode().decode("latin-1")).getwidth()[1]
            except Exception:  # noqa: BLE001 - what Hyperscan takes and Python doesn't has no known width
                width = 0
            self._widths[index] = width if width <= _MAX_WIDTH else 0
        return self._widths[index]

    def _locate_expression(self, index: int, data: bytes, window: tuple[int, int]) -> dict[int, int]:
        """Return an expression's matches in a window as start → longest end."""
        if index not in self._locators:
            from .databases import compile_locator

            self._locators[index] = _load_database(compile_locator(self._group, self.expressions()[index]))
        locator, scratch = self._locators[index]
        first, last = window
        part = data if last - first == len(data) else data[first:last]
        size, total = len(part), len(data)
        ends: dict[int, int] = {}

        def record_match(_: int, start: int, end: int, *__: object) -> None:
            # They are reported in order of their ends, so that the longest is last.
            if start < size and (start or not first) and (end < size or last == total):
                ends[first + start] = first + min(end, size)

        locator.scan(_end_line(part), match_event_handler=record_match, scratch=scratch)
        return ends


def _end_line(data: bytes) -> bytes:
    r"""Return data that ends with a line end, which matches no more and no less.

    Hyperscan 5.4.12 misses some matches of `\b(ai|ki)\b` and its like that end where the data ends.
    """
    return data if data.endswith(b"\n") else data + b"\n"


def _load_database(database: bytes) -> tuple[Any, Any]:
    hyperscan = load_engine()
    try:
        loaded = hyperscan.loadb(database, _HS_MODE_BLOCK)
        return loaded, hyperscan.Scratch(loaded)
    except hyperscan.NoMemoryError:
        raise MemoryError from None
