"""Where in bytes something stands, and what of it may be shown."""

from __future__ import annotations

_AROUND = 60  # bytes shown at most on each side of a match
_LONGEST = 100  # characters of an excerpt


def find_match_start(data: bytes, start: int, end: int) -> int:
    """Return where a match begins to be seen: a pattern may take in the line end before it."""
    while start < end - 1 and data[start] in b"\r\n":
        start += 1
    return start


def extract_lines(data: bytes, start: int, end: int) -> bytes:
    """Return the whole line or lines that a match stands in."""
    newline = data.find(b"\n", end)
    return data[data.rfind(b"\n", 0, find_match_start(data, start, end)) + 1 : newline if newline >= 0 else len(data)]


def format_excerpt(data: bytes, start: int, end: int) -> str:
    """Return the match with a little of its line, harmless to a terminal: never more than 100 characters."""
    start = find_match_start(data, start, end)
    first = max(data.rfind(b"\n", max(0, start - _AROUND), start) + 1, start - _AROUND, 0)
    newline = data.find(b"\n", start, end + _AROUND)
    last = newline if newline >= 0 else min(len(data), end + _AROUND)
    return sanitise_text(data[first:last].decode("utf-8", "replace").strip())[:_LONGEST]


def sanitise_text(text: str) -> str:
    """Return text in which nothing steers a terminal, a CI service's log or a reader's eye: such as escapes."""
    if not (text.isprintable() and text.isascii()):
        text = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
    # Services take commands from what a job prints: `::name::` at a line's start; `##[name]`, `##vso[` anywhere.
    if text.startswith("::") and "::" in text[2:]:
        text = rf"\x3a{text[1:]}"
    return text.replace("##", r"#\x23") if "##" in text and "[" in text else text


def format_path(data: bytes) -> str:
    """Return a path as a report shows it: UTF-8, and other bytes as escapes."""
    return sanitise_text(data.decode("utf-8", "backslashreplace"))
