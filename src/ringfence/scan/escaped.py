"""Finds where text has to be unescaped before it is searched for markers."""

from __future__ import annotations

from bisect import bisect_left

from ..policy.markers.unescape import Unescaped, has_rtf, unescape, unescape_rtf
from .prefilter import count_expressions, is_compiled, load_prefilter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..policy.plan import Plan

_SIGNS = (b"\\", b"%", b"&", b"=")
_SMALL = 64 << 10  # bytes; to unescape so much takes less time than to compile the prefilter
_BEFORE, _AFTER = 2048, 256  # bytes around the end of a possible match
_JSON = (b"{", b"[", b'"')


class EscapedText:
    """Where in a text escaped markers may be; `rare` are parts (start, end) with unusual escapes, as of letters."""

    def __init__(self, plan: Plan, data: bytes, head: bytes, known: dict[int, list[tuple[int, int]]]) -> None:
        """Find the places; `known` are the matches that need no unescaping, sorted, by the number of the expression."""
        self._data = data
        self._is_json = head.lstrip()[:1] in _JSON
        self._is_rtf = has_rtf(head)
        self._windows: list[tuple[int, int]] = []
        self.rare: list[tuple[int, int]] = []
        if not self._is_json and not any(sign in data for sign in _SIGNS):
            return
        if len(data) <= _SMALL and not is_compiled(plan):
            self._windows = self.rare = [(0, len(data))]
        else:
            marks, whole, rare = count_expressions(plan)
            count = marks + whole + rare
            found = [(end, index) for index, end in load_prefilter(plan).find_ends(data) if index < count]
            self.rare = _merge_windows(sorted({end for end, index in found if index >= marks}), len(data))
            is_whole = any(marks <= index < marks + whole for _, index in found)
            ends = sorted({end for end, index in found if index not in known or not _is_known(known[index], end)})
            self._windows = [(0, len(data))] if is_whole or self._is_rtf else _merge_windows(ends, len(data))

    def iter_unescaped(self) -> Iterator[tuple[int, Unescaped]]:
        """Yield the parts in which an escaped marker may lie, unescaped, each with its offset.

        Where the content is JSON or the like, each part comes once more with its strings as lines of their own.
        """
        for start, end in self._windows:
            part = self._data[start:end]
            text = unescape(part)
            if text.text != part:
                yield start, text
            if self._is_rtf or has_rtf(part):
                yield start, unescape_rtf(part)
            if self._is_json:
                yield start, text.break_strings()


def _is_known(matches: list[tuple[int, int]], end: int) -> bool:
    """Return whether a widened expression's match ends in one of the expression's own matches, or just behind it."""
    at = bisect_left(matches, (end, 0)) - 1
    return at >= 0 and end <= matches[at][1] + 1


def _merge_windows(ends: list[int], size: int) -> list[tuple[int, int]]:
    """Return distinct (start, end) windows around offsets, both sorted."""
    windows: list[tuple[int, int]] = []
    for end in ends:
        start, stop = max(end - _BEFORE, 0), min(end + _AFTER, size)
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], stop)
        else:
            windows.append((start, stop))
    return windows
