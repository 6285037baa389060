"""The ledger: an append-only SQLite file of every decision, in which each entry holds the digest of the one before.

`ledger.sql` defines the columns; its triggers refuse everything but additions.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time

from ..errors import LedgerError, UsageError
from ..values import fields, replace, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, TypeVar

    T = TypeVar("T")

_LOCK_TIMEOUT = 20.0  # seconds to wait for other writers; each of them needs a few milliseconds
COLUMNS = ("id", "at", "kind", "who", "repository", "outcome", "body", "previous", "digest")


@value
class Decision:
    """A decision to record; `body` must be serialisable as JSON."""

    kind: str
    who: str
    repository: str
    outcome: str
    body: dict[str, Any]


@value
class Entry:
    """A row of the ledger."""

    id: int
    at: str
    kind: str
    who: str
    repository: str
    outcome: str
    body: str
    previous: str
    digest: str

    def compute_digest(self) -> str:
        """Return the SHA-256 (hexadecimal) over all other columns."""
        columns = [self.id, self.at, self.kind, self.who, self.repository, self.outcome, self.body, self.previous]
        return hashlib.sha256(json.dumps(columns).encode()).hexdigest()


def append_entry(path: str, decision: Decision) -> Entry:
    """Append a decision and return its entry, once it has been synced to disk.

    Raises:
        LedgerError: The entry couldn't be written.
    """
    return _run_transaction(path, lambda connection: _insert_entry(connection, decision))


def prune_entries(path: str, before: str, who: str, reason: str) -> int:
    """Delete the entries before a time (ISO 8601), append a checkpoint with their last digest, and return their number.

    Raises:
        LedgerError: The ledger can't be written.
    """
    pruned = _run_transaction(path, lambda connection: _delete_entries(connection, before, who, reason))
    if pruned:
        _use_connection(path, lambda connection: connection.execute("VACUUM"))  # leaves no deleted rows in free pages
    return pruned


def iter_entries(path: str, where: str = "1", values: tuple[object, ...] = ()) -> Iterator[Entry]:
    """Yield the entries that match an SQL condition, oldest first; `values` fill its placeholders.

    Raises:
        LedgerError: There is no ledger, or it can't be read.
    """
    for row in run_query(path, f"SELECT {', '.join(COLUMNS)} FROM entries WHERE {where} ORDER BY id", values)[1]:  # noqa: S608 - ours
        yield Entry(*row)


def run_query(path: str, sql: str, values: tuple[object, ...] = ()) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """Run an SQL query on a connection that can't write; return the names of the columns, and the rows.

    Raises:
        LedgerError: There is no ledger, or it can't be read.
        UsageError: The query is invalid, or would change the ledger.
    """
    try:
        connection = sqlite3.connect(f"file:{_quote_path(path)}?mode=ro", uri=True, timeout=_LOCK_TIMEOUT)
        connection.execute("PRAGMA query_only = on")
        connection.execute("SELECT id FROM entries LIMIT 1")
    except sqlite3.Error as error:
        raise LedgerError(f"the ledger {path} can't be read: {error}.") from None
    try:
        cursor = connection.execute(sql, values)
    except (sqlite3.OperationalError, sqlite3.ProgrammingError, sqlite3.Warning) as error:
        raise UsageError(
            f"the query can't be run: {error}.", "The tables are entries, refs, commits and findings."
        ) from None
    return [column[0] for column in cursor.description or ()], _iter_rows(path, connection, cursor)


def _iter_rows(path: str, connection: sqlite3.Connection, cursor: sqlite3.Cursor) -> Iterator[tuple[Any, ...]]:
    try:
        yield from cursor
    except sqlite3.Error as error:
        raise LedgerError(f"the ledger {path} can't be read: {error}.") from None
    finally:
        connection.close()


def _run_transaction(path: str, work: Callable[[sqlite3.Connection], T]) -> T:
    """Call `work` in an exclusive write transaction and return its result."""

    def commit_work(connection: sqlite3.Connection) -> T:
        connection.execute("BEGIN IMMEDIATE")  # no other writer can append between reading the last entry and ours
        result = work(connection)
        connection.execute("COMMIT")
        return result

    return _use_connection(path, commit_work)


def _use_connection(path: str, work: Callable[[sqlite3.Connection], T]) -> T:
    connection = None
    try:
        if not os.path.exists(path):
            _create_ledger(path)
        connection = _open_connection(path)
        return work(connection)
    except (OSError, sqlite3.Error) as error:
        raise LedgerError(
            f"the ledger {path} can't be written: {error}.", "See its permissions and its disk."
        ) from None
    finally:
        if connection:
            connection.close()


def _open_connection(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{_quote_path(path)}?mode=rw", uri=True, timeout=_LOCK_TIMEOUT, isolation_level=None
    )
    connection.execute("PRAGMA synchronous = FULL")  # in WAL mode: COMMIT returns after the data is synced
    return connection


def _create_ledger(path: str) -> None:
    """Create an empty ledger under a temporary name and link it into place: other processes may create it too."""
    temporary = f"{path}.{os.getpid()}"
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL, 0o600))
    try:
        connection = _open_connection(temporary)
        with open(os.path.join(os.path.dirname(__file__), "ledger.sql"), encoding="utf-8") as schema:
            connection.executescript(f"PRAGMA journal_mode = WAL; BEGIN; {schema.read()} COMMIT;")
        connection.close()
        os.link(temporary, path)
    except FileExistsError:
        pass  # another process was faster
    finally:
        os.unlink(temporary)


def _insert_entry(connection: sqlite3.Connection, decision: Decision) -> Entry:
    number = connection.execute("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'entries'), 0) + 1")
    last = connection.execute("SELECT digest FROM entries ORDER BY id DESC LIMIT 1").fetchone()
    entry = Entry(
        id=number.fetchone()[0],
        at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        kind=decision.kind,
        who=decision.who,
        repository=decision.repository,
        outcome=decision.outcome,
        body=json.dumps(decision.body, sort_keys=True),
        previous=last[0] if last else "",
        digest="",
    )
    entry = replace(entry, digest=entry.compute_digest())
    marks = ", ".join(f":{name}" for name in COLUMNS)
    connection.execute(f"INSERT INTO entries ({', '.join(COLUMNS)}) VALUES ({marks})", fields(entry))  # noqa: S608 - ours
    return entry


def _delete_entries(connection: sqlite3.Connection, before: str, who: str, reason: str) -> int:
    """Delete the entries before the first one that is younger than `before`: clocks can go back, ids can't."""
    condition = "id < (SELECT coalesce(min(id), 1e18) FROM entries WHERE at >= ?)"
    count, last = connection.execute(f"SELECT count(*), max(id) FROM entries WHERE {condition}", (before,)).fetchone()  # noqa: S608
    if not count:
        return 0
    digest, at = connection.execute("SELECT digest, at FROM entries WHERE id = ?", (last,)).fetchone()
    body = {"through": last, "digest": digest, "entries": count, "until": at, "reason": reason}
    _insert_entry(connection, Decision("checkpoint", who, "", "pruned", body))
    connection.execute("DELETE FROM entries WHERE id <= ?", (last,))
    return int(count)


def _quote_path(path: str) -> str:
    """Return a path escaped for an SQLite URI."""
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
