"""Verifies a ledger: each row against its own digest and the row before, and the schema against `ledger.sql`."""

from __future__ import annotations

import json
import os

from .ledger import iter_entries, run_query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .ledger import Entry


def find_faults(path: str, tip: str = "") -> Iterator[str]:
    """Yield the faults of a ledger, a sentence each.

    Args:
        path: The ledger.
        tip: `ID:DIGEST` of the last entry at an earlier time; it reveals a ledger that was replaced as a whole.

    Raises:
        LedgerError: The ledger can't be read.
    """
    yield from _find_schema_changes(path)
    checkpoints = _read_checkpoints(path)
    last: Entry | None = None
    number, _, digest = tip.partition(":")
    for entry in iter_entries(path):
        yield from _find_break(last, entry, checkpoints)
        if entry.compute_digest() != entry.digest:
            yield f"entry {entry.id} was changed: its digest doesn't match its columns."
        if str(entry.id) == number and entry.digest != digest:
            yield f"entry {entry.id} isn't the one of the tip: its digest is {entry.digest}."
        last = entry
    last_id = last.id if last else 0
    if number and int(number) > last_id:
        yield f"entry {number}, the one of the tip, is missing."
    highest = next(iter(run_query(path, "SELECT seq FROM sqlite_sequence WHERE name = 'entries'")[1]), (0,))[0]
    if highest != last_id:
        yield f"the last entry should be {highest}, but is {last_id or 'missing'}."


def read_tip(path: str) -> str:
    """Return `ID:DIGEST` of the last entry, or "" for an empty ledger."""
    for entry in iter_entries(path, "id = (SELECT max(id) FROM entries)"):
        return f"{entry.id}:{entry.digest}"
    return ""


def _find_break(last: Entry | None, entry: Entry, checkpoints: dict[int, str]) -> Iterator[str]:
    """Yield how the chain is broken between the `last` entry and the next; `checkpoints` as `_read_checkpoints`."""
    expected = last.id + 1 if last else 1
    if last is None and checkpoints.get(entry.id - 1, "") == entry.previous:
        return  # the first entry of the ledger, or the first after pruning
    if entry.id != expected:
        yield f"entries {expected} to {entry.id - 1} are missing."
    elif entry.previous != (last.digest if last else ""):
        yield f"entry {entry.id} doesn't follow the entry before it: it holds another digest."


def _read_checkpoints(path: str) -> dict[int, str]:
    """Return the digest of the last pruned entry of each checkpoint, by the entry's id; 0 is the empty beginning."""
    bodies = (json.loads(entry.body) for entry in iter_entries(path, "kind = 'checkpoint'"))
    return {0: ""} | {int(body["through"]): str(body["digest"]) for body in bodies}


def _find_schema_changes(path: str) -> Iterator[str]:
    """Yield the tables, triggers and views that differ from `ledger.sql`."""
    import sqlite3

    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
    with open(os.path.join(os.path.dirname(__file__), "ledger.sql"), encoding="utf-8") as schema:
        fresh = sqlite3.connect(":memory:")
        fresh.executescript(schema.read())
    expected = dict(fresh.execute(query))
    fresh.close()
    found = dict(run_query(path, query)[1])
    for name in sorted(expected.keys() | found.keys()):
        if expected.get(name) != found.get(name):
            yield f"{name} differs from ringfence's schema: what it refuses, or shows, may have been changed."
