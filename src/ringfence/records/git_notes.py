"""Copies verdicts from the ledger to git notes on accepted commits, so that clones can fetch them."""

from __future__ import annotations

import json
import os
import time

from ..errors import PolicyError, UsageError
from ..git.notes import list_noted_objects
from .ledger import iter_entries, run_query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..repository import Repository
    from ..sources.refs import Update
    from .ledger import Entry

NOTES = "refs/notes/ringfence"
_LOCK = "ringfence-notes.lock"
_ENTRY = (
    "SELECT id FROM refs WHERE ref = ? AND old = ? AND new = ? AND repository = ? "
    "AND outcome NOT IN ('blocked', 'error') ORDER BY id DESC LIMIT 1"
)


def refuse_pushed_notes(updates: list[Update]) -> None:
    """Refuse a push that creates, changes or deletes the ref of these notes.

    Raises:
        PolicyError: It does.
    """
    if any(ref == NOTES.encode() for _, _, ref in updates):
        raise PolicyError(f"{NOTES} is written by the server and can't be pushed.", "Leave it out of the push.")


def write_notes(repository: Repository, updates: list[Update]) -> int:
    """Write a note for each commit of a push that has none yet, and return how many were written; idempotent.

    Raises:
        UsageError: No ledger is configured; the notes are made from its entries.
        GitError: The notes can't be written.
    """
    import fcntl

    if not repository.ledger:
        raise UsageError("notes are made from the ledger, and none is configured here.", "See docs/ledger.md.")
    notes = {
        commit: _format_note(entry)
        for entry in _find_entries(repository, updates)
        for commit in json.loads(entry.body)["commits"]
    }
    if not notes:
        return 0
    with open(os.path.join(repository.repo.find_common_directory(), _LOCK), "ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the system releases it, however the process ends
        noted = list_noted_objects(repository.repo, NOTES)
        missing = {commit: line for commit, line in notes.items() if commit not in noted}
        if missing:
            repository.repo.run("fast-import", "--quiet", feed=_format_stream(missing, is_first=not noted))
    return len(missing)


def _find_entries(repository: Repository, updates: list[Update]) -> list[Entry]:
    """Return the ledger's entries that accepted these updates."""
    keys = ((os.fsdecode(ref), old, new, repository.name) for old, new, ref in updates)
    ids = {row[0] for values in keys for row in run_query(repository.ledger, _ENTRY, values)[1]}
    return [entry for number in sorted(ids) for entry in iter_entries(repository.ledger, "id = ?", (number,))]


def _format_note(entry: Entry) -> bytes:
    note = {"verdict": entry.outcome, "ruleset": json.loads(entry.body)["ruleset"], "time": entry.at, "entry": entry.id}
    return json.dumps(note).encode() + b"\n"


def _format_stream(lines: dict[str, bytes], *, is_first: bool) -> bytes:
    """Return notes (commit: line) as input of git fast-import; without `from` it would drop the existing notes."""
    head = f"commit {NOTES}\ncommitter ringfence <> {int(time.time())} +0000\ndata 0\n"
    parts = [head.encode(), b"" if is_first else f"from {NOTES}^0\n".encode()]
    parts += [b"N inline %s\ndata %d\n%s" % (commit.encode(), len(line), line) for commit, line in lines.items()]
    return b"".join(parts)
