"""Delimited tables (CSV, TSV): the columns that name the generator of a row; the rest is scanned as plain text."""

from __future__ import annotations

import codecs
import csv
from bisect import bisect_right
from collections import Counter
from functools import cache
from io import StringIO
from itertools import accumulate, chain, islice

from ...policy.markers import measures
from ...values import replace
from .base import UnreadableError, build_piece
from .encoding import detect_encoding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .base import Budget, Piece, Stream
    from .fields import Header

_BATCH_ROWS = 50_000  # rows in memory at once
_MAX_EXTRA = 1  # cells without a name: a line of Markdown may end in `|`
_MAX_LINE = 16 << 20  # characters; a quote that is never closed would turn the rest of the file into one cell
_MAX_VALUE = 300  # characters kept of a cell: longer ones are texts, not names

csv.field_size_limit(_MAX_LINE)


def decode_generator_columns(
    stream: Stream, header: Header, columns: dict[int, str], budget: Budget
) -> Iterator[Piece]:
    """Yield the values of some columns (number: name) of a table, in batches of rows."""
    wide = detect_encoding(stream.peek_head())
    lines = chain.from_iterable(_decode_lines(stream, wide or "latin-1"))  # latin-1 maps every byte, so none is lost
    below = islice(lines, header.end, None)
    rows = filter(None, csv.reader(below, delimiter=header.delimiter.decode("latin-1"), skipinitialspace=True))
    names = [name.decode("utf-8", "replace") for name in header.names]
    named = _NamedRows(names)
    first = 1
    while batch := _read_batch(named.watch(rows), list(columns)):
        budget.count_bytes(0)
        for name, values in zip(columns.values(), batch, strict=True):
            piece = _build_column_piece(name, values, first, "utf-8" if wide else "latin-1")
            yield replace(piece, is_named=True) if named.is_true and measures.is_model_field(name) else piece
        first += len(batch[0])


class _NamedRows:
    """Tells whether the rows so far only name models: those of things, or with measures alone beside them."""

    def __init__(self, names: list[str]) -> None:
        self._is_list = measures.is_list_of_things(names) or measures.is_list_of_models(names)
        self._columns = measures.list_measure_columns(names)
        self._width = len(names)
        self.is_true = self._is_list or bool(self._columns)

    def watch(self, rows: Iterator[list[str]]) -> Iterator[list[str]]:
        """Yield rows, asking each until one holds more."""
        for row in rows if self.is_true and not self._is_list else ():
            cells = [row[number] for number in self._columns if number < len(row)]
            self.is_true = len(row) <= self._width + _MAX_EXTRA and measures.has_measures_alone(cells)
            yield row
            if not self.is_true:
                break
        yield from rows


def _read_batch(rows: Iterator[list[str]], numbers: list[int]) -> list[list[str]]:
    """Return the values of some columns in the next rows, or [] at the end.

    Rows themselves aren't kept: so many live lists would make Python's garbage collector run.
    """
    batch: list[list[str]] = [[] for _ in numbers]
    columns = list(zip(numbers, batch, strict=True))
    for row in islice(rows, _BATCH_ROWS):
        for number, values in columns:
            values.append(row[number] if number < len(row) else "")
    return batch if batch[0] else []


def _build_column_piece(name: str, values: list[str], first: int, encoding: str) -> Piece:
    """Return the distinct values of a column as JSON lines, each with its first row and number of rows."""
    counts = Counter(values)
    distinct = list(counts)
    begin = f'{{"{name}": "'
    rows = [f'{begin}{value}"}}\n' for value in _sanitise_cells(distinct)]
    data = "".join(rows).encode(encoding, "replace")

    @cache
    def locate_row_ends() -> list[int]:
        return list(accumulate(len(row.encode(encoding, "replace")) for row in rows))

    @cache
    def map_first_rows() -> dict[str, int]:
        return {value: number for number, value in reversed([*enumerate(values, first)])}

    def find_value(offset: int) -> str:
        return distinct[bisect_right(locate_row_ends(), offset)]

    return build_piece(
        "",
        data,
        name,
        lambda offset: f"row {map_first_rows()[find_value(offset)]}",
        lambda offset: counts[find_value(offset)],
    )


def _sanitise_cells(values: list[str]) -> list[str]:
    """Return cells without quotes and line ends, so that they fit into a JSON line, cut to `_MAX_VALUE` characters."""
    joined = "".join(values)
    if len(joined) <= _MAX_VALUE * len(values) and not any(char in joined for char in '"\n\r'):
        return values
    return [" ".join(value[:_MAX_VALUE].replace('"', "'").split()) for value in values]


def _decode_lines(stream: Stream, encoding: str) -> Iterator[Iterable[str]]:
    """Yield groups of lines with their line ends (LF, CR or CRLF), one group for each block that is read.

    Raises:
        UnreadableError: A line has more than `_MAX_LINE` characters.
    """
    decode = codecs.getincrementaldecoder(encoding)("replace").decode
    rest = ""
    while data := stream.read():
        rest += decode(data)
        end = max(rest.rfind("\n"), rest.rfind("\r", 0, -1)) + 1  # a CR at the end may be half of a CRLF
        if len(rest) - end > _MAX_LINE:
            raise UnreadableError(f"a line of more than {_MAX_LINE} bytes")
        yield StringIO(rest[:end], newline=None)
        rest = rest[end:]
    yield StringIO(rest, newline=None)
