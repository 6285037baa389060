"""The lines of a revision with the commits of tools that they come from, by the history or by a trace kept of it."""

from __future__ import annotations

from array import array
from itertools import groupby
from typing import TYPE_CHECKING

from ...errors import GitError
from ..blame.graph import Graph, read_graph
from ..blame.texts import Texts
from ..blame.walk import Walk
from .cache import CachedTrace
from .squash import find_links, list_requests

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...repository import Repository
    from ..blame.moves import Live
    from .cache import Run
    from .model import TracedFile
    from .origins import Origins


class TracedLines:
    """The lines of files in commits of tools.

    Attributes:
        commits, paths: What the numbers in runs mean.
        unread: Files of which some older version is missing.
        fault: Why the history could not be read to its end; "" if it could.
        read: How many commits were read.
        links: Commits that are squashed requests, with the requests' last commits.
        requests: The requests that the repository has refs of.
    """

    def __init__(self, repository: Repository, commit: str, files: Sequence[TracedFile], origins: Origins) -> None:
        """Prepare to trace files of a commit."""
        self._repository, self._commit, self._files, self._origins = repository, commit, files, origins
        self._starts: list[int] = []
        self._total = 0
        for file in files:
            self._starts.append(self._total)
            self._total += file.lines
        self.commits: list[str] = []
        self.paths: list[bytes] = []
        self.unread: set[bytes] = set()
        self.fault = ""
        self.read = 0
        self.links: dict[str, list[str]] = {}
        self.requests: dict[str, str] = {}
        self._runs: dict[tuple[int, bool], list[Run]] = {}

    def trace(self, boundary: frozenset[str], cached: CachedTrace | None) -> bool:
        """Trace all lines; return False if that needs more of the history than came after the trace that is given.

        Args:
            boundary: Commits that a shallow clone was cut off at.
            cached: A trace of the same repository.
        """
        known = [cached.commit] if cached else []
        graph = read_graph(self._repository.repo, [self._commit], known)
        if self._commit not in graph.numbers:  # the cached commit, or an older one
            graph = Graph([self._commit], [()], {self._commit: 0}, frozenset((0,)))
        self.read = len(graph.oids) - len(graph.ends)
        self._origins.read([oid for number, oid in enumerate(graph.oids) if number not in graph.ends])
        graph = self._follow_requests(graph, known)
        tools = {number for number, oid in enumerate(graph.oids) if self._origins.is_tools(oid) and oid not in boundary}
        walk = self._walk = Walk(self._repository.repo, graph, Texts(self._repository.objects), self._total, tools)
        live: Live = {
            file.path: [(start, 0, file.lines)]
            for file, start in zip(self._files, self._starts, strict=True)
            if file.lines
        }
        try:
            walk.run(graph.numbers[self._commit], live)
        except GitError as error:
            self.fault = error.message
        self.unread = walk.unread.union(cached.unread if cached else ())
        self.commits = list(graph.oids)
        self._tools = tools
        if cached and not self._take_cached(graph, cached):
            return False
        self.paths = list(walk.names)
        return True

    def _follow_requests(self, graph: Graph, known: list[str]) -> Graph:
        """Return the graph with the commits of requests that were squashed into a commit without a mark."""
        own = [oid for number, oid in enumerate(graph.oids) if number not in graph.ends]
        self.requests = list_requests(self._repository.repo)
        if not self.requests:
            return graph
        plain = [oid for oid in own if len(graph.parents[graph.numbers[oid]]) == 1 and not self._origins.is_tools(oid)]
        self.links = find_links(self._repository, graph, plain)
        if not self.links:
            return graph
        wider = read_graph(self._repository.repo, [self._commit], known, self.links)
        before = graph.numbers.keys()
        self._origins.read(
            [oid for number, oid in enumerate(wider.oids) if oid not in before and number not in wider.ends]
        )
        return wider

    def _take_cached(self, graph: Graph, cached: CachedTrace) -> bool:
        """Fill in the lines that reached commits before the cached one; return False if a file differs there."""
        first = len(self.commits)
        self.commits += cached.commits
        self._tools |= set(range(first, len(self.commits)))
        for end in graph.ends:
            live = self._walk.pending.get(end, {})
            if graph.oids[end] != cached.commit and not self._is_same(graph.oids[end], cached.commit, live):
                return False
            for path, entries in live.items():
                own, edited = cached.files.get(path, ([], []))
                self._fill(entries, own, cached, first)
                self._fill(entries, edited, cached, first, is_edited=True)
        return True

    def _is_same(self, commit: str, other: str, live: Live) -> bool:
        """Return whether no commit between two changed files."""
        if not live:
            return True
        listed = self._repository.repo.run(
            "log", "--format=", "--name-only", "-m", "-z", "--no-renames", f"{commit}..{other}", "--"
        )
        return live.keys().isdisjoint(listed.split(b"\0"))

    def _fill(
        self, entries: list[tuple[int, int, int]], runs: list[Run], cached: CachedTrace, first: int, *,
        is_edited: bool = False,
    ) -> None:  # fmt: skip
        for final, start, count in entries:
            shift = self._total if is_edited and final < self._total else 0
            for line, size, commit, path, source in runs:
                begin, end = max(start, line), min(start + count, line + size)
                if begin < end:
                    entry = final + begin - start + shift, source + begin - line, end - begin
                    self._walk.assign(first + commit, cached.paths[path], [entry])

    def list_runs(self, number: int, *, is_edited: bool = False) -> list[Run]:
        """Return the runs of the file with a number, or of what its lines were before a person edited them."""
        key = number, is_edited
        if key not in self._runs:
            self._runs[key] = list(self._iter_runs(number, is_edited=is_edited))
        return self._runs[key]

    def _iter_runs(self, number: int, *, is_edited: bool) -> Iterator[Run]:
        walk, tools = self._walk, self._tools
        start = self._starts[number] + (self._total if is_edited else 0)
        at = start
        for commit, group in groupby(walk.commits[start : start + self._files[number].lines]):
            size = len(list(group))
            if commit in tools:
                first, path = walk.lines[at], walk.paths[at]
                if walk.paths[at : at + size].count(path) == size and _is_range(walk.lines[at : at + size], first):
                    yield at - start, size, commit, path, first
                else:
                    yield from self._iter_parts(start, at, size, commit)
            at += size

    def _iter_parts(self, start: int, at: int, size: int, commit: int) -> Iterator[Run]:
        """Yield the runs among lines of one commit that come from several places there."""
        walk = self._walk
        shifts = ((walk.paths[line], walk.lines[line] - line) for line in range(at, at + size))
        for (path, shift), lines in groupby(shifts):
            count = len(list(lines))
            yield at - start, count, commit, path, at + shift
            at += count

    def build_cache(self, origins: Origins) -> CachedTrace:
        """Return what is worth keeping of a trace of all files."""
        kept = CachedTrace(
            self._commit,
            origins.marks,
            origins.noted,
            origins.describe_notes(),
            self.requests,
            sorted(self.unread),
        )
        numbers: dict[int, int] = {}
        for index, file in enumerate(self._files):
            own, edited = (
                [
                    (first, count, numbers.setdefault(commit, len(numbers)), path, line)
                    for first, count, commit, path, line in self.list_runs(index, is_edited=is_edited)
                ]
                for is_edited in (False, True)
            )
            if own or edited:
                kept.files[file.path] = own, edited
        kept.commits = [self.commits[number] for number in numbers]
        kept.paths = self.paths
        return kept


def _is_range(numbers: array[int], first: int) -> bool:
    """Return whether numbers are a first one and those that follow it: nearly all are, and this is C's speed."""
    return numbers == array("i", range(first, first + len(numbers)))
