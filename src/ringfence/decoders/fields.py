"""Which field of a row a byte of plain text stands in: asked only where something was found."""

from __future__ import annotations

from ..excerpts import harmless

_FAR = 64 << 10  # bytes that are looked back for a key
_LONGEST_KEY = 80
_BOM = b"\xef\xbb\xbf"
_CELL = rb'(?:"[\w .-]{1,60}"|[\w.-]{1,60})'


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


def header(data: bytes) -> bytes:
    """Return a table's first line, if it is one of names."""
    import re

    line = data[:_FAR].partition(b"\n")[0].rstrip(b"\r").removeprefix(_BOM)
    return line if re.fullmatch(rb"%b(?:([,\t;|])%b)(?:\1%b)*" % (_CELL, _CELL, _CELL), line) else b""


def _key(data: bytes, begin: int, start: int) -> bytes:
    """Return the key before a value; inside JSON's strings every quote has a backslash before it."""
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
    if not (names_line := header(head)):
        return b""
    import csv

    end = data.find(b"\n", start, start + _FAR)
    delimiter = next(sign for sign in "\t;|," if sign.encode() in names_line)
    line, before = data[begin : end if end >= 0 else start], data[begin:start]
    names, cells, upto = (
        next(csv.reader([part.decode("utf-8", "replace")], delimiter=delimiter), [])
        for part in (names_line, line, before)
    )
    return names[max(len(upto), 1) - 1].encode() if len(cells) == len(names) >= len(upto) else b""
