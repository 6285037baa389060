"""CSV and its like: the columns that say what made a row. All else in a table is scanned as the text that it is."""

from __future__ import annotations

import codecs
import csv
from itertools import islice

from .base import UnreadableError, text
from .fields import delimiter
from .text import encoding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Budget, Piece, Stream

_BATCH = 50_000  # rows whose values are held at once
_LONGEST_LINE = 16 << 20  # characters; a quote that is never closed would make a cell of all that follows
_LONGEST_VALUE = 300  # characters of a cell that are kept: longer is a text, and no name

csv.field_size_limit(_LONGEST_LINE)


def columns(stream: Stream, wanted: dict[int, str], budget: Budget) -> Iterator[Piece]:
    """Yield, batch by batch, what the wanted columns (name by number) of a table hold."""
    wide = encoding(stream.head())
    lines = _lines(stream, wide or "latin-1")  # a letter for each byte: nothing is lost on the way back
    rows = csv.reader(lines, delimiter=delimiter(next(lines, "").encode()).decode())
    cells = ([row[n][:_LONGEST_VALUE] if n < len(row) else "" for n in wanted] for row in rows if row)
    first = 1
    while batch := list(islice(cells, _BATCH)):
        budget.unpack(0)
        for name, values in zip(wanted.values(), zip(*batch, strict=True), strict=True):
            yield _piece(name, values, first, "utf-8" if wide else "latin-1")
        first += len(batch)


def _piece(name: str, values: tuple[str, ...], first: int, encoded: str) -> Piece:
    """Return a column's different values as rows of JSON, each of which knows where it came first and how often."""
    uses: dict[str, list[int]] = {}
    for number, value in enumerate(values, first):
        uses.setdefault(value, [number, 0])[1] += 1
    plain = (" ".join(value.replace('"', "'").split()) for value in uses)
    data = "".join(f'{{"{name}": "{value}"}}\n' for value in plain).encode(encoded, "replace")
    known = list(uses.values())

    def use(offset: int) -> list[int]:
        return known[data.count(b"\n", 0, offset)]

    return text("", data, name, lambda offset: f"row {use(offset)[0]}", lambda offset: use(offset)[1])


def _lines(stream: Stream, encoded: str) -> Iterator[str]:
    """Yield lines with their ends, whatever those are.

    Raises:
        UnreadableError: A line would fill the memory.
    """
    decode = codecs.getincrementaldecoder(encoded)("replace").decode
    rest = ""
    while data := stream.read():
        *lines, rest = (rest + decode(data)).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if len(rest) > _LONGEST_LINE:
            raise UnreadableError(f"a line of more than {_LONGEST_LINE} bytes")
        yield from (f"{line}\n" for line in lines)
    yield rest
