"""Does a ledger still say what was written into it? Every row is held against its own digest and the row before."""

from __future__ import annotations

import json
import os

from .ledger import iter_entries, run_query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .ledger import Entry


def find_faults(path: str, tip: str = "") -> Iterator[str]:
    """Yield what is wrong with a ledger, a sentence each.

    Args:
        path: The ledger.
        tip: `ID:DIGEST` of an entry that was seen before, by which even a ledger that was made anew is found out.

    Raises:
        LedgerError: It can't be read.
    """
    yield from _find_schema_changes(path)
    vouched = _read_checkpoints(path)
    last: Entry | None = None
    number, _, digest = tip.partition(":")
    for entry in iter_entries(path):
        yield from _find_break(last, entry, vouched)
        if entry.compute_digest() != entry.digest:
            yield f"entry {entry.id} was changed: its digest isn't that of its columns."
        if str(entry.id) == number and entry.digest != digest:
            yield f"entry {entry.id} isn't the one that was seen before: {entry.digest}."
        last = entry
    held = last.id if last else 0
    if number and int(number) > held:
        yield f"entry {number}, which was seen before, is missing."
    highest = next(iter(run_query(path, "SELECT seq FROM sqlite_sequence WHERE name = 'entries'")[1]), (0,))[0]
    if highest != held:
        yield f"the last entry should be {highest}, and is {held or 'missing'}."


def read_tip(path: str) -> str:
    """Return `ID:DIGEST` of the last entry, "" of an empty ledger."""
    for entry in iter_entries(path, "id = (SELECT max(id) FROM entries)"):
        return f"{entry.id}:{entry.digest}"
    return ""


def _find_break(last: Entry | None, entry: Entry, vouched: dict[int, str]) -> Iterator[str]:
    """Tell where the chain is broken between an entry and the one before."""
    expected = last.id + 1 if last else 1
    if last is None and vouched.get(entry.id - 1, "") == entry.previous:
        return  # the first entry of all, or the first that pruning left
    if entry.id != expected:
        yield f"entries {expected} to {entry.id - 1} are missing."
    elif entry.previous != (last.digest if last else ""):
        yield f"entry {entry.id} wasn't written behind the entry that stands before it."


def _read_checkpoints(path: str) -> dict[int, str]:
    """Return the digests that checkpoints vouch for, by entry."""
    found = (json.loads(entry.body) for entry in iter_entries(path, "kind = 'checkpoint'"))
    return {0: ""} | {int(body["through"]): str(body["digest"]) for body in found}


def _find_schema_changes(path: str) -> Iterator[str]:
    """Tell what of tables, triggers and views isn't as ringfence makes it."""
    import sqlite3

    ask = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
    with open(os.path.join(os.path.dirname(__file__), "ledger.sql"), encoding="utf-8") as schema:
        fresh = sqlite3.connect(":memory:")
        fresh.executescript(schema.read())
    ours = dict(fresh.execute(ask))
    fresh.close()
    theirs = dict(run_query(path, ask)[1])
    for name in sorted(ours.keys() | theirs.keys()):
        if ours.get(name) != theirs.get(name):
            yield f"{name} isn't as ringfence made it: what it refuses, or shows, may have been changed."
