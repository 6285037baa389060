"""Records what AI tools wrote in a repository's history into the index of ingredients."""

from __future__ import annotations

import datetime as dt
import os
from itertools import islice

from ..check.marked_commits import find_marked_commits
from ..git.patches import iter_added_files
from ..policy.load import load_plan
from ..repository import read_local_inputs
from ..scan.ingredients.common_text import find_common
from ..scan.ingredients.index import IndexWriter, open_segments
from ..scan.ingredients.keyed_hash import hash_values
from ..scan.ingredients.seen_text import SeenText
from ..values import fields, value
from .joined_lines import select_tools_lines
from .recording_piece import Piece, read_agent_traces, read_attributions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..policy.plan import Plan
    from ..repository import Repository
    from .joined_lines import Places
    from .recording_piece import Notes

_ALL = ("--exclude=refs/notes/*", "--exclude=refs/quarantine/*", "--all")  # notes are no work of anybody
_PIECE = 1000  # commits recorded at once; a run that is interrupted goes on from the last piece


@value
class RecordingCounts:
    """What a run recorded: commits read, marked, and not read for a missing object; source files; fingerprints."""

    commits: int = 0
    marked: int = 0
    unread: int = 0
    sources: int = 0
    fingerprints: int = 0


def record_history(
    repository: Repository, name: str, folder: str, key: bytes, base: str = "", head: str = "",
    report: Callable[[RecordingCounts], None] = lambda _: None, most: int = 0,
) -> RecordingCounts:  # fmt: skip
    """Record the marked commits of all refs, or of a range, that aren't recorded yet.

    Args:
        repository: The repository.
        name: Its name in the index.
        folder: The folder of the index.
        key: The key of the index.
        base: Where a range begins, or "".
        head: Where it ends; "" means all refs.
        report: Called after each piece with what was recorded so far.
        most: How many pieces of a thousand commits to record; 0 for all.

    Raises:
        IncompleteError: The index can't be used, or a revision doesn't exist here.
    """
    plan = load_plan(read_local_inputs(repository))
    records = read_agent_traces(repository, "HEAD")
    total = RecordingCounts()
    with IndexWriter(folder, key) as writer:
        done = writer.table.list_done(name)
        pieces = _list_pieces(repository, done, base, head)
        for piece, tips in islice(pieces, most or None):
            total = _add_counts(total, _record_piece(repository, plan, writer, name, piece, tips, records))
            report(total)
    return total


def record_push(repository: Repository) -> None:
    """Record what a push brought to a repository without a tag, where the policy says so: a thousand commits at most.

    Raises:
        RingfenceError: The index can't be used; the push is accepted already.
    """
    from ..policy.inputs import is_name_match
    from ..scan.ingredients.index_key import create_key, load_key
    from .session_recording import record_checkpoints

    plan = load_plan(read_local_inputs(repository))
    rules = plan.ingredients
    is_excluded = any(is_name_match(repository.name, pattern) for pattern in rules.never)
    if plan.is_tagged or not rules.feeds or not rules.index or is_excluded:
        return
    os.makedirs(rules.index, mode=0o700, exist_ok=True)
    key = load_key(rules.index, rules.key_file) if rules.key_file else create_key(rules.index)
    record_history(repository, repository.name, rules.index, key, most=1)
    record_checkpoints(repository, plan, repository.name, rules.index, key)


def _list_pieces(repository: Repository, done: set[str], base: str, head: str) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the commits to record, oldest first, in pieces; with each the commits after which nothing older is left.

    A range that doesn't begin where recording ended leaves a gap, so that its commits don't count as done.
    """
    from ..sources.history import require_revision

    repo = repository.repo
    known = _filter_existing(repository, done)
    heads = [require_revision(repo, head, "^{commit}")] if head else []
    without = [require_revision(repo, base, "^{commit}")] if base else []
    options = ("rev-list", "--topo-order", "--reverse", "--parents", "--stdin", *(() if head else _ALL))
    feed = "".join(f"{line}\n" for line in (*heads, *(f"^{oid}" for oid in (*without, *known))))
    rows = [line.split() for line in repo.run(*options, feed=feed.encode()).decode().splitlines()]
    is_gapless = all(oid in known for oid in without)
    open_tips: dict[str, None] = {}
    for start in range(0, len(rows), _PIECE):
        piece = rows[start : start + _PIECE]
        for commit, *parents in piece:
            for parent in parents:
                open_tips.pop(parent, None)
            open_tips[commit] = None
        yield [row[0] for row in piece], list(open_tips) if is_gapless else []


def _filter_existing(repository: Repository, oids: set[str]) -> list[str]:
    """Return those of the commits that the repository still has."""
    from ..git.objects import MissingObject

    return [item.name for item in repository.objects.iter_objects(sorted(oids)) if not isinstance(item, MissingObject)]


def _add_counts(first: RecordingCounts, second: RecordingCounts) -> RecordingCounts:
    return RecordingCounts(**{name: getattr(second, name) + count for name, count in fields(first).items()})


def _record_piece(
    repository: Repository, plan: Plan, writer: IndexWriter, name: str, commits: list[str], tips: list[str],
    records: Notes,
) -> RecordingCounts:  # fmt: skip
    """Record commits, given oldest first. What an unmarked commit had before isn't the tool's."""
    marks = find_marked_commits(plan, repository.objects, commits)
    notes = read_attributions(repository, commits)
    seen = SeenText(writer.folder, name, writer.key, writer.manifest.generation)
    now = format_now()
    records = {commit: records[commit] for commit in commits if commit in records}
    piece = Piece(repository, plan, name, marks, notes, records, now)
    unread: list[str] = []
    for file in iter_added_files(repository.repo, commits[::-1], unread):
        piece.add_file(file)
    piece.finish()
    candidates = piece.collected.candidates
    before = seen.find(candidates) | find_common(list(candidates))
    found = {number: place for number, place in candidates.items() if number not in before}
    found |= _find_joined(piece, found, seen, writer)
    seen.add(piece.collected.list_people())
    seen.store(writer.manifest.generation + 1)
    values = list(found)
    entries = [(keyed, *found[value]) for keyed, value in zip(hash_values(values, writer.key), values, strict=True)]
    used = sorted({source for _, source, _ in entries})
    renumbered = {source: number for number, source in enumerate(used)}
    writer.add(
        [piece.sources[number] for number in used],
        [(keyed, renumbered[source], line) for keyed, source, line in entries],
        [(name, tip) for tip in tips],
        now,
    )
    return RecordingCounts(len(commits), len({*marks, *notes, *records}), len(unread), len(used), len(entries))


def _find_joined(piece: Piece, found: Places, seen: SeenText, writer: IndexWriter) -> Places:
    """Return the runs of lines that commits of tools wrote together, and that no person wrote."""
    joined = piece.joined[::-1]
    runs = list({item.fingerprint for item in joined}.union(*(kept for item in joined for kept in item.kept)))
    people = piece.collected.find_people(runs) | seen.find(runs) | find_common(runs)
    segments = open_segments(writer.folder, writer.key)[1] if writer.manifest.segments else []

    def find_known(fingerprints: list[int]) -> set[int]:
        values = hash_values(fingerprints, writer.key)
        return {fingerprints[index] for segment in segments for index, _, _ in segment.find_entries(values)}

    chosen = select_tools_lines(joined, found, find_known, people)
    return {number: place for number, place in chosen.items() if number not in found}


def format_now() -> str:
    """Return the time in UTC, as the index has it."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S")
