"""Finds where text has to be unescaped before it is searched for markers."""

from __future__ import annotations

from ..policy.markers.unescape import Unescaped, unescape
from .prefilter import count_widened, load_prefilter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..policy.plan import Plan

_SIGNS = (b"\\", b"%", b"&", b"=\n", b"=\r")
_BEFORE, _AFTER = 4096, 512  # bytes around the end of a possible match
_SMALL = 64 << 10  # bytes of text that is unescaped as a whole
_JSON = (b"{", b"[", b'"')


def iter_unescaped(plan: Plan, data: bytes, head: bytes) -> Iterator[tuple[int, Unescaped]]:
    """Yield the parts of a text in which an escaped marker may lie, unescaped, each with its offset in the text.

    Where the content, of which `head` is the beginning, is JSON or the like, each part comes once more with its strings
    as lines of their own.
    """
    is_json = head.lstrip()[:1] in _JSON
    for start, end in _find_windows(plan, data) if is_json or any(sign in data for sign in _SIGNS) else ():
        part = data[start:end]
        text = unescape(part)
        if text.text != part:
            yield start, text
        if is_json:
            yield start, unescape(part, break_strings=True)


def _find_windows(plan: Plan, data: bytes) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of distinct windows around all that a widened expression matches, in their order."""
    if len(data) <= _SMALL:
        yield 0, len(data)
        return
    widened = count_widened(plan)
    ends = sorted({end for index, end in load_prefilter(plan).find_ends(data) if index < widened})
    start = stop = 0
    for end in ends:
        if end - _BEFORE > stop:
            if stop:
                yield start, stop
            start = max(end - _BEFORE, 0)
        stop = min(end + _AFTER, len(data))
    if stop:
        yield start, stop
