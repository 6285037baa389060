"""The table of an index's sources, in SQLite: where recorded text came from, and what was recorded already."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING

from ...errors import IncompleteError
from ...values import fields, value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SOURCES = "sources.db"
_BUSY = 60.0  # seconds to wait for another process
_SCHEMA = """
CREATE TABLE IF NOT EXISTS source(
    id INTEGER PRIMARY KEY, generation INTEGER NOT NULL, repository TEXT NOT NULL, revision TEXT NOT NULL,
    path TEXT NOT NULL, vendor TEXT NOT NULL, product TEXT NOT NULL, model TEXT NOT NULL, model_vendor TEXT NOT NULL,
    evidence TEXT NOT NULL, written TEXT NOT NULL, recorded TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS source_place ON source(repository, revision, path);
CREATE TABLE IF NOT EXISTS done(
    repository TEXT NOT NULL, item TEXT NOT NULL, generation INTEGER NOT NULL, PRIMARY KEY(repository, item)
) WITHOUT ROWID;
"""


@value
class Source:
    """Where recorded text came from.

    Attributes:
        repository: The name of the repository, or of the agent for a session.
        revision: The commit, or the id of the session.
        path: The file, as git prints it.
        vendor, product: Whose tool wrote it; by the ids of the catalogue.
        model, model_vendor: The model that is named beside the mark; "" if none is.
        evidence: What says so: commit, note, agent-trace, session, call.
        written: When it was committed, in UTC; "" if unknown.
        recorded: When it was recorded, in UTC.
    """

    repository: str
    revision: str
    path: str
    vendor: str
    product: str
    model: str = ""
    model_vendor: str = ""
    evidence: str = "commit"
    written: str = ""
    recorded: str = ""


_COLUMNS = ", ".join(Source.__slots__)  # type: ignore[attr-defined]  # of a value
_PLACES = ", ".join("?" for _ in Source.__slots__)  # type: ignore[attr-defined]
_INSERT = f"INSERT INTO source(id, generation, {_COLUMNS}) VALUES (?, ?, {_PLACES})"  # noqa: S608 - constants


class SourceTable:
    """The sources of one index; rows of a generation that the manifest doesn't have yet don't count."""

    def __init__(self, folder: str, *, writable: bool = False) -> None:
        """Open the table; `writable` creates it.

        Raises:
            IncompleteError: It can't be opened.
        """
        path = os.path.join(folder, SOURCES)
        try:
            mode = "rwc" if writable else "ro"
            self._db = sqlite3.connect(f"file:{path}?mode={mode}", uri=True, timeout=_BUSY, isolation_level=None)
            if writable:
                self._db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise IncompleteError(f"{path}: the sources of the index of ingredients can't be read: {error}.") from None

    def drop_uncommitted(self, generation: int) -> None:
        """Delete what a writer left that was killed before it wrote the manifest."""
        for table in ("source", "done"):
            self._db.execute(f"DELETE FROM {table} WHERE generation > ?", (generation,))  # noqa: S608 - a constant

    def add(self, sources: Sequence[Source], items: Iterable[tuple[str, str]], generation: int) -> int:
        """Add sources, and (repository, item) pairs that are done; return the number of the first source."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            (first,) = self._db.execute("SELECT coalesce(max(id), 0) + 1 FROM source").fetchone()
            self._db.executemany(
                _INSERT,
                ((first + number, generation, *fields(source).values()) for number, source in enumerate(sources)),
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO done VALUES (?, ?, ?)", [(*item, generation) for item in items]
            )
            return int(first)

    def get(self, numbers: Iterable[int]) -> dict[int, Source]:
        """Return the sources with these numbers, those that are there."""
        found = {}
        for number in set(numbers):
            query = f"SELECT {_COLUMNS} FROM source WHERE id = ?"  # noqa: S608 - constants
            for row in self._db.execute(query, (number,)):
                found[number] = Source(*row)
        return found

    def list_done(self, repository: str) -> set[str]:
        """Return the items of a repository that were recorded completely."""
        return {item for (item,) in self._db.execute("SELECT item FROM done WHERE repository = ?", (repository,))}

    def find(self, repository: str = "", revision: str = "") -> set[int]:
        """Return the numbers of the sources of a repository, or of a revision; revisions may be abbreviated."""
        rows = self._db.execute(
            "SELECT id FROM source WHERE (?1 = '' OR repository = ?1) AND (?2 = '' OR revision LIKE ?2 || '%')",
            (repository, revision.replace("%", "").replace("_", "")),
        )
        return {number for (number,) in rows}

    def remove(self, numbers: Iterable[int], repository: str = "") -> None:
        """Delete sources, and with a repository what is noted as done for it."""
        with self._db:
            self._db.executemany("DELETE FROM source WHERE id = ?", ((number,) for number in numbers))
            self._db.execute("DELETE FROM done WHERE repository = ?", (repository,))

    def list_places(self) -> set[tuple[str, str, str]]:
        """Return the (repository, revision, path) of all sources."""
        return set(self._db.execute("SELECT repository, revision, path FROM source"))

    def iter_summary(self) -> Iterator[tuple[str, str, str, int, int, str]]:
        """Yield (repository, vendor, product, number of revisions, of sources, last recorded), sorted."""
        yield from self._db.execute(
            "SELECT repository, vendor, product, count(DISTINCT revision), count(*), max(recorded) FROM source"
            " GROUP BY repository, vendor, product ORDER BY repository, vendor, product"
        )

    def close(self) -> None:
        """Close the table."""
        self._db.close()
