"""`ringfence ingredients`: records what AI tools wrote, and finds it again."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import ExitCode, IncompleteError, UsageError
from ..excerpts import sanitise_text
from ..reports.wording import format_count
from ..resources import find_user_folder
from . import options
from .options import PolicyOption, RepoOption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..gate.recording import RecordingCounts
    from ..policy.plan import Plan
    from ..repository import Repository
    from ..scan.ingredients.ingredient import Ingredient

app = typer.Typer(
    help="Record what AI tools wrote, and find it again without its marks.", no_args_is_help=True, rich_markup_mode=None
)

IndexOption = Annotated[
    str | None,
    typer.Option(
        "--index", metavar="DIR", help="The folder of the index; default: the policy's, else one in your home."
    ),
]
KeyOption = Annotated[
    str | None, typer.Option("--key", metavar="FILE", help="The key of the index; default: the policy's, else its own.")
]


@app.command("record")
def record(
    *,
    repo: RepoOption = None,
    all_refs: Annotated[bool, typer.Option("--all", help="Record the marked commits of all refs.")] = False,
    range_: Annotated[
        str | None, typer.Option("--range", metavar="A..B", help="Record those that B has and A hasn't.")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="The repository's name in the index; default: its remote, or path.")
    ] = None,
    index: IndexOption = None,
    key: KeyOption = None,
    policy: PolicyOption = None,
) -> int:
    """Record the lines that marked commits add. What is recorded already is skipped; an interrupted run goes on."""
    if all_refs == bool(range_):
        raise UsageError("give either --all or --range A..B.")
    base, dots, head = (range_ or "").partition("..")
    if range_ and not (dots and head):
        raise UsageError(f"--range: {range_!r} isn't a range.", "Write it as A..B.")
    repository, plan = _open_repository(repo, policy)
    from ..gate.recording import record_history

    called = name or repository.name
    _check_recordable(plan, called, repository)
    folder, secret = _open_writable(plan, index, key)
    counts = record_history(repository, called, folder, secret, base, head, _report_progress)
    typer.echo(f"ringfence: recorded {_format_counts(counts)} of {sanitise_text(called)} in {folder}")
    if counts.unread:
        typer.echo(f"  {format_count(counts.unread, 'commit')} could not be read: objects are missing in this clone")
        return ExitCode.INCOMPLETE
    return ExitCode.ALLOWED


@app.command("show")
def show(*, index: IndexOption = None, policy: PolicyOption = None) -> int:
    """Show what an index holds, by repository and vendor."""
    from ..scan.ingredients.manifest import read_manifest
    from ..scan.ingredients.sources import SourceTable

    folder = _find_index(_open_repository(None, policy)[1], index)
    manifest = read_manifest(folder)
    if manifest is None:
        raise IncompleteError(f"there is no index in {folder}.", "Type: ringfence ingredients record --all")
    total = sum(count for _, count in manifest.segments)
    typer.echo(
        f"{folder}: {total:,} fingerprints in {format_count(len(manifest.segments), 'segment')}, "
        f"key {manifest.key_id}, updated {manifest.updated}"
    )
    for repository, vendor, product, revisions, sources, recorded in SourceTable(folder).iter_summary():
        typer.echo(
            sanitise_text(
                f"  {repository}: {product} ({vendor}), {format_count(revisions, 'revision')}, "
                f"{format_count(sources, 'file')}, last {recorded}"
            )
        )
    return ExitCode.ALLOWED


@app.command("find")
def find(
    paths: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files and folders to search.")],
    *,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say which kinds of fingerprint matched how often.")
    ] = False,
    index: IndexOption = None,
    key: KeyOption = None,
    policy: PolicyOption = None,
) -> int:
    """Find recorded output in files, whatever the policy says of its vendor; exit code 1 if there is any."""
    from ..check.ingredients import format_item_place, format_origin
    from ..git.objects import MissingObject
    from ..scan.ingredients.index_key import load_key
    from ..scan.ingredients.lookup import Lookup
    from ..sources.files import Files, iter_changes

    plan = _open_repository(None, policy)[1]
    folder = _find_index(plan, index)
    lookup = Lookup(folder, load_key(folder, key or plan.ingredients.key_file))
    files = Files(paths)
    found = False
    for change in iter_changes(paths, os.getcwd()):
        for path, oid, _ in change.paths:
            for item in files.iter_objects([oid]):
                if isinstance(item, MissingObject):
                    raise IncompleteError(f"{os.fsdecode(path)}: {item.reason}")
                ingredients = dict(lookup.find_in_objects([item], plan.limits)).get(item.name, [])
                found |= bool(ingredients)
                for ingredient in ingredients:
                    place = ", ".join(
                        filter(None, (os.fsdecode(path), _format_lines(ingredient), format_item_place(ingredient)))
                    )
                    typer.echo(sanitise_text(f"{place} = {format_origin(ingredient)}, {ingredient.source.product}"))
                    for line in _explain(ingredient) if explain else ():
                        typer.echo(f"  {line}")
    return ExitCode.BLOCKED if found else ExitCode.ALLOWED


@app.command("forget")
def forget(
    *,
    repository: Annotated[
        str | None, typer.Option("--repository", metavar="NAME", help="A repository, by its name in the index.")
    ] = None,
    commit: Annotated[
        str | None, typer.Option("--commit", metavar="SHA", help="A commit or session; may be abbreviated.")
    ] = None,
    index: IndexOption = None,
    key: KeyOption = None,
    policy: PolicyOption = None,
) -> int:
    """Remove a repository or a commit from the index, with its fingerprints."""
    if not repository and not commit:
        raise UsageError("give --repository NAME or --commit SHA.", "See what there is: ringfence ingredients show")
    from ..gate.recording import format_now
    from ..scan.ingredients.index import IndexWriter

    place, plan = _open_repository(None, policy)
    folder, secret = _open_writable(plan, index, key)
    with IndexWriter(folder, secret) as writer:
        numbers = frozenset(writer.table.find(repository or "", commit or ""))
        if not numbers:
            raise UsageError(f"{folder} has nothing of {repository or commit}.", "See: ringfence ingredients show")
        writer.forget(numbers, "" if commit else repository or "", format_now())
    if place.ledger:
        from ..records.ledger import Decision, append_entry
        from ..records.recorder import get_actor

        body = {"repository": repository or "", "commit": commit or "", "sources": len(numbers)}
        append_entry(place.ledger, Decision("forget", get_actor(), repository or place.name, "recorded", body))
    typer.echo(f"ringfence: forgot {format_count(len(numbers), 'source')}")
    return ExitCode.ALLOWED


@app.command("merge")
def merge(*, index: IndexOption = None, key: KeyOption = None, policy: PolicyOption = None) -> int:
    """Merge all segments of an index into one, which is looked up faster."""
    from ..gate.recording import format_now
    from ..scan.ingredients.index import IndexWriter

    folder, secret = _open_writable(_open_repository(None, policy)[1], index, key)
    with IndexWriter(folder, secret) as writer:
        writer.merge(format_now(), everything=True)
        count = sum(number for _, number in writer.manifest.segments)
    typer.echo(f"ringfence: {folder} has one segment of {count:,} fingerprints")
    return ExitCode.ALLOWED


@app.command("verify")
def verify(*, index: IndexOption = None, key: KeyOption = None, policy: PolicyOption = None) -> int:
    """Check that every segment is whole and sorted, and that every fingerprint has its source."""
    from ..scan.ingredients.index_key import load_key
    from ..scan.ingredients.verify import verify_index

    plan = _open_repository(None, policy)[1]
    folder = _find_index(plan, index)
    count = verify_index(folder, load_key(folder, key or plan.ingredients.key_file))
    typer.echo(f"ringfence: {folder}: {count:,} fingerprints, all with their sources")
    return ExitCode.ALLOWED


def _open_repository(repo: str | None, policy: list[str] | None) -> tuple[Repository, Plan]:
    from ..policy.load import load_plan
    from ..repository import read_local_inputs

    repository = options.open_repository(repo, policy, outside=True)
    return repository, load_plan(read_local_inputs(repository))


def _find_index(plan: Plan, index: str | None) -> str:
    """Return the folder of the index."""
    if index or plan.ingredients.index:
        return os.path.abspath(index or plan.ingredients.index)
    place = find_user_folder("XDG_DATA_HOME", os.path.join(".local", "share"))
    if not place:
        raise UsageError("there is no home folder for the index.", "Give --index DIR.")
    return os.path.join(place, "ingredients")


def _open_writable(plan: Plan, index: str | None, key: str | None) -> tuple[str, bytes]:
    """Return the folder of the index, which is created if need be, and its key."""
    from ..scan.ingredients.index_key import create_key, load_key

    folder = _find_index(plan, index)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    key_file = key or plan.ingredients.key_file
    return folder, load_key(folder, key_file) if key_file else create_key(folder)


def _check_recordable(plan: Plan, name: str, repository: Repository) -> None:
    from ..policy.merge import is_name_match

    if not repository.is_in_git:
        raise UsageError("this folder isn't in a git repository.", "Go into one, or give --repo DIR.")
    for pattern in plan.ingredients.never:
        if is_name_match(name, pattern):
            raise UsageError(f"the policy says that {name} is never recorded (ingredients.never = {pattern!r}).")


def _report_progress(counts: RecordingCounts) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r  {counts.commits:,} commits, {counts.marked:,} marked", err=True, nl=False)


def _format_counts(counts: RecordingCounts) -> str:
    return (
        f"{format_count(counts.marked, 'marked commit')} of {counts.commits:,}, "
        f"{format_count(counts.sources, 'file')}, {counts.fingerprints:,} fingerprints"
    )


def _format_lines(item: Ingredient) -> str:
    return f"lines {item.line}-{item.last_line}" if item.line and any(item.counts[:3]) else ""


def _explain(item: Ingredient) -> Iterator[str]:
    from ..scan.ingredients import ingredient as limits

    lines, letters, skeletons, objects = (*item.counts, 0)[:4]
    yield "enough to block" if item.is_copy else "only a hint"
    if objects:
        yield "the whole file, by its object id"
        return
    yield f"runs of 4 lines: {lines} (two that adjoin block)"
    yield f"48 letters: {letters} ({limits.BLOCK_LETTERS} block, {limits.HINT_LETTERS} are a hint)"
    yield f"8 lines, all names changed: {skeletons} ({limits.BLOCK_SKELETONS} block, {limits.HINT_SKELETONS} is a hint)"
