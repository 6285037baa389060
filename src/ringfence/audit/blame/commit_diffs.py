"""What the commits of a walk change: patches of ordinary commits, names of files for merges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import GitError
from .muted import MutedPaths
from .stream import NAMES, PATCHES, DiffStream

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ...git.repo import Repo
    from .graph import Graph
    from .stream import FileChange


class CommitDiffs:
    """Two running gits, read in the order of the commits; `numbers` are those that are asked about."""

    def __init__(self, repo: Repo, graph: Graph, numbers: Sequence[int]) -> None:
        self.numbers = numbers
        self._repo, self._graph = repo, graph
        self._muted = MutedPaths()
        self._patches = self._start_patches(numbers)
        self._names = self._start_names()

    def _start_patches(self, numbers: Sequence[int]) -> DiffStream:
        graph = self._graph
        options = (*self._muted.options, *PATCHES)
        return DiffStream(
            self._repo, options, (graph.oids[number] for number in numbers if len(graph.parents[number]) <= 1)
        )

    def _restart_patches(self, first: int) -> None:
        """Start git anew with the numbers from `first` on."""
        self._patches.close()
        self._patches = self._start_patches([number for number in self.numbers if number >= first])

    def read(self, number: int, has_lines: Callable[[bytes], bool]) -> list[FileChange] | None:
        """Return what a commit with one parent or none changes, with the lines of some files.

        Where the clone lacks a version of a file, git stops; that commit's files then have no lines, as if binary.
        None if it lacks even the commit's folders.
        """
        oid = self._graph.oids[number]
        try:
            changes = self._patches.read(oid, has_lines)
            if self._muted.remove_wanted(changes, has_lines):
                self._restart_patches(number)
                changes = self._patches.read(oid, has_lines)
            elif self._muted.add_heavy(self._patches.skipped, len(self._graph.oids) - number):
                self._restart_patches(number + 1)
        except GitError:
            self._restart_patches(number + 1)
            names = DiffStream(self._repo, NAMES, [oid])
            try:
                changes = names.read(oid, has_lines)
            except GitError:
                return None
            finally:
                names.close()
            for change in changes:
                change.is_binary = True
        return changes

    def read_merge(self, number: int) -> list[list[FileChange] | None]:
        """Return what a merge changes against each of its parents, without lines; None where folders are missing."""
        oid = self._graph.oids[number]
        changed: list[list[FileChange] | None] = []
        for parent in self._graph.parents[number]:
            try:
                changed.append(self._names.read(oid, lambda _: False))
            except GitError:
                self._names.close()
                self._names = self._start_names(number, parent)
                changed.append(None)
        return changed

    def _start_names(self, after: int = -1, parent: int = -1) -> DiffStream:
        """Start git with the pairs of merges and parents, or with those behind a pair."""
        pairs = [(number, each) for number in self.numbers for each in _list_merged(self._graph, number)]
        rest = pairs[pairs.index((after, parent)) + 1 :] if after >= 0 else pairs
        oids = self._graph.oids
        return DiffStream(self._repo, NAMES, (f"{oids[number]} {oids[each]}" for number, each in rest))

    def close(self) -> None:
        """End both gits, and remove the file of attributes."""
        self._patches.close()
        self._names.close()
        self._muted.close()


def _list_merged(graph: Graph, number: int) -> tuple[int, ...]:
    """Return the parents of a merge; none of any other commit."""
    parents = graph.parents[number]
    return parents if len(parents) > 1 else ()
