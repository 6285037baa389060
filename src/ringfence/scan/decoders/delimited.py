"""CSV and its like: the columns that say what made a row. All else in a table is scanned as the text that it is."""

from __future__ import annotations

import codecs
import csv
from bisect import bisect_right
from collections import Counter
from functools import cache
from io import StringIO
from itertools import accumulate, chain, islice

from .base import UnreadableError, text
from .encoding import encoding
from .fields import delimiter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .base import Budget, Piece, Stream

_BATCH = 50_000  # rows whose values are held at once
_LONGEST_LINE = 16 << 20  # characters; a quote that is never closed would make a cell of all that follows
_LONGEST_VALUE = 300  # characters of a cell that are kept: longer is a text, and no name

csv.field_size_limit(_LONGEST_LINE)


def columns(stream: Stream, wanted: dict[int, str], budget: Budget) -> Iterator[Piece]:
    """Yield, batch by batch, what the wanted columns (name by number) of a table hold."""
    wide = encoding(stream.head())
    lines = chain.from_iterable(_lines(stream, wide or "latin-1"))  # a letter for each byte: nothing is lost
    rows = filter(None, csv.reader(lines, delimiter=delimiter(next(lines, "").encode()).decode()))
    first = 1
    while batch := _batch(rows, list(wanted)):
        budget.unpack(0)
        for name, values in zip(wanted.values(), batch, strict=True):
            yield _piece(name, values, first, "utf-8" if wide else "latin-1")
        first += len(batch[0])


def _batch(rows: Iterator[list[str]], numbers: list[int]) -> list[list[str]]:
    """Return the next values of some columns, or []; rows that were kept would be looked through for rubbish."""
    found: list[list[str]] = [[] for _ in numbers]
    columns = list(zip(numbers, found, strict=True))
    for row in islice(rows, _BATCH):
        for number, values in columns:
            values.append(row[number] if number < len(row) else "")
    return found if found[0] else []


def _piece(name: str, values: list[str], first: int, encoded: str) -> Piece:
    """Return a column's different values as rows of JSON, each of which knows where it came first and how often."""
    uses = Counter(values)
    known = list(uses)
    begin = f'{{"{name}": "'
    rows = [f'{begin}{value}"}}\n' for value in _plain(known)]
    data = "".join(rows).encode(encoded, "replace")

    @cache
    def ends() -> list[int]:
        return list(accumulate(len(row.encode(encoded, "replace")) for row in rows))

    @cache
    def rows_of() -> dict[str, int]:
        return {value: number for number, value in reversed([*enumerate(values, first)])}

    def value(offset: int) -> str:
        return known[bisect_right(ends(), offset)]

    return text("", data, name, lambda offset: f"row {rows_of()[value(offset)]}", lambda offset: uses[value(offset)])


def _plain(values: list[str]) -> list[str]:
    """Return cells without what would end a string of JSON or a line, and no more of them than tells a name."""
    whole = "".join(values)
    if len(whole) <= _LONGEST_VALUE * len(values) and not any(sign in whole for sign in '"\n\r'):
        return values
    return [" ".join(value[:_LONGEST_VALUE].replace('"', "'").split()) for value in values]


def _lines(stream: Stream, encoded: str) -> Iterator[Iterable[str]]:
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
