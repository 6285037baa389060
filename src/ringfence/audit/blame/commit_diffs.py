"""What the commits of a walk change: patches of ordinary commits, names of files for merges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import GitError
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
        self._patches = self._start_patches(numbers)
        pairs = ((number, parent) for number in numbers for parent in _list_merged(graph, number))
        self._names = DiffStream(
            repo, NAMES, (f"{graph.oids[number]} {graph.oids[parent]}" for number, parent in pairs)
        )

    def _start_patches(self, numbers: Sequence[int]) -> DiffStream:
        graph = self._graph
        return DiffStream(
            self._repo, PATCHES, (graph.oids[number] for number in numbers if len(graph.parents[number]) <= 1)
        )

    def read(self, number: int, has_lines: Callable[[bytes], bool]) -> list[FileChange]:
        """Return what a commit with one parent or none changes, with the lines of some files.

        Where the clone lacks a version of a file, git stops; that commit's files then have no lines, as if binary.

        Raises:
            GitError: A commit or a tree is missing.
        """
        oid = self._graph.oids[number]
        try:
            return self._patches.read(oid, has_lines)
        except GitError:
            self._patches.close()
            self._patches = self._start_patches([other for other in self.numbers if other > number])
            names = DiffStream(self._repo, NAMES, [oid])
            changes = names.read(oid, has_lines)
            names.close()
            for change in changes:
                change.is_binary = True
            return changes

    def read_merge(self, number: int) -> list[list[FileChange]]:
        """Return what a merge changes against each of its parents, without lines."""
        oid = self._graph.oids[number]
        return [self._names.read(oid, lambda _: False) for _ in self._graph.parents[number]]

    def close(self) -> None:
        """End both gits."""
        self._patches.close()
        self._names.close()


def _list_merged(graph: Graph, number: int) -> tuple[int, ...]:
    """Return the parents of a merge; none of any other commit."""
    parents = graph.parents[number]
    return parents if len(parents) > 1 else ()
