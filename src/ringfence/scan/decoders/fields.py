"""Finds the field of a row in which a match is: the key of a JSON value, or the column of a table."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from ...excerpts import sanitise_text

_MAX_COLUMN = 64 << 10  # bytes from the beginning of a line; a match after that is taken for JSON first
_MAX_KEY = 80
_JSON = (b"{", b"[", b'"', b" ", b"\t")  # beginnings of a line of JSON
_BOM = b"\xef\xbb\xbf"
_MAX_NAME = 60
_MAX_BLANKS = 4  # in a name that is no sentence
_MAX_BEFORE = 30  # lines before the names of a table
_MAX_ODD_NAME = 300  # bytes of a name with signs, letters of other alphabets or many words
_CODE = b'={}<>\\`"'  # what isn't in names
_MAX_NAME_LINES = 8  # over which its names may go, where they have line ends between quotes
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-"


TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class Fields:
    """The fields of the JSON objects in a text, or of the table that begins with `head`.

    Each line is parsed once for any number of ascending offsets in it.
    """

    def __init__(self, data: bytes, head: bytes = b"") -> None:
        self._data, self._head = data, head
        self._begin = self._end = self._searched = self._key = -1
        self._cells: list[int] | None = None

    def find_field(self, start: int) -> str:
        """Return the name of the field that contains the byte at an offset, or ""."""
        self._select_line(start)
        key = b""
        if self._data.startswith(_JSON, self._begin) or start - self._begin > _MAX_COLUMN:
            key = self._find_key(start)
        return sanitise_text((key or self._find_column(start)).decode("utf-8", "replace"))

    def _select_line(self, start: int) -> None:
        """Make the line around an offset the current one."""
        if not self._begin <= start < self._end:
            self._begin = self._data.rfind(b"\n", 0, start) + 1
            self._begin += 3 * self._data.startswith(_BOM, self._begin)
            self._end = self._data.find(b"\n", start) + 1 or len(self._data) + 1
            self._searched = self._key = self._begin
            self._cells = None

    def _find_key(self, start: int) -> bytes:
        """Return the nearest JSON key before an offset, or the key that begins there.

        Quotes inside JSON strings are preceded by a backslash, so that `":` ends a key.
        """
        data = self._data
        start -= data[start - 1 : start] == b'"'  # the match may begin after the quote
        own = data[start + 1 : start + _MAX_KEY].partition(b'"')
        if data[start : start + 1] == b'"' and own[2].lstrip()[:1] == b":" and not own[0].endswith(b"\\"):
            return own[0]  # the match begins with a key
        if start < self._searched:
            self._searched = self._key = self._begin
        end = start
        while (end := data.rfind(b'":', self._searched, end)) >= 0:
            if data[end - 1 : end] != b"\\":
                self._key = end
                break
        self._searched = max(start - 1, self._begin)
        if self._key == self._begin:
            return b""
        opening = data.rfind(b'"', max(self._begin, self._key - _MAX_KEY), self._key)
        return data[opening + 1 : self._key] if opening >= 0 else b""

    def _find_column(self, start: int) -> bytes:
        """Return the name of the column at an offset; b"" if the current line isn't a row of the table."""
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
        return detect_delimiter(self._head[:_MAX_COLUMN].partition(b"\n")[0])


def _locate_cell_ends(row: bytes, delimiter: bytes, count: int) -> list[int]:
    """Return the offsets at which the cells of a row end, or [] if there aren't `count` cells."""
    ends: list[int] = []
    position = 0
    while len(ends) < count:
        if row.startswith(b'"', position):
            position += 1
            while (position := row.find(b'"', position) + 1) and row.startswith(b'"', position):
                position += 1  # a quote inside is written twice
            if not position:
                return []
        end = row.find(delimiter, position)
        if end < 0:
            return [*ends, len(row)] if len(ends) == count - 1 else []
        ends.append(end)
        position = end + 1
    return []


class Header:
    """The names of a table: `line` is the number of lines before them, `end` of those with them.

    `may_be_row` is whether a line before named as many columns.
    """

    def __init__(self, names: list[bytes], delimiter: bytes, line: int, end: int, *, may_be_row: bool = False) -> None:
        self.names, self.delimiter, self.line, self.end = names, delimiter, line, end
        self.may_be_row = may_be_row


def find_headers(data: bytes) -> Iterator[Header]:
    """Yield the lines at the beginning of a table that may have its names.

    Before them may be empty lines, comments, a title, and the line `sep=` with which programs name the delimiter.
    Below a line that names every column, each by another name, others with as many cells may be rows.
    """
    delimiter = b""
    named: set[tuple[bytes, int]] = set()
    lines = _split_lines(data)
    for number, raw in enumerate(lines):
        count = _count_quoted_lines(lines, number) if b'"' in raw else 1
        line = b" ".join(lines[number : number + count]).removeprefix(_BOM).strip(b" ")
        if line.lower().startswith(b"sep="):
            delimiter = line[4:5]
            continue
        mark = delimiter or detect_delimiter(line)
        cells = _split_cells(line, mark) if b'"' in line else line.split(mark)
        names = [cell.strip(b' "').replace(b",", b" ") if b'"' in cell else cell.strip(b" ") for cell in cells]
        # Blanks are in the names or before them: `import os, model` is a line of code.
        is_prose = any(cell[:1] == b" " for cell in cells) and any(b" " in name for name in names)
        is_code = raw[:1] in (b" ", b"\t") and line.endswith(b",")  # a list's items, a line of them
        is_code = is_code or (mark == b"|" and len(list(filter(None, names))) == 1)  # a member of a union of types
        if len(names) < 2 or is_prose or is_code:  # noqa: PLR2004 - one column is no table
            continue
        if all(map(_may_be_name, names)) or (
            all(map(_may_be_odd_name, names)) and _has_row_below(lines, number + count, mark, len(names))
        ):
            yield Header(names, mark, number, number + count, may_be_row=(mark, len(names)) in named)
            if all(names) and len(set(names)) == len(names):
                named.add((mark, len(names)))


def _count_quoted_lines(lines: list[bytes], first: int) -> int:
    """Return over how many lines a row goes that begins in a line, by its quotes; 1 where they are never closed."""
    quotes = 0
    for count, line in enumerate(lines[first : first + _MAX_NAME_LINES], 1):
        quotes += line.count(b'"')
        if quotes % 2 == 0:
            return count
    return 1


def _split_cells(line: bytes, delimiter: bytes) -> list[bytes]:
    """Return the cells of a line; a delimiter between quotes separates nothing."""
    cells: list[bytes] = []
    for part in line.split(delimiter):
        if cells and cells[-1].count(b'"') % 2:
            cells[-1] += delimiter + part
        else:
            cells.append(part)
    return cells


def _split_lines(data: bytes) -> list[bytes]:
    """Return the first lines, whatever ends them."""
    head = data[:_MAX_COLUMN]
    if b"\n" not in head:
        return head.split(b"\r", _MAX_BEFORE)[:_MAX_BEFORE]
    return [line.rstrip(b"\r") for line in head.split(b"\n", _MAX_BEFORE)[:_MAX_BEFORE]]


def parse_header(data: bytes) -> list[bytes]:
    """Return the column names in the first line of a table, or [] if it doesn't consist of names."""
    line = data[:_MAX_COLUMN].partition(b"\n")[0].rstrip(b"\r").removeprefix(_BOM)
    names = line.split(detect_delimiter(line))
    return [name.strip(b'"') for name in names] if len(names) > 1 and all(map(_is_name, names)) else []


def detect_delimiter(line: bytes) -> bytes:
    """Return the delimiter of a table by its header line: tab, semicolon, bar or comma."""
    return next((delimiter for delimiter in (b"\t", b";", b"|", b",") if delimiter in line), b",")


def _may_be_name(cell: bytes) -> bool:
    """Return whether a cell without quotes and blanks around it may be a column's name, or that of rows' numbers."""
    return len(cell) <= _MAX_NAME and cell.count(b" ") <= _MAX_BLANKS and not cell.translate(None, _LETTERS + b" ()/")


def _may_be_odd_name(cell: bytes) -> bool:
    """Return whether a cell may be a column's name in any language, a question of a survey, or have odd signs."""
    return len(cell) <= _MAX_ODD_NAME and len(cell) == len(cell.translate(None, _CODE)) and cell[:2] != b"# "


def _has_row_below(lines: list[bytes], number: int, delimiter: bytes, count: int) -> bool:
    """Return whether the next line that isn't empty has as many cells: what names anything has rows."""
    for at in range(number, len(lines)):
        if lines[at].strip():
            row = b" ".join(lines[at : at + _count_quoted_lines(lines, at)])
            return len(_split_cells(row, delimiter)) == count
    return False


def _is_name(cell: bytes) -> bool:
    is_quoted = cell[:1] == b'"' == cell[-1:]
    name = cell[1:-1] if is_quoted else cell
    return 0 < len(name) <= _MAX_NAME and not name.translate(None, _LETTERS + b" " * is_quoted)
