"""Says whose tool a commit, or a line of a commit, comes from: by its marks, notes of git-ai, and Agent Trace."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

from ...check.marked_commits import find_marked_commits, find_note_mark, find_record_mark
from ...gate.recording_piece import format_time, list_attributions, read_agent_traces, read_attributions
from ...sources.history import read_commit_times
from .model import Origin, decode_path

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from ...check.marked_commits import CommitMark
    from ...policy.plan import Plan
    from ...repository import Repository
    from ...scan.ingredients.attribution import Attribution


class Origins:
    """What is known of the commits of a repository.

    Attributes:
        marks: The best mark of each commit that has one, of rivals.
        listed: The ids of all notes of git-ai, by commit.
        noted: The commits of whose lines a note attributes some to an agent.
        recorded: What records of Agent Trace say of lines, by commit and path.
    """

    def __init__(
        self, repository: Repository, plan: Plan, commit: str, marks: dict[str, CommitMark] | None = None,
        noted: Iterable[str] = (),
    ) -> None:  # fmt: skip
        """Begin with what is known of commits that were read before; `commit` is traced, and has the records."""
        self._repository, self._plan = repository, plan
        self.marks: dict[str, CommitMark] = dict(marks or {})
        self.listed = list_attributions(repository)
        self.noted = set(noted)
        self.recorded = read_agent_traces(repository, commit)
        self._notes: dict[str, dict[str, list[Attribution]]] = {}
        self._times: dict[str, str] = {}
        self._known: dict[tuple[str, bytes, str], Origin | None] = {}
        self._name = repository.name

    def read(self, commits: Collection[str]) -> None:
        """Find the marks and the notes of more commits."""
        self._load_notes(commits)
        found = find_marked_commits(self._plan, self._repository.objects, commits)
        self.marks |= {
            commit: mark for commit, mark in found.items() if self._plan.is_rival(mark.vendor, mark.model_vendor)
        }

    def is_tools(self, commit: str) -> bool:
        """Return whether a tool made a commit, or a part of it."""
        return commit in self.marks or commit in self.noted or commit in self.recorded

    def is_whole(self, commit: str) -> bool:
        """Return whether all lines of a commit have one origin."""
        return commit in self.marks and commit not in self.noted

    def describe_notes(self) -> dict[str, str]:
        """Return for each commit of which notes or records say something what tells apart their states."""
        said = {commit: repr(sorted(files.items())).encode() for commit, files in self.recorded.items()}
        return {
            commit: f"{self.listed.get(commit, '')} {crc32(said.get(commit, b''))}"
            for commit in self.listed.keys() | said.keys()
        }

    def _load_notes(self, commits: Iterable[str]) -> None:
        found = read_attributions(self._repository, commits, self.listed)
        self._notes |= found
        self.noted.update(found)

    def load(self, commits: Collection[str]) -> None:
        """Read when commits were made, and their notes, in one go."""
        self._load_notes([commit for commit in commits if commit in self.noted and commit not in self._notes])
        missing = [commit for commit in commits if commit not in self._times]
        for commit, seconds in read_commit_times(self._repository.repo, missing):
            self._times[commit] = format_time(seconds)

    def find(self, commit: str, path: bytes, line: int) -> Origin | None:
        """Return where a line of a commit comes from; None if a person wrote it.

        Args:
            commit: The commit that added it.
            path: The file's path there.
            line: Its number there, from 1; 0 for a binary file as a whole.
        """
        if commit not in self.noted:
            marked = self._find_marked(commit, path, "blame" if line else "object")
            return marked or self._find_attributed(commit, path, line, self.recorded.get(commit, {}), "agent-trace")
        if commit not in self._notes:
            self._load_notes([commit])
        return self._find_attributed(commit, path, line, self._notes[commit], "note")

    def _find_attributed(
        self, commit: str, path: bytes, line: int, files: dict[str, list[Attribution]], evidence: str
    ) -> Origin | None:
        for item in files.get(path.decode("utf-8", "replace"), ()):
            if item.first <= line <= item.last or not line:
                return self._find_noted(commit, path, item.agent, item.model, evidence)
        return None

    def _find_marked(self, commit: str, path: bytes, evidence: str) -> Origin | None:
        key = commit, path, evidence
        if key not in self._known:
            mark = self.marks.get(commit)
            self._known[key] = self._build(mark, commit, path, evidence) if mark else None
        return self._known[key]

    def _find_noted(self, commit: str, path: bytes, agent: str, model: str, evidence: str) -> Origin | None:
        key = commit, path, agent
        if key not in self._known:
            mark = (find_note_mark if evidence == "note" else find_record_mark)(self._plan, agent, model)
            is_rival = mark is not None and self._plan.is_rival(mark.vendor, mark.model_vendor)
            self._known[key] = self._build(mark, commit, path, evidence) if mark and is_rival else None
        return self._known[key]

    def _build(self, mark: CommitMark, commit: str, path: bytes, evidence: str) -> Origin:
        self.load([commit])
        return Origin(
            mark.vendor, mark.product, mark.model, evidence, mark.strength, self._name, commit, decode_path(path),
            self._times.get(commit, ""),
        )  # fmt: skip
