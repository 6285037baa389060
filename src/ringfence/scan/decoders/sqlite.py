"""SQLite: the texts and files in tables. No view, virtual table or function in its schema is executed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ...excerpts import sanitise_text
from . import json_rows
from .base import CHUNK, Member, Stream, UnreadableError
from .blobs import is_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Budget, Piece

_MAX_LENGTH = 32 << 20  # bytes of a text, a blob, a row
_CHECK_EVERY = 100_000  # instructions of SQLite's virtual machine between checks of the time limit
_MIN_VERSION = (3, 37)  # the first with PRAGMA table_list, which shows virtual tables


def decode_sqlite(stream: Stream, budget: Budget) -> Iterator[Piece | Member]:
    """Yield the columns of a database's tables, and the files in them.

    Raises:
        UnreadableError: The SQLite library is too old to read it safely, or a limit is exceeded.
    """
    if sqlite3.sqlite_version_info < _MIN_VERSION:
        raise UnreadableError(f"SQLite {sqlite3.sqlite_version} is too old; 3.37 is required")
    with stream.open_file() as file, closing(_open_database(file.name)) as database:
        database.set_progress_handler(lambda: _is_over_budget(budget), _CHECK_EVERY)
        for schema, name, kind, *_ in database.execute("PRAGMA table_list").fetchall():
            if (schema, kind) in ((b"main", b"table"), (b"main", b"shadow")):
                budget.count_member()
                yield from _decode_table(database, name.decode("utf-8", "replace"), budget)


def _open_database(path: str) -> sqlite3.Connection:
    """Open a database read-only and without its journal; `immutable` keeps SQLite from creating files beside it."""
    database = sqlite3.connect(f"file:{quote(path)}?mode=ro&immutable=1", uri=True)
    database.text_factory = bytes
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_LENGTH)
    for pragma in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON", "mmap_size = 0"):
        database.execute(f"PRAGMA {pragma}")
    return database


def _is_over_budget(budget: Budget) -> bool:
    try:
        budget.count_bytes(0)
    except UnreadableError:
        return True
    return False


def _decode_table(database: sqlite3.Connection, name: str, budget: Budget) -> Iterator[Piece | Member]:
    cursor = database.execute('SELECT * FROM "{}"'.format(name.replace('"', '""')))  # noqa: S608 - the name is quoted
    fields = [column[0] for column in cursor.description]
    first = 1
    for batch in _iter_batches(cursor, budget):
        place, textless = f"table {sanitise_text(name)}", []
        for field, values in zip(fields, zip(*batch, strict=True), strict=True):
            if any(isinstance(value, bytes) for value in values):
                files = {number: value for number, value in enumerate(values) if _is_blob_file(value)}
                for number, value in files.items():
                    yield Member(f"{place}, row {first + number}, field {sanitise_text(field)}", Stream([value]))
                texts = [b"" if number in files else _encode_value(value) for number, value in enumerate(values)]
                yield json_rows.build_field_piece(place, field, texts, first)
            else:
                textless.append((field, "number"))
        yield json_rows.build_textless_piece(place, textless, first, len(batch))
        first += len(batch)


def _iter_batches(cursor: sqlite3.Cursor, budget: Budget) -> Iterator[list[tuple[Any, ...]]]:
    """Yield batches of rows of about `CHUNK` bytes."""
    batch: list[tuple[Any, ...]] = []
    size = 0
    for row in cursor:
        batch.append(row)
        size += 64 + sum(len(value) for value in row if isinstance(value, bytes))
        if size >= CHUNK:
            budget.count_bytes(size)
            yield batch
            batch, size = [], 0
    budget.count_bytes(size)
    if batch:
        yield batch


def _is_blob_file(value: Any) -> bool:
    return isinstance(value, bytes) and is_file(value)


def _encode_value(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    return b"" if value is None else str(value).encode()
