"""Which field of a row a byte of plain text stands in: asked only where something was found."""

from __future__ import annotations

from ..excerpts import harmless

_FAR = 64 << 10  # bytes that are looked back for a key
_LONGEST_KEY = 80
_BOM = b"\xef\xbb\xbf"
_LONGEST_NAME = 60
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-"


def field(data: bytes, start: int, head: bytes = b"") -> str:
    """Return the field of the JSON object, or of the table that begins with `head`, that a byte stands in, or ""."""
    low = max(0, start - _FAR)
    begin = data.rfind(b"\n", low, start) + 1 or low
    begin += 3 * data.startswith(_BOM, begin)
    if data[begin : begin + 1] in (b"{", b"[", b'"', b" ", b"\t") or (begin == low and low):
        key = _key(data, begin, start)
    else:
        key = b""
    return harmless((key or _column(data, begin, start, head)).decode("utf-8", "replace"))


def header(data: bytes) -> list[bytes]:
    """Return the names in a table's first line, or [] where that isn't one of names."""
    line = data[:_FAR].partition(b"\n")[0].rstrip(b"\r").removeprefix(_BOM)
    names = line.split(delimiter(line))
    return [name.strip(b'"') for name in names] if len(names) > 1 and all(map(_is_name, names)) else []


def delimiter(line: bytes) -> bytes:
    """Return what stands between the cells of a table that begins with a line of names."""
    return next((sign for sign in (b"\t", b";", b"|", b",") if sign in line), b",")


def _is_name(cell: bytes) -> bool:
    is_quoted = cell[:1] == b'"' == cell[-1:]
    name = cell[1:-1] if is_quoted else cell
    return 0 < len(name) <= _LONGEST_NAME and not name.translate(None, _LETTERS + b" " * is_quoted)


def _key(data: bytes, begin: int, start: int) -> bytes:
    """Return the key before a value; inside JSON's strings every quote has a backslash before it."""
    start -= data[start - 1 : start] == b'"'  # the match may begin behind the quote
    own = data[start + 1 : start + _LONGEST_KEY].partition(b'"')
    if data[start : start + 1] == b'"' and own[2].lstrip()[:1] == b":":
        return own[0]  # the match begins with it
    end = start
    while (end := data.rfind(b'":', begin, end)) > begin:
        if data[end - 1 : end] != b"\\":
            return data[data.rfind(b'"', max(begin, end - _LONGEST_KEY), end) + 1 : end]
    return b""


def _column(data: bytes, begin: int, start: int, head: bytes) -> bytes:
    """Return the name of a table's column; "" where the line isn't one of the table's rows."""
    if not (names := header(head)):
        return b""
    import csv

    end = data.find(b"\n", start, start + _FAR)
    sign = delimiter(head[:_FAR].partition(b"\n")[0]).decode()
    line, before = data[begin : end if end >= 0 else start], data[begin:start]
    cells, upto = (next(csv.reader([part.decode("utf-8", "replace")], delimiter=sign), []) for part in (line, before))
    return names[max(len(upto), 1) - 1] if len(cells) == len(names) >= len(upto) else b""
