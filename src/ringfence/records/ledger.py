"""The record of every decision: an append-only SQLite file in which each entry vouches for the one before.

`ledger.sql` says what an entry holds, and its triggers refuse whatever isn't an addition.
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

_PATIENCE = 20.0  # seconds to wait for others who write; each of them needs a few milliseconds
COLUMNS = ("id", "at", "kind", "who", "repository", "outcome", "body", "previous", "digest")


@value
class Decision:
    """What is to be recorded; `body` is what JSON can hold."""

    kind: str
    who: str
    repository: str
    outcome: str
    body: dict[str, Any]


@value
class Entry:
    """A decision as it stands in the ledger."""

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
        """Return the digest that an entry with these columns must have."""
        columns = [self.id, self.at, self.kind, self.who, self.repository, self.outcome, self.body, self.previous]
        return hashlib.sha256(json.dumps(columns).encode()).hexdigest()


def append_entry(path: str, decision: Decision) -> Entry:
    """Add a decision; when this returns, it is on the disk.

    Raises:
        LedgerError: It isn't.
    """
    return _run_transaction(path, lambda connection: _insert_entry(connection, decision))


def prune_entries(path: str, before: str, who: str, reason: str) -> int:
    """Take out the entries from before a time, leave a checkpoint that vouches for them, and return their number.

    Raises:
        LedgerError: The ledger can't be written.
    """
    pruned = _run_transaction(path, lambda connection: _delete_entries(connection, before, who, reason))
    if pruned:
        _use_connection(path, lambda connection: connection.execute("VACUUM"))  # what was taken out is really gone
    return pruned


def iter_entries(path: str, where: str = "1", values: tuple[object, ...] = ()) -> Iterator[Entry]:
    """Yield the entries for which an SQL condition holds, oldest first.

    Raises:
        LedgerError: There is no ledger, or it can't be read.
    """
    for row in run_query(path, f"SELECT {', '.join(COLUMNS)} FROM entries WHERE {where} ORDER BY id", values)[1]:  # noqa: S608 - ours
        yield Entry(*row)


def run_query(path: str, sql: str, values: tuple[object, ...] = ()) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """Ask an SQL question of a ledger that can't be written by it; return the names of the columns, and the rows.

    Raises:
        LedgerError: There is no ledger, or it can't be read.
        UsageError: The question makes no sense, or would change something.
    """
    try:
        connection = sqlite3.connect(f"file:{_quote_path(path)}?mode=ro", uri=True, timeout=_PATIENCE)
        connection.execute("PRAGMA query_only = on")
        connection.execute("SELECT id FROM entries LIMIT 1")
    except sqlite3.Error as error:
        raise LedgerError(f"the ledger {path} can't be read: {error}.") from None
    try:
        found = connection.execute(sql, values)
    except (sqlite3.OperationalError, sqlite3.ProgrammingError, sqlite3.Warning) as error:
        raise UsageError(
            f"the ledger can't answer that: {error}.", "Ask of entries, refs, commits or findings."
        ) from None
    return [column[0] for column in found.description or ()], _iter_rows(path, connection, found)


def _iter_rows(path: str, connection: sqlite3.Connection, found: sqlite3.Cursor) -> Iterator[tuple[Any, ...]]:
    try:
        yield from found
    except sqlite3.Error as error:
        raise LedgerError(f"the ledger {path} can't be read: {error}.") from None
    finally:
        connection.close()


def _run_transaction(path: str, work: Callable[[sqlite3.Connection], T]) -> T:
    """Do all of some work, or nothing of it, while nobody else writes."""

    def commit_work(connection: sqlite3.Connection) -> T:
        connection.execute("BEGIN IMMEDIATE")  # the last entry stays the last until ours is there
        done = work(connection)
        connection.execute("COMMIT")
        return done

    return _use_connection(path, commit_work)


def _use_connection(path: str, work: Callable[[sqlite3.Connection], T]) -> T:
    connection = None
    try:
        if not os.path.exists(path):
            _create_ledger(path)
        connection = _open_connection(path)
        return work(connection)
    except (OSError, sqlite3.Error) as error:
        raise LedgerError(f"the ledger {path} can't be written: {error}.", "See its rights and its disk.") from None
    finally:
        if connection:
            connection.close()


def _open_connection(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{_quote_path(path)}?mode=rw", uri=True, timeout=_PATIENCE, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")  # in WAL mode: COMMIT returns when the disk has it
    return connection


def _create_ledger(path: str) -> None:
    """Make an empty ledger aside and put it in place whole: others may be about to do the same, or we may be killed."""
    aside = f"{path}.{os.getpid()}"
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    os.close(os.open(aside, os.O_CREAT | os.O_EXCL, 0o600))
    try:
        connection = _open_connection(aside)
        with open(os.path.join(os.path.dirname(__file__), "ledger.sql"), encoding="utf-8") as schema:
            connection.executescript(f"PRAGMA journal_mode = WAL; BEGIN; {schema.read()} COMMIT;")
        connection.close()
        os.link(aside, path)
    except FileExistsError:
        pass  # another was first
    finally:
        os.unlink(aside)


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
    """Prune up to the first entry that is young enough; a clock may have gone back in between."""
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
    """Return a path as a part of a URI."""
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
