"""Which field of a row a byte of plain text stands in: asked only where something was found."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from ...excerpts import sanitise_text

_FAR = 64 << 10  # bytes of a line; what stands further in is looked for in JSON first
_LONGEST_KEY = 80
_JSON = (b"{", b"[", b'"', b" ", b"\t")  # what a line of it begins with
_BOM = b"\xef\xbb\xbf"
_LONGEST_NAME = 60
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-"


class Fields:
    """The fields of the JSON objects in some text, or of the table that begins with `head`.

    Each line is taken apart once, however much is asked for in it.
    """

    def __init__(self, data: bytes, head: bytes = b"") -> None:
        self._data, self._head = data, head
        self._begin = self._end = self._upto = self._key = -1
        self._cells: list[int] | None = None

    def find_field(self, start: int) -> str:
        """Return the field that a byte stands in, or ""."""
        self._select_line(start)
        key = b""
        if self._data.startswith(_JSON, self._begin) or start - self._begin > _FAR:
            key = self._find_key(start)
        return sanitise_text((key or self._find_column(start)).decode("utf-8", "replace"))

    def _select_line(self, start: int) -> None:
        """Take up the line in which a byte stands."""
        if not self._begin <= start < self._end:
            self._begin = self._data.rfind(b"\n", 0, start) + 1
            self._begin += 3 * self._data.startswith(_BOM, self._begin)
            self._end = self._data.find(b"\n", start) + 1 or len(self._data) + 1
            self._upto = self._key = self._begin
            self._cells = None

    def _find_key(self, start: int) -> bytes:
        """Return the key before a value; inside JSON's strings every quote has a backslash before it."""
        data = self._data
        start -= data[start - 1 : start] == b'"'  # the match may begin behind the quote
        own = data[start + 1 : start + _LONGEST_KEY].partition(b'"')
        if data[start : start + 1] == b'"' and own[2].lstrip()[:1] == b":" and not own[0].endswith(b"\\"):
            return own[0]  # the match begins with it
        if start < self._upto:
            self._upto = self._key = self._begin
        end = start
        while (end := data.rfind(b'":', self._upto, end)) >= 0:
            if data[end - 1 : end] != b"\\":
                self._key = end
                break
        self._upto = max(start - 1, self._begin)
        if self._key == self._begin:
            return b""
        return data[data.rfind(b'"', max(self._begin, self._key - _LONGEST_KEY), self._key) + 1 : self._key]

    def _find_column(self, start: int) -> bytes:
        """Return the name of a table's column; b"" where the line isn't one of the table's rows."""
        if self._cells is None:
            self._cells = _locate_cell_ends(
                self._data[self._begin : self._end].rstrip(b"\r\n"), self._delimiter, len(self._names)
            )
        return self._names[bisect_right(self._cells, start - self._begin)] if self._cells else b""

    @cached_property
    def _names(self) -> list[bytes]:
        return parse_header(self._head)

    @property
    def _delimiter(self) -> bytes:
        return detect_delimiter(self._head[:_FAR].partition(b"\n")[0])


def _locate_cell_ends(row: bytes, sign: bytes, count: int) -> list[int]:
    """Return where the cells of a table's row end, or [] where it hasn't as many as there are names."""
    ends: list[int] = []
    position = 0
    while len(ends) < count:
        if row.startswith(b'"', position):
            position += 1
            while (position := row.find(b'"', position) + 1) and row.startswith(b'"', position):
                position += 1  # a quote inside is written twice
            if not position:
                return []
        end = row.find(sign, position)
        if end < 0:
            return [*ends, len(row)] if len(ends) == count - 1 else []
        ends.append(end)
        position = end + 1
    return []


def parse_header(data: bytes) -> list[bytes]:
    """Return the names in a table's first line, or [] where that isn't one of names."""
    line = data[:_FAR].partition(b"\n")[0].rstrip(b"\r").removeprefix(_BOM)
    names = line.split(detect_delimiter(line))
    return [name.strip(b'"') for name in names] if len(names) > 1 and all(map(_is_name, names)) else []


def detect_delimiter(line: bytes) -> bytes:
    """Return what stands between the cells of a table that begins with a line of names."""
    return next((sign for sign in (b"\t", b";", b"|", b",") if sign in line), b",")


def _is_name(cell: bytes) -> bool:
    is_quoted = cell[:1] == b'"' == cell[-1:]
    name = cell[1:-1] if is_quoted else cell
    return 0 < len(name) <= _LONGEST_NAME and not name.translate(None, _LETTERS + b" " * is_quoted)
