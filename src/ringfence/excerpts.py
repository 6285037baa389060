"""Locates matches in bytes, and formats excerpts of them that are safe to print."""

from __future__ import annotations

_AROUND = 60  # bytes shown at most on each side of a match
_MAX_EXCERPT = 100  # characters


def find_match_start(data: bytes, start: int, end: int) -> int:
    """Return the offset of a match without leading line ends, which a pattern may include."""
    while start < end - 1 and data[start] in b"\r\n":
        start += 1
    return start


def extract_lines(data: bytes, start: int, end: int) -> bytes:
    """Return the complete line or lines that contain a match."""
    newline = data.find(b"\n", max(end - 1, start))  # a match may end with its line's end
    return data[data.rfind(b"\n", 0, find_match_start(data, start, end)) + 1 : newline if newline >= 0 else len(data)]


def format_excerpt(data: bytes, start: int, end: int) -> str:
    """Return the match with up to 60 bytes of its line on each side: sanitised, at most 100 characters."""
    start = find_match_start(data, start, end)
    first = max(data.rfind(b"\n", max(0, start - _AROUND), start) + 1, start - _AROUND, 0)
    newline = data.find(b"\n", start, end + _AROUND)
    last = newline if newline >= 0 else min(len(data), end + _AROUND)
    return sanitise_text(data[first:last].decode("utf-8", "replace").strip())[:_MAX_EXCERPT]


def shows_line(excerpt: str, line: bytes) -> bool:
    """Return whether an excerpt shows the whole line it is from."""
    if len(excerpt) >= _MAX_EXCERPT:
        return False
    text = line.decode("utf-8", "replace").strip()
    return len(text) <= len(excerpt) and sanitise_text(text) == excerpt  # sanitising shortens nothing


def compute_digest(line: bytes) -> bytes:
    """Return a digest of 16 bytes."""
    from _blake2 import blake2b  # hashlib would load OpenSSL, 3 ms

    return bytes(blake2b(line, digest_size=16).digest())


def sanitise_text(text: str) -> str:
    """Escape control and invisible characters, and command sequences of CI logs, in text from a repository."""
    if not (text.isprintable() and text.isascii()):
        text = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
    # CI services run commands found in a job's output: `::name::` at a line's start; `##[name]`, `##vso[` anywhere.
    if text.startswith("::") and "::" in text[2:]:
        text = rf"\x3a{text[1:]}"
    return text.replace("##", r"#\x23") if "##" in text and "[" in text else text


def format_path(data: bytes) -> str:
    """Return a path as text for reports: UTF-8, sanitised, bytes that aren't UTF-8 as escapes."""
    return sanitise_text(data.decode("utf-8", "backslashreplace"))
