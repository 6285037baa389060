"""CSV and its like: the columns that say what made a row. All else in a table is scanned as the text that it is."""

from __future__ import annotations

import codecs
import csv
from bisect import bisect_right
from collections import Counter
from functools import cache
from io import StringIO
from itertools import accumulate, chain, islice

from .base import UnreadableError, build_piece
from .encoding import detect_encoding
from .fields import detect_delimiter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .base import Budget, Piece, Stream

_BATCH = 50_000  # rows whose values are held at once
_LONGEST_LINE = 16 << 20  # characters; a quote that is never closed would make a cell of all that follows
_LONGEST_VALUE = 300  # characters of a cell that are kept: longer is a text, and no name

csv.field_size_limit(_LONGEST_LINE)


def decode_generator_columns(stream: Stream, wanted: dict[int, str], budget: Budget) -> Iterator[Piece]:
    """Yield, batch by batch, what the wanted columns (name by number) of a table hold."""
    wide = detect_encoding(stream.peek_head())
    lines = chain.from_iterable(_decode_lines(stream, wide or "latin-1"))  # a letter for each byte: nothing is lost
    rows = filter(None, csv.reader(lines, delimiter=detect_delimiter(next(lines, "").encode()).decode()))
    first = 1
    while batch := _read_batch(rows, list(wanted)):
        budget.count_bytes(0)
        for name, values in zip(wanted.values(), batch, strict=True):
            yield _build_column_piece(name, values, first, "utf-8" if wide else "latin-1")
        first += len(batch[0])


def _read_batch(rows: Iterator[list[str]], numbers: list[int]) -> list[list[str]]:
    """Return the next values of some columns, or []; rows that were kept would be looked through for rubbish."""
    found: list[list[str]] = [[] for _ in numbers]
    columns = list(zip(numbers, found, strict=True))
    for row in islice(rows, _BATCH):
        for number, values in columns:
            values.append(row[number] if number < len(row) else "")
    return found if found[0] else []


def _build_column_piece(name: str, values: list[str], first: int, encoded: str) -> Piece:
    """Return a column's different values as rows of JSON, each of which knows where it came first and how often."""
    uses = Counter(values)
    known = list(uses)
    begin = f'{{"{name}": "'
    rows = [f'{begin}{value}"}}\n' for value in _sanitise_cells(known)]
    data = "".join(rows).encode(encoded, "replace")

    @cache
    def locate_row_ends() -> list[int]:
        return list(accumulate(len(row.encode(encoded, "replace")) for row in rows))

    @cache
    def map_first_rows() -> dict[str, int]:
        return {value: number for number, value in reversed([*enumerate(values, first)])}

    def find_value(offset: int) -> str:
        return known[bisect_right(locate_row_ends(), offset)]

    return build_piece(
        "",
        data,
        name,
        lambda offset: f"row {map_first_rows()[find_value(offset)]}",
        lambda offset: uses[find_value(offset)],
    )


def _sanitise_cells(values: list[str]) -> list[str]:
    """Return cells without what would end a string of JSON or a line, and no more of them than tells a name."""
    whole = "".join(values)
    if len(whole) <= _LONGEST_VALUE * len(values) and not any(sign in whole for sign in '"\n\r'):
        return values
    return [" ".join(value[:_LONGEST_VALUE].replace('"', "'").split()) for value in values]


def _decode_lines(stream: Stream, encoded: str) -> Iterator[Iterable[str]]:
    """Yield lines with their ends, whatever those are, as many at once as were read.

    Raises:
        UnreadableError: A line would fill the memory.
    """
    decode = codecs.getincrementaldecoder(encoded)("replace").decode
    rest = ""
    while data := stream.read():
        rest += decode(data)
        end = max(rest.rfind("\n"), rest.rfind("\r", 0, -1)) + 1  # behind the last one, a line end may come in two
        if len(rest) - end > _LONGEST_LINE:
            raise UnreadableError(f"a line of more than {_LONGEST_LINE} bytes")
        yield StringIO(rest[:end], newline=None)
        rest = rest[end:]
    yield StringIO(rest, newline=None)
