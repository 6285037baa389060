"""Records what agents wrote by their own transcripts into the index of ingredients."""

from __future__ import annotations

import os
from hashlib import blake2b

from ..git.objects import MissingObject
from ..scan.ingredients.common_text import find_common
from ..scan.ingredients.engine import fingerprint_texts
from ..scan.ingredients.index import IndexWriter
from ..scan.ingredients.keyed_hash import hash_values
from ..scan.ingredients.sessions.agents import parse_transcript, read_transcript
from ..scan.ingredients.sessions.base import UnreadTranscriptError
from ..scan.ingredients.sources import Source
from ..values import value
from .recording import format_now

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..git.objects import Object
    from ..policy.plan import Plan
    from ..repository import Repository
    from ..scan.ingredients.sessions.base import Session, Write

# Entire, 0.4: `<id[:2]>/<id[2:]>/N/full.jsonl` on an orphan branch, of which a clone has a remote's copy.
_BRANCHES = ("refs/heads/entire/checkpoints/", "refs/remotes/*/entire/checkpoints/")
_TRANSCRIPT = b"/full.jsonl"
_CHECKPOINT = "entire:"  # before the object id of a transcript that is recorded
_LARGEST = 512 << 20  # bytes of a transcript


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
    known: dict[str, set[str]] = {}
    transcripts = writes = fingerprints = 0
    with IndexWriter(folder, key) as writer:
        for path in paths:
            try:
                vendor, product, sessions = read_transcript(path)
            except UnreadTranscriptError as error:
                unread.append((path, str(error)))
                continue
            transcripts += 1
            for session in sessions:
                new = _add_new_writes(writer, plan, known, (vendor, product), session, path)
                writes += new[0]
                fingerprints += new[1]
    return SessionCounts(transcripts, writes, fingerprints, tuple(unread))


def record_checkpoints(repository: Repository, plan: Plan, name: str, folder: str, key: bytes) -> SessionCounts:
    """Record the writes in the transcripts that Entire keeps on a branch of a repository, called `name` in the index.

    A transcript grows from checkpoint to checkpoint, and each call in it is recorded once.

    Raises:
        IncompleteError: The index can't be used.
    """
    oids = _list_checkpoints(repository)
    unread: list[tuple[str, str]] = []
    known: dict[str, set[str]] = {}
    transcripts = writes = fingerprints = 0
    if not oids:
        return SessionCounts(0, 0, 0, ())
    with IndexWriter(folder, key) as writer:
        done = writer.table.list_done(name)
        wanted = [oid for oid in oids if _CHECKPOINT + oid not in done]
        for item in repository.objects.iter_objects(wanted):
            try:
                vendor, product, sessions = parse_transcript(_read_object(item))
            except UnreadTranscriptError as error:
                unread.append((oids[item.name], str(error)))
                continue
            transcripts += 1
            for session in sessions:
                noted = [(name, _CHECKPOINT + item.name)]
                new = _add_new_writes(writer, plan, known, (vendor, product), session, oids[item.name], name, noted)
                writes += new[0]
                fingerprints += new[1]
    return SessionCounts(transcripts, writes, fingerprints, tuple(unread))


def _read_object(item: Object | MissingObject) -> bytes:
    if isinstance(item, MissingObject):
        raise UnreadTranscriptError(item.reason)
    if item.size > _LARGEST:
        raise UnreadTranscriptError(f"larger than {_LARGEST >> 20} MiB")
    return item.read()


def _list_checkpoints(repository: Repository) -> dict[str, str]:
    """Return the transcripts on Entire's branches, as object id → path."""
    repo = repository.repo
    tips = repo.run("for-each-ref", "--format=%(objectname)", *_BRANCHES).decode().split()
    found: dict[str, str] = {}
    for tip in dict.fromkeys(tips):
        for row in repo.run("ls-tree", "-r", "-z", tip).split(b"\0"):
            facts, _, path = row.partition(b"\t")
            if path.endswith(_TRANSCRIPT):
                found[facts.split(b" ")[2].decode()] = os.fsdecode(path)
    return found


def _add_new_writes(
    writer: IndexWriter, plan: Plan, known: dict[str, set[str]], agent: tuple[str, str], session: Session, path: str,
    name: str = "", noted: Sequence[tuple[str, str]] = (),
) -> tuple[int, int]:  # fmt: skip
    """Add the writes of a session that aren't recorded yet; return their number, and that of their fingerprints.

    `known` are those that are recorded, by product.
    """
    if agent[1] not in known:
        known[agent[1]] = writer.table.list_done(agent[1])
    done = known[agent[1]]
    new = {item: write for write in session.writes if (item := _name_write(write, writer.key)) not in done}
    done.update(new)
    return len(new), _add_writes(writer, plan, agent, session, new, path, name, noted)


def _add_writes(
    writer: IndexWriter, plan: Plan, agent: tuple[str, str], session: Session, new: dict[str, Write], path: str,
    repository: str, noted: Sequence[tuple[str, str]],
) -> int:  # fmt: skip
    """Add the writes of a session to an index, one source for each; return the number of fingerprints."""
    vendor, product = agent
    writes = list(new.values())
    if not writes:
        if noted:
            writer.add([], [], noted, format_now())
        return 0
    now, name = format_now(), session.id or os.path.basename(os.path.dirname(path)) or path
    sources = [
        Source(
            repository or session.folder or product, name, _make_relative(write.path, session.folder), vendor, product,
            write.model,
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
    writer.add(sources, entries, [*((product, item) for item in new), *noted], now)
    return len(entries)


def _name_write(write: Write, key: bytes) -> str:
    """Return what a write is noted as: a fork has the same call, and a call's id alone may be that of another."""
    digest = blake2b(write.text.encode("utf-8", "surrogatepass"), key=key, digest_size=8).hexdigest()
    return f"{write.call}:{digest}"


def _make_relative(path: str, folder: str) -> str:
    return os.path.relpath(path, folder) if folder and path.startswith(f"{folder}/") else path
