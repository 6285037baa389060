"""Records what agents wrote by their own transcripts into the index of ingredients."""

from __future__ import annotations

import contextlib
import os
from hashlib import blake2b

from ..git.objects import MissingObject
from ..scan.ingredients.index import IndexWriter
from ..scan.ingredients.sessions.agents import parse_transcript, read_transcript
from ..scan.ingredients.sessions.base import UnreadTranscriptError
from ..scan.ingredients.sources import Source
from ..values import value
from .recorded_texts import find_places, key_places
from .recording import format_now

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..git.objects import Object
    from ..policy.plan import Plan
    from ..repository import Repository
    from ..scan.ingredients.sessions.base import Session, Transcript, Write

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
    with IndexWriter(folder, key) as writer:
        recorder = _Recorder(writer, plan)
        for path in paths:
            with recorder.noting_unread(path):
                recorder.add(read_transcript(path), path)
    return recorder.counts


def record_checkpoints(repository: Repository, plan: Plan, name: str, folder: str, key: bytes) -> SessionCounts:
    """Record the writes in the transcripts that Entire keeps on a branch of a repository, called `name` in the index.

    A transcript grows from checkpoint to checkpoint, and each call in it is recorded once.

    Raises:
        IncompleteError: The index can't be used.
    """
    oids = _list_checkpoints(repository)
    if not oids:
        return SessionCounts(0, 0, 0, ())
    with IndexWriter(folder, key) as writer:
        recorder = _Recorder(writer, plan, name)
        done = writer.table.list_done(name)
        for item in repository.objects.iter_objects([oid for oid in oids if _CHECKPOINT + oid not in done]):
            with recorder.noting_unread(oids[item.name]):
                recorder.add(parse_transcript(_read_object(item)), oids[item.name], [(name, _CHECKPOINT + item.name)])
    return recorder.counts


class _Recorder:
    """Adds the writes of transcripts to an index, and counts them."""

    def __init__(self, writer: IndexWriter, plan: Plan, repository: str = "") -> None:
        """Begin; without a repository a source is called as the folder that the agent worked in."""
        self._writer, self._plan, self._repository = writer, plan, repository
        self._done: dict[str, set[str]] = {}  # writes that are recorded, by product
        self._unread: list[tuple[str, str]] = []
        self._transcripts = self._writes = self._fingerprints = 0

    @property
    def counts(self) -> SessionCounts:
        """What was recorded so far."""
        return SessionCounts(self._transcripts, self._writes, self._fingerprints, tuple(self._unread))

    @contextlib.contextmanager
    def noting_unread(self, path: str) -> Iterator[None]:
        """Note the transcript at a path as unread where it can't be read."""
        try:
            yield
        except UnreadTranscriptError as error:
            self._unread.append((path, str(error)))

    def add(self, transcript: Transcript, path: str, noted: Sequence[tuple[str, str]] = ()) -> None:
        """Add the writes of a transcript that aren't recorded yet; `noted` is recorded as done with each session."""
        vendor, product, sessions = transcript
        self._transcripts += 1
        for session in sessions:
            new = self._find_new(product, session)
            self._writes += len(new)
            texts = find_places([write.text for write in new.values()])
            entries = key_places(texts, self._writer.key)
            sources = self._list_sources(vendor, product, session, list(new.values()), path)
            self._fingerprints += len(entries)
            if new or noted:
                self._writer.add(sources, entries, [*((product, item) for item in new), *noted], format_now())

    def _find_new(self, product: str, session: Session) -> dict[str, Write]:
        if product not in self._done:
            self._done[product] = self._writer.table.list_done(product)
        done = self._done[product]
        new = {item: one for one in session.writes if (item := _name_write(one, self._writer.key)) not in done}
        done.update(new)
        return new

    def _list_sources(
        self, vendor: str, product: str, session: Session, writes: list[Write], path: str
    ) -> list[Source]:
        """Return the source of each write."""
        repository = self._repository or session.folder or product
        name, now = session.id or os.path.basename(os.path.dirname(path)) or path, format_now()
        sources = []
        for write in writes:
            place, owner = _make_relative(write.path, session.folder), self._find_owner(write.model)
            sources.append(Source(repository, name, place, vendor, product, write.model, owner, "session", "", now))
        return sources

    def _find_owner(self, model: str) -> str:
        """Return whose model it is; "" if it is unknown."""
        return next((owner for _, owner in self._plan.catalogue.find_models(model.encode())), "")


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


def _name_write(write: Write, key: bytes) -> str:
    """Return what a write is noted as: a fork has the same call, and a call's id alone may be that of another."""
    digest = blake2b(write.text.encode("utf-8", "surrogatepass"), key=key, digest_size=8).hexdigest()
    return f"{write.call}:{digest}"


def _make_relative(path: str, folder: str) -> str:
    return os.path.relpath(path, folder) if folder and path.startswith(f"{folder}/") else path
