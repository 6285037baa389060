"""The record as git notes on accepted commits, where a server wants it to travel; the ledger stays what counts."""

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
    """Refuse a push of notes that the server alone writes.

    Raises:
        PolicyError: It brings some, or takes them away.
    """
    if any(ref == NOTES.encode() for _, _, ref in updates):
        raise PolicyError(f"{NOTES} is written by the server: nobody pushes there.", "Leave it out of the push.")


def write_notes(place: Repository, updates: list[Update]) -> int:
    """Write the notes that a push's commits lack and return how many; asked twice, the second time there are none.

    Raises:
        UsageError: No ledger is kept, which they are taken from.
        GitError: They can't be written.
    """
    import fcntl

    if not place.ledger:
        raise UsageError("notes are taken from the ledger, and none is kept here.", "See docs/ledger.md.")
    said = {
        commit: _format_note(entry)
        for entry in _find_entries(place, updates)
        for commit in json.loads(entry.body)["commits"]
    }
    if not said:
        return 0
    with open(os.path.join(place.repo.find_common_directory(), _LOCK), "ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the system gives it back, however we end
        there = list_noted_objects(place.repo, NOTES)
        lacking = {commit: line for commit, line in said.items() if commit not in there}
        if lacking:
            place.repo.run("fast-import", "--quiet", feed=_format_stream(lacking, is_first=not there))
    return len(lacking)


def _find_entries(place: Repository, updates: list[Update]) -> list[Entry]:
    """Return the entries by which refs were let move."""
    asked = ((os.fsdecode(ref), old, new, place.name) for old, new, ref in updates)
    ids = {row[0] for values in asked for row in run_query(place.ledger, _ENTRY, values)[1]}
    return [entry for number in sorted(ids) for entry in iter_entries(place.ledger, "id = ?", (number,))]


def _format_note(entry: Entry) -> bytes:
    said = {"verdict": entry.outcome, "ruleset": json.loads(entry.body)["ruleset"], "time": entry.at, "entry": entry.id}
    return json.dumps(said).encode() + b"\n"


def _format_stream(lines: dict[str, bytes], *, is_first: bool) -> bytes:
    """Return notes as git fast-import reads them; without `from` it would begin anew."""
    head = f"commit {NOTES}\ncommitter ringfence <> {int(time.time())} +0000\ndata 0\n"
    parts = [head.encode(), b"" if is_first else f"from {NOTES}^0\n".encode()]
    parts += [b"N inline %s\ndata %d\n%s" % (commit.encode(), len(line), line) for commit, line in lines.items()]
    return b"".join(parts)
