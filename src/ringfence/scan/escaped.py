"""Finds where text has to be unescaped before it is searched for markers."""

from __future__ import annotations

from bisect import bisect_left

from ..policy.markers.unescape import Unescaped, has_rtf, unescape, unescape_rtf
from .prefilter import load_layout, load_prefilter
from .windows import merge_windows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..policy.plan import Plan
    from .hits import Expression, Hits

_SIGNS = (b"\\", b"%", b"&", b"=")
_BEFORE, _AFTER = 2048, 256  # bytes around the end of a possible match
_JSON = (b"{", b"[", b'"')
_SEPARATOR = b"\n\x02\n"  # a line end, and what no marker holds


class EscapedText:
    """Where in a text escaped markers may be; `rare` are parts (start, end) with unusual escapes, as of letters."""

    def __init__(
        self, data: bytes, head: bytes, known: dict[Expression, list[tuple[int, int]]], hits: Hits | None
    ) -> None:
        """Find the places.

        `known` are the matches that need no unescaping, sorted, by the expression, and `hits` what the
        prefilter found in the text, if it was asked.
        """
        self._data = data
        self._is_json = head.lstrip()[:1] in _JSON
        self._is_rtf = has_rtf(head)
        self._windows: list[tuple[int, int]] = []
        self.rare: list[tuple[int, int]] = []
        if not self._is_json and not any(sign in data for sign in _SIGNS):
            return
        if hits is None:
            self._windows = self.rare = [(0, len(data))]
            return
        self.rare = merge_windows(hits.rare, len(data), _BEFORE, _AFTER)
        ends = {end for index, found in hits.marks.items() for end in found if not _is_known(known.get(index, []), end)}
        self._windows = (
            [(0, len(data))]
            if hits.is_whole or self._is_rtf
            else merge_windows({*ends, *hits.rare}, len(data), _BEFORE, _AFTER)
        )

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


def may_hide_marks(plan: Plan, data: bytes, ends: list[int]) -> bool:
    """Return whether there may be a marker, or a generator's name, around escapes that end at these offsets."""
    layout = load_layout(plan)
    parts = [unescape(data[start:end]).text for start, end in merge_windows(ends, len(data), _BEFORE, _AFTER)]
    # A line may begin at a quote: an expression that can't be widened asks for that.
    text = _SEPARATOR.join((*parts, *(part.replace(b'"', b"\n") for part in parts)))
    return any(index < layout.marks or index >= layout.formats for index, _ in load_prefilter(plan).find_ends(text))


def _is_known(matches: list[tuple[int, int]], end: int) -> bool:
    """Return whether a widened expression's match ends in one of the expression's own matches, or just behind it."""
    at = bisect_left(matches, (end, 0)) - 1
    return at >= 0 and end <= matches[at][1] + 1
