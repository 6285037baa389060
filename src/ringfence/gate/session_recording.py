"""Records what agents wrote by their own transcripts into the index of ingredients."""

from __future__ import annotations

import os
from hashlib import blake2b

from ..scan.ingredients.common_text import find_common
from ..scan.ingredients.engine import fingerprint_texts
from ..scan.ingredients.index import IndexWriter
from ..scan.ingredients.keyed_hash import hash_values
from ..scan.ingredients.sessions.agents import read_transcript
from ..scan.ingredients.sessions.base import UnreadTranscriptError
from ..scan.ingredients.sources import Source
from ..values import value
from .recording import format_now

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..policy.plan import Plan
    from ..scan.ingredients.sessions.base import Session, Write


@value
class SessionCounts:
    """What was recorded: transcripts read, writes that were new, fingerprints; and (path, reason) of those not read."""

    transcripts: int
    writes: int
    fingerprints: int
    unread: tuple[tuple[str, str], ...]


def record_sessions(plan: Plan, paths: Iterable[str], folder: str, key: bytes) -> SessionCounts:
    """Record the writes in transcripts; a write that was recorded from another transcript isn't recorded again.

    Raises:
        IncompleteError: The index can't be used.
    """
    unread: list[tuple[str, str]] = []
    transcripts = writes = fingerprints = 0
    with IndexWriter(folder, key) as writer:
        for path in paths:
            try:
                vendor, product, sessions = read_transcript(path)
            except UnreadTranscriptError as error:
                unread.append((path, str(error)))
                continue
            transcripts += 1
            done = writer.table.list_done(product)
            for session in sessions:
                new = {item: write for write in session.writes if (item := _name_write(write, key)) not in done}
                done.update(new)
                writes += len(new)
                fingerprints += _add_writes(writer, plan, vendor, product, session, new, path)
    return SessionCounts(transcripts, writes, fingerprints, tuple(unread))


def _add_writes(
    writer: IndexWriter, plan: Plan, vendor: str, product: str, session: Session, new: dict[str, Write], path: str
) -> int:
    """Add the writes of a session to an index, one source for each; return the number of fingerprints."""
    writes = list(new.values())
    if not writes:
        return 0
    now, name = format_now(), session.id or os.path.basename(os.path.dirname(path)) or path
    sources = [
        Source(
            session.folder or product, name, _make_relative(write.path, session.folder), vendor, product, write.model,
            next((owner for _, owner in plan.catalogue.find_models(write.model.encode())), ""), "session", "", now,
        )
        for write in writes
    ]  # fmt: skip
    rows = fingerprint_texts([write.text.encode("utf-8", "surrogatepass") for write in writes])
    first = {number: (owner, line + 1) for _, owner, number, line, _ in reversed(rows)}
    for number in find_common(list(first)):
        del first[number]
    entries = [
        (keyed, *place) for keyed, place in zip(hash_values(list(first), writer.key), first.values(), strict=True)
    ]
    writer.add(sources, entries, [(product, item) for item in new], now)
    return len(entries)


def _name_write(write: Write, key: bytes) -> str:
    """Return what a write is noted as: a fork has the same call, and a call's id alone may be that of another."""
    digest = blake2b(write.text.encode("utf-8", "surrogatepass"), key=key, digest_size=8).hexdigest()
    return f"{write.call}:{digest}"


def _make_relative(path: str, folder: str) -> str:
    return os.path.relpath(path, folder) if folder and path.startswith(f"{folder}/") else path
