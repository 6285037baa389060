"""Traces a revision: by the history, and by an index of recorded output where the history says nothing."""

from __future__ import annotations

from itertools import groupby, repeat
from typing import TYPE_CHECKING

from ...errors import GitError, UsageError
from ...sources.history import require_revision
from ..blame.graph import read_graph
from ..blame.texts import Texts
from ..blame.walk import Walk
from .files import list_files
from .model import Piece, Trace, decode_path
from .origins import Origins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ...policy.plan import Plan
    from ...repository import Repository
    from ...scan.ingredients.lookup import Lookup
    from ..blame.graph import Graph
    from .model import Origin, TracedFile

_SHALLOW = "this clone is shallow: lines from before {} aren't traced; fetch the whole history: git fetch --unshallow"


def trace_revision(
    repository: Repository, plan: Plan, revision: str = "HEAD", paths: Sequence[str] = (), lookup: Lookup | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> Trace:  # fmt: skip
    """Return which lines and rows of a revision come from rivals' tools.

    Args:
        repository: The repository.
        plan: Its policy, which says who is a rival.
        revision: What to trace.
        paths: Files and folders in it; all if there are none.
        lookup: An index, for what the history says nothing of.
        report: Called with what is done next.

    Raises:
        IncompleteError: The revision doesn't exist here.
        UsageError: It has no such files.
    """
    repo = repository.repo
    commit = require_revision(repo, revision, "^{commit}")
    files, unread = list_files(repository, commit, paths)
    if paths and not files and not unread:
        raise UsageError(f"{revision} has no file {', '.join(paths)}.", "Give paths as git ls-files prints them.")
    trace = Trace(repository.name, commit, files, unread)
    report("reading commits")
    graph = read_graph(repo, [commit])
    origins = Origins(repository, plan)
    origins.read_marks(graph.oids)
    boundary = _read_shallow_boundary(repository)
    trace.commits = len(graph.oids)
    report(f"tracing {len(files):,} files through {len(graph.oids):,} commits")
    _trace_history(repository, trace, graph, origins, boundary)
    if lookup:
        from .ingredients import trace_ingredients

        report("looking up recorded output")
        trace_ingredients(repository, plan, trace, lookup)
    return trace


def _trace_history(
    repository: Repository, trace: Trace, graph: Graph, origins: Origins, boundary: frozenset[str]
) -> None:
    """Add the pieces that the history says come from tools."""
    tools = {number for number, oid in enumerate(graph.oids) if origins.is_tools(oid) and oid not in boundary}
    starts: list[int] = []
    total = 0
    for file in trace.files:
        starts.append(total)
        total += file.lines
    live = {file.path: [(start, 0, file.lines)] for file, start in zip(trace.files, starts, strict=True) if file.lines}
    walk = Walk(repository.repo, graph, Texts(repository.objects), total, tools)
    try:
        walk.run(graph.numbers[trace.commit], live)
    except GitError as error:
        trace.incomplete.append(("", f"the history can't be read: {error.message}"))
    for path in sorted(walk.unread):
        trace.incomplete.append((decode_path(path), "an older version of it isn't in this clone"))
    if reached := boundary.intersection(graph.oids):
        trace.incomplete.append(("", _SHALLOW.format(min(reached)[:12])))
    origins.load_times({graph.oids[number] for number in tools.intersection(walk.commits)})
    build_pieces = _PieceBuilder(walk, graph, origins, tools)
    for file, start in zip(trace.files, starts, strict=True):
        lines = (*build_pieces(file, start), *build_pieces(file, start + total, is_shadow=True))
        file.pieces = sorted(lines, key=lambda piece: (piece.first, piece.is_edited))


class _PieceBuilder:
    """Makes pieces of what a walk found."""

    def __init__(self, walk: Walk, graph: Graph, origins: Origins, tools: set[int]) -> None:
        self._walk, self._graph, self._origins, self._tools = walk, graph, origins, tools
        self._names = list(walk.names)

    def __call__(self, file: TracedFile, start: int, *, is_shadow: bool = False) -> Iterator[Piece]:
        """Yield the pieces of a file whose lines, or their shadows, begin at a number of the walk."""
        lines = [item for item in map(self._find_line, range(start, start + file.lines), repeat(file)) if item]
        for _, group in groupby(
            enumerate(lines), lambda each: (each[1][0] - each[0], each[1][1] - each[0], each[1][2])
        ):
            (_, (number, source, origin)), *rest = group
            if file.is_binary:
                yield Piece(0, 0, 0, 0, origin, is_shadow)
            else:
                first, last = number - start + 1, number - start + 1 + len(rest)
                yield Piece(first, last, source + 1, source + 1 + len(rest), origin, is_shadow)

    def _find_line(self, number: int, file: TracedFile) -> tuple[int, int, Origin] | None:
        """Return a line that comes from a tool, with its line in the source and its origin."""
        commit = self._walk.commits[number]
        if commit not in self._tools:
            return None
        path, source = self._names[self._walk.paths[number]], self._walk.lines[number]
        origin = self._origins.find(self._graph.oids[commit], path, 0 if file.is_binary else source + 1)
        return (number, source, origin) if origin else None


def _read_shallow_boundary(repository: Repository) -> frozenset[str]:
    """Return the commits at which a shallow clone was cut off: they seem to add all that was there before."""
    repo = repository.repo
    if repo.run("rev-parse", "--is-shallow-repository").strip() != b"true":
        return frozenset()
    path = repo.run("rev-parse", "--path-format=absolute", "--git-path", "shallow").decode().rstrip("\n")
    with open(path, encoding="ascii") as file:
        return frozenset(file.read().split())
