"""Where in bytes something stands, and what of it may be shown."""

from __future__ import annotations

_AROUND = 60  # bytes shown at most on each side of a match
_LONGEST = 100  # characters of an excerpt


def excerpt(data: bytes, start: int, end: int) -> str:
    """Return the match with a little of its line, harmless to a terminal: never more than 100 characters."""
    first = max(data.rfind(b"\n", max(0, start - _AROUND), start) + 1, start - _AROUND, 0)
    newline = data.find(b"\n", max(start, end - 1), end + _AROUND)
    last = newline if newline >= 0 else min(len(data), end + _AROUND)
    return harmless(data[first : max(last, start)].decode("utf-8", "replace").strip())[:_LONGEST]


def harmless(text: str) -> str:
    """Return text in which nothing steers a terminal, a log or a reader's eye: such characters as escapes."""
    if text.isprintable() and text.isascii():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def path(data: bytes) -> str:
    """Return a path as a report shows it: UTF-8, and other bytes as escapes."""
    return harmless(data.decode("utf-8", "backslashreplace"))
