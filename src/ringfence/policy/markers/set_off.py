"""Finds what a message says around a passage that it sets off: a fence of code, a quote, an indented block, a list."""

from __future__ import annotations

import re

from ...lazy_pattern import compile_lazily

_FENCE = compile_lazily(r"[\s>]*(?:```|~~~)")
_QUOTE = compile_lazily(r"[ \t]*>")
_INDENTED = compile_lazily(r"(?: {4}|[ ]{0,3}\t)\s*\S")
_ITEM = compile_lazily(r"[ \t]*(?:[*+•\u2013-]|\(?\d{1,3}[.)])[ \t]+\S")
_MAX_LINES = 40  # looked at on each side
_WINDOW = 4096  # bytes on each side: a message may have a mark in every line
_FORBIDDING = (
    r"(?:forbid\w*|forbad\w*|ban(?:s|ned)?|remov\w+|drop(?:s|ped)?|strip(?:s|ped)?|delet\w+|reject\w*|refus\w+|detect\w*"
    r"|block(?:s|ed)?|disallow\w*|prohibit\w*|avoid\w*|unwelcome|unwanted|no\s+longer|never"
    r"|(?:not|n['\u2019]t)\s+(?:\w+\s+){0,2}(?:accept|allow|want|welcome|take|merge|use|permit|ok|okay|good|appear|be)\w*)"
)
# What forbids or describes the passage before it: it begins with that passage, or with what the passage shows.
_SPEAKS_OF_IT = compile_lazily(
    r"\W*(?:(?:such|these|those|this|that|any|all|no)\b|(?:the\s+)?(?:lines?|footers?|trailers?|credits?|signatures?"
    r"|commits?|messages?|patches|pull\s+requests)\b|(?:the\s+)?(?:above|former|latter)\b|(?:we|i|it|the\s+hook)\b)"
    rf".*?\b{_FORBIDDING}\b",
    re.IGNORECASE,
)
_ANNOUNCES = compile_lazily(rf".*\b{_FORBIDDING}\b.*:\s*$", re.IGNORECASE)
# What is dropped in a list of changes isn't said by a list of lines: only this lead is about lines.
_ANNOUNCES_LINES = compile_lazily(
    r".*\b(?:th[eo]se|such|following|any\s+of|lines?|footers?|trailers?|credits?|signatures?|attributions?|marks?|markers?"
    r"|phrases?|words?|strings?|texts?)\b",
    re.IGNORECASE,
)


def find_surroundings(text: bytes, begin: int, end: int) -> tuple[str, str] | None:
    """Return the lines before and behind the passage in which a line stands; None where it isn't set off.

    Of a list only a lead that speaks of lines is returned, since changes are listed in the same way.

    Args:
        text: The whole text.
        begin: Where the line begins.
        end: Where it ends, before its line end.
    """
    before = text[max(begin - _WINDOW, 0) : begin].decode("utf-8", "replace").split("\n")[:-1]
    behind = text[end + 1 : end + _WINDOW].decode("utf-8", "replace").split("\n")
    line = text[begin:end].decode("utf-8", "replace")
    fences = [number for number, other in enumerate(before) if _FENCE.match(other)]
    if len(fences) % 2:
        closing = next((number for number, other in enumerate(behind) if _FENCE.match(other)), len(behind))
        return _find_text(before[: fences[-1]][::-1]), _find_text(behind[closing + 1 :])
    mark = _QUOTE if _QUOTE.match(line) else _INDENTED
    if not mark.match(line):
        return _find_list_lead(before) if _ITEM.match(line) else None
    return (
        _find_text([other for other in before[: -_MAX_LINES - 1 : -1] if not mark.match(other)]),
        _find_text([other for other in behind[:_MAX_LINES] if not mark.match(other)]),
    )


def _find_list_lead(before: list[str]) -> tuple[str, str] | None:
    """Return the line before the list that a line continues, if it announces lines; nothing is looked for behind it."""
    lead = _find_text([other for other in before[: -_MAX_LINES - 1 : -1] if not _ITEM.match(other)])
    return (lead, "") if _ANNOUNCES.match(lead) and _ANNOUNCES_LINES.match(lead) else None


def is_spoken_of(before: str, behind: str) -> bool:
    """Return whether the lines around a passage forbid what it shows."""
    return bool(_ANNOUNCES.match(before) or _SPEAKS_OF_IT.match(behind))


def _find_text(lines: list[str]) -> str:
    return next((line for line in lines[:_MAX_LINES] if line.strip()), "")
