"""What a generator field says: the values of `"model": …` and its like, in JSON and in what is rendered as JSON."""

from __future__ import annotations

from ..excerpts import harmless

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 200  # bytes of a value; longer is a text, and no name
_JSON = (b"{", b"[")
_FAR = 2000  # bytes of a list or an object
_LINE = 64 << 10  # bytes that are looked back for a line's beginning
_ROW = 4096  # bytes of an object on a line of its own; it is parsed for each of its fields


def values(data: bytes, start: int, end: int) -> Iterator[str]:
    """Yield what a field holds that begins at `start`, and whose value begins with the byte before `end`.

    Names, "" for none: of a list all strings, of an object its name or id; numbers, texts and other objects name
    nothing. Inside a string of JSON or a cell of CSV, quotes have backslashes or a quote before them.
    """
    sign, quote = data[end - 1 : end], _quote(data, start)
    if sign == b'"':
        end += quote == b'""'
        close = data.find(quote, end, end + _LONGEST)
        if close >= 0:
            yield _plain(data[end:close])
    elif sign == b"[":
        inside = data[end : end + _FAR].partition(b"]")[0]
        yield from map(_plain, inside.split(quote)[1::2] or ([b""] if not inside.strip() else []))
    elif sign == b"{":
        import re

        inside = data[end : end + _FAR].partition(b"}")[0].replace(quote, b'"')
        yield from map(_plain, re.findall(rb'"(?:name|id|@id|model)"\s*:\s*"([^"\n]*)"', inside))
    else:
        yield ""


def _quote(data: bytes, start: int) -> bytes:
    """Return what a quote looks like where a field begins."""
    return data[start : data.index(b'"', start) + 1 + data.startswith(b'""', start)]


def in_row(head: bytes, data: bytes, start: int) -> bool:
    """Say whether a field stands in data: its content, of which `head` is the beginning, or its line begins as JSON.

    Code that asks a vendor for something writes the same field, and doesn't begin so; nor is a line of it an object.
    """
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_JSON):
        return True
    low = max(0, start - _LINE)
    line = data.rfind(b"\n", low, start) + 1
    if low and not line:
        return False
    end = data.find(b"\n", start, start + _ROW)
    return data.startswith(_JSON, line) or _is_object(data[line : end if end >= 0 else start + _ROW + 1])


def _is_object(line: bytes) -> bool:
    """Say whether a line is an object of JSON and nothing else."""
    if len(line) > _ROW or not (line := line.strip()).startswith(b"{") or not line.endswith(b"}"):
        return False
    import json

    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _plain(name: bytes) -> str:
    return harmless(name.decode("utf-8", "replace").strip())
