"""A piece of a repository's history on its way into the index: what tools wrote in it, and what people did."""

from __future__ import annotations

import datetime as dt

from ..check.marked_commits import find_note_mark, find_record_mark
from ..git.objects import MissingObject
from ..scan.ingredients.agent_trace import FILE, LARGEST, parse_records
from ..scan.ingredients.attribution import parse_note, split_block
from ..scan.ingredients.collected import Collected
from ..scan.ingredients.fingerprint import fingerprint_object
from ..scan.ingredients.generated import is_generated
from ..scan.ingredients.sources import Source
from ..scan.ingredients.texts import Text, call_with_texts, iter_strings, open_stream
from ..sources.history import read_commit_times
from .joined_lines import list_joined_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..check.marked_commits import CommitMark
    from ..git.patches import AddedFile
    from ..policy.plan import Plan
    from ..repository import Repository
    from ..scan.decoders import UnreadPart
    from ..scan.ingredients.attribution import Attribution
    from .joined_lines import JoinedLines

    Notes = dict[str, dict[str, list[Attribution]]]  # by commit, by path

_BATCH = 1 << 20  # bytes of text fingerprinted at once
_SMALLEST_FILE = 200  # bytes of a whole file that is known by its id
_NOTES = "refs/notes/ai"


class Piece:
    """What is collected from a piece of history, read from its newest commit to its oldest.

    Attributes:
        collected: Fingerprints of marked commits, and of unmarked ones; those of the oldest commit count.
        sources: One for each marked commit and file.
        joined: Runs of lines that marked commits put together with lines that were there.
    """

    def __init__(
        self, repository: Repository, plan: Plan, name: str, marks: dict[str, CommitMark], notes: Notes, records: Notes,
        now: str,
    ) -> None:  # fmt: skip
        """Begin a piece of the history of the repository called `name`; what is known of commits is by their ids."""
        self._repository, self._plan, self._name, self._now = repository, plan, name, now
        self._marks, self._notes, self._records = marks, notes, records
        times = read_commit_times(repository.repo, {*marks, *notes, *records})
        self._dates = {commit: format_time(seconds) for commit, seconds in times}
        self.collected = Collected()
        self.sources: list[Source] = []
        self.joined: list[JoinedLines] = []
        self._waiting: list[tuple[int, int, bytes]] = []  # (source, or -1 for a person's; first line; text)
        self._size = 0

    def add_file(self, file: AddedFile) -> None:
        """Add what a commit adds to a file."""
        mark = self._marks.get(file.commit)
        if file.commit in self._notes:
            self._add_attributed(file, self._notes, "note")
        elif not mark and self._records.get(file.commit, {}).get(file.path.decode("utf-8", "replace")):
            self._add_attributed(file, self._records, "agent-trace")
        elif not mark:
            self._add_unmarked(file)
        elif not is_generated(file.path, file.blocks[0][1] if file.blocks else b""):
            self._add_marked(file, mark)

    def finish(self) -> None:
        """Fingerprint the texts that are waiting."""
        self.collected.add_texts(self._waiting)
        self._waiting, self._size = [], 0

    def _add_marked(self, file: AddedFile, mark: CommitMark) -> None:
        source = self._add_source(file, mark, "commit")
        for text, first in self._iter_texts(file):
            self._add_text(source, first, text.data)
        for hunk in file.hunks:
            self.joined += list_joined_lines(hunk, source)
        if file.is_new and file.oid and (file.is_binary or sum(len(data) for _, data in file.blocks) >= _SMALLEST_FILE):
            lines = sum(data.count(b"\n") for _, data in file.blocks)
            self.collected.add(fingerprint_object(file.oid), source, lines)

    def _add_attributed(self, file: AddedFile, notes: Notes, evidence: str) -> None:
        """Add a file of which notes or records say what lines an agent wrote; the others are a person's."""
        attributions = notes[file.commit].get(file.path.decode("utf-8", "replace"), [])
        find_mark = find_note_mark if evidence == "note" else find_record_mark
        sources: dict[str, int] = {}
        for start, data in file.blocks:
            for owner, first, lines in split_block(start, data, attributions):
                mark = find_mark(self._plan, owner.agent, owner.model) if owner else None
                source = -1
                if owner and mark:
                    if owner.agent not in sources:
                        sources[owner.agent] = self._add_source(file, mark, evidence)
                    source = sources[owner.agent]
                for text in iter_strings(Text(lines, line=first)):
                    self._add_text(source, text.line or first, text.data)

    def _add_source(self, file: AddedFile, mark: CommitMark, evidence: str) -> int:
        self.sources.append(
            Source(
                self._name, file.commit, file.path.decode("utf-8", "replace"), mark.vendor, mark.product, mark.model,
                mark.model_vendor, evidence, self._dates[file.commit], self._now,
            )
        )  # fmt: skip
        return len(self.sources) - 1

    def _add_unmarked(self, file: AddedFile) -> None:
        for start, data in file.blocks:
            for text in iter_strings(Text(data, line=start)):
                self._add_text(-1, 0, text.data)
        if file.oid:
            self.collected.add(fingerprint_object(file.oid), -1, 0)

    def _add_text(self, source: int, first: int, text: bytes) -> None:
        self._waiting.append((source, first, text))
        self._size += len(text)
        if self._size >= _BATCH:
            self.finish()

    def _iter_texts(self, file: AddedFile) -> Iterator[tuple[Text, int]]:
        """Yield the texts that a marked commit adds, each with the number of its first line."""
        for start, data in file.blocks:
            for text in iter_strings(Text(data, line=start)):
                yield text, text.line or start
        if file.is_binary and file.oid:
            for item in self._repository.objects.iter_objects([file.oid]):
                if not isinstance(item, MissingObject):
                    texts = call_with_texts(open_stream(item), item.size, self._plan.limits, _collect_texts) or []
                    yield from ((Text(data, line=line), line) for data, line in texts)


def _collect_texts(texts: Iterable[Text | UnreadPart]) -> list[tuple[bytes, int]]:
    return [(text.data, text.line) for text in texts if isinstance(text, Text)]


def format_time(seconds: int) -> str:
    """Return seconds since 1970 as the index has times: UTC, without a zone."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S")


def list_attributions(repository: Repository) -> dict[str, str]:
    """Return the ids of git-ai's notes by commit."""
    if not repository.repo.succeeds("rev-parse", "--quiet", "--verify", _NOTES):
        return {}
    listed = repository.repo.run("notes", f"--ref={_NOTES}", "list").decode().split()
    return dict(zip(listed[1::2], listed[::2], strict=True))


def read_agent_traces(repository: Repository, revision: str) -> Notes:
    """Return which lines records of Agent Trace attribute to models, in the file of them that a revision holds."""
    for item in repository.objects.iter_objects([f"{revision}:{FILE}"]):
        if not isinstance(item, MissingObject) and item.size <= LARGEST:
            return parse_records(item.read())
    return {}


def read_attributions(repository: Repository, commits: Iterable[str], listed: dict[str, str] | None = None) -> Notes:
    """Return which lines git-ai's notes attribute to agents, of those of the commits that have a note.

    `listed` is what `list_attributions` returned.
    """
    noted = list_attributions(repository) if listed is None else listed
    wanted: dict[str, list[str]] = {}  # commits by note: an amended commit may have the note of the old one
    for commit in commits:
        if commit in noted:
            wanted.setdefault(noted[commit], []).append(commit)
    notes: Notes = {}
    for item in repository.objects.iter_objects(wanted):
        attributions = None if isinstance(item, MissingObject) else parse_note(item.read())
        if attributions and any(attributions.values()):  # else what the commit itself says counts
            notes |= dict.fromkeys(wanted[item.name], attributions)
    return notes
