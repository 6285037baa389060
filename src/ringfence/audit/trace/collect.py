"""Traces a revision: by the history, and by an index of recorded output where the history says nothing."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from ...errors import UsageError
from ...git.raw import parse_raw_object
from ...sources.history import require_revision
from .cache import load_trace, store_trace
from .files import list_files
from .lines import TracedLines
from .model import Piece, Trace, decode_path
from .origins import Origins
from .squash import find_number, list_requests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ...policy.plan import Plan
    from ...repository import Repository
    from ...scan.ingredients.lookup import Lookup
    from .cache import CachedTrace, Run
    from .model import TracedFile

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
    commit = require_revision(repository.repo, revision, "^{commit}")
    cached = load_trace(repository, plan)
    known = dict(cached.blobs) if cached else {}
    files, unread = list_files(repository, commit, paths, known)
    if paths and not files and not unread:
        raise UsageError(f"{revision} has no file {', '.join(paths)}.", "Give paths as git ls-files prints them.")
    trace = Trace(repository.name, commit, files, unread)
    report(f"tracing {len(files):,} files")
    lines, origins = _trace_lines(repository, plan, trace, cached)
    if not paths and not lines.fault and lines.read:
        kept = lines.build_cache(origins)
        kept.blobs = {file.blob: known[file.blob] for file in files if file.blob in known}
        store_trace(repository, plan, kept)
    _add_pieces(trace, lines, origins)
    if lookup:
        from .ingredients import trace_ingredients

        report("looking up recorded output")
        trace_ingredients(repository, plan, trace, lookup)
    return trace


def _trace_lines(
    repository: Repository, plan: Plan, trace: Trace, cached: CachedTrace | None
) -> tuple[TracedLines, Origins]:
    """Trace the files of a commit, from a trace that was kept if that is possible."""
    boundary = _read_shallow_boundary(repository)
    origins = Origins(repository, plan, trace.commit, cached.marks if cached else None, cached.noted if cached else ())
    if cached and (boundary or _is_outdated(repository, trace.commit, origins, cached)):
        cached, origins = None, Origins(repository, plan, trace.commit)
    lines = TracedLines(repository, trace.commit, trace.files, origins)
    if not lines.trace(boundary, cached):
        lines = TracedLines(repository, trace.commit, trace.files, origins)
        lines.trace(boundary, None)
    trace.commits = lines.read
    if lines.fault:
        trace.incomplete.append(("", f"the history can't be read: {lines.fault}"))
    trace.incomplete += [
        (decode_path(path), "an older version of it isn't in this clone") for path in sorted(lines.unread)
    ]
    if reached := boundary.intersection(lines.commits):
        trace.incomplete.append(("", _SHALLOW.format(min(reached)[:12])))
    return lines, origins


def _is_outdated(repository: Repository, commit: str, origins: Origins, cached: CachedTrace) -> bool:
    """Return whether a commit that a kept trace read has another note since, or may be the squash of a new request."""
    changed = {oid for oid, _ in origins.describe_notes().items() ^ cached.listed.items()}
    here = list_requests(repository.repo)
    requests = dict(here.items() - cached.requests.items())
    if cached.requests.items() - here.items():
        return True  # a ref is gone, or was moved
    if not changed and not requests:
        return False
    new = repository.repo.run("rev-list", commit, f"^{cached.commit}").decode().split()
    if not changed <= set(new):
        return True
    numbers = {find_number(parse_raw_object(repository.objects.read_object(oid) or b"")[1]) for oid in new}
    old = repository.repo.run("log", "--format=%B%x00", cached.commit).split(b"\0")
    return any(number in requests and number not in numbers for number in map(find_number, map(bytes.lstrip, old)))


def _add_pieces(trace: Trace, lines: TracedLines, origins: Origins) -> None:
    """Add to each file the pieces that the history says come from tools."""
    origins.load({oid for oid in lines.commits if origins.is_tools(oid)})
    for number, file in enumerate(trace.files):
        own, edited = (
            [
                piece
                for run in lines.list_runs(number, is_edited=is_edited)
                for piece in _build_pieces(file, run, lines, origins, is_edited=is_edited)
            ]
            for is_edited in (False, True)
        )
        file.pieces = sorted((*own, *edited), key=lambda piece: (piece.first, piece.is_edited))


def _build_pieces(
    file: TracedFile, run: Run, lines: TracedLines, origins: Origins, *, is_edited: bool
) -> Iterator[Piece]:
    """Yield the parts of a run that a tool wrote: a note may give some of its lines to a person."""
    first, count, commit, path, source = run
    oid, name = lines.commits[commit], lines.paths[path]
    if file.is_binary:
        if origin := origins.find(oid, name, 0):
            yield Piece(0, 0, 0, 0, origin, is_edited)
        return
    if origins.is_whole(oid):  # of a marked commit all lines are one tool's
        if origin := origins.find(oid, name, source + 1):
            yield Piece(first + 1, first + count, source + 1, source + count, origin, is_edited)
        return
    begin = 1
    for origin, group in groupby(range(1, count + 1), lambda number: origins.find(oid, name, source + number)):
        end = begin + len(list(group)) - 1
        if origin:
            yield Piece(first + begin, first + end, source + begin, source + end, origin, is_edited)
        begin = end + 1


def _read_shallow_boundary(repository: Repository) -> frozenset[str]:
    """Return the commits at which a shallow clone was cut off: they seem to add all that was there before."""
    repo = repository.repo
    if repo.run("rev-parse", "--is-shallow-repository").strip() != b"true":
        return frozenset()
    path = repo.run("rev-parse", "--path-format=absolute", "--git-path", "shallow").decode().rstrip("\n")
    with open(path, encoding="ascii") as file:
        return frozenset(file.read().split())
