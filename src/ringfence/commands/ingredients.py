"""`ringfence ingredients`: records what AI tools wrote, and finds it again."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import ExitCode, IncompleteError, UsageError
from ..excerpts import sanitise_text
from ..reports.wording import format_count
from ..scan.ingredients.engine import allow_compiling
from . import ingredient_index, ingredient_rekey
from .ingredient_options import IndexOption, KeyOption, find_index, open_with_plan, open_writable
from .options import PolicyOption, RepoOption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..gate.recording import RecordingCounts
    from ..gate.session_recording import SessionCounts
    from ..policy.plan import Plan
    from ..repository import Repository
    from ..scan.ingredients.ingredient import Ingredient

app = typer.Typer(
    help="Record what AI tools wrote, and find it again without its marks.", no_args_is_help=True, rich_markup_mode=None
)

for _name in ("show", "forget", "merge", "verify", "publish", "fetch"):
    app.command(_name)(getattr(ingredient_index, _name))


app.command("rekey")(ingredient_rekey.rekey)


@app.command("record")
def record(
    *,
    repo: RepoOption = None,
    all_refs: Annotated[bool, typer.Option("--all", help="Record the marked commits of all refs.")] = False,
    range_: Annotated[
        str | None, typer.Option("--range", metavar="A..B", help="Record those that B has and A hasn't.")
    ] = None,
    session: Annotated[
        list[str] | None,
        typer.Option("--session", metavar="FILE", help="Record what an agent's transcript says it wrote; repeatable."),
    ] = None,
    calls: Annotated[
        list[str] | None,
        typer.Option("--calls", metavar="FILE", help="Record what models answered, by a log of calls; repeatable."),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            "--name", metavar="NAME", help="The repository's name in the index; default: its remote, or path."
        ),
    ] = None,
    index: IndexOption = None,
    key: KeyOption = None,
    policy: PolicyOption = None,
) -> int:
    """Record the lines that marked commits add, transcripts or logs of calls; what is recorded already is skipped."""
    if all_refs + bool(range_) + bool(session) + bool(calls) != 1:
        raise UsageError("give either --all, --range A..B, --session FILE or --calls FILE.")
    allow_compiling()
    if calls:
        return _record_calls(calls, index, key, policy)
    if session:
        return _record_sessions(session, index, key, policy)
    base, dots, head = (range_ or "").partition("..")
    if range_ and not (dots and head):
        raise UsageError(f"--range: {range_!r} isn't a range.", "Write it as A..B.")
    repository, plan = open_with_plan(repo, policy)
    from ..gate.recording import record_history

    called = name or repository.name
    _check_recordable(plan, called, repository)
    folder, secret = open_writable(plan, index, key)
    counts = record_history(repository, called, folder, secret, base, head, _report_progress)
    typer.echo(f"ringfence: recorded {_format_counts(counts)} of {sanitise_text(called)} in {folder}")
    is_unread = all_refs and _record_checkpoints(repository, plan, called, folder, secret)
    if counts.unread:
        typer.echo(f"  {format_count(counts.unread, 'commit')} could not be read: objects are missing in this clone")
    return ExitCode.INCOMPLETE if counts.unread or is_unread else ExitCode.ALLOWED


def _record_checkpoints(repository: Repository, plan: Plan, name: str, folder: str, key: bytes) -> bool:
    """Record the transcripts that Entire keeps in a repository; return whether one couldn't be read."""
    from ..gate.session_recording import record_checkpoints

    counts = record_checkpoints(repository, plan, name, folder, key)
    if counts.transcripts or counts.unread:
        typer.echo(f"  {_format_session_counts(counts)} of Entire's checkpoints")
    for path, reason in counts.unread:
        typer.echo(sanitise_text(f"  {path}: {reason}"))
    return bool(counts.unread)


def _format_session_counts(counts: SessionCounts) -> str:
    return (
        f"{format_count(counts.writes, 'write')}, {counts.fingerprints:,} fingerprints, of "
        f"{format_count(counts.transcripts, 'transcript')}"
    )


def _record_sessions(paths: list[str], index: str | None, key: str | None, policy: list[str] | None) -> int:
    from ..gate.session_recording import record_sessions

    plan = open_with_plan(None, policy)[1]
    folder, secret = open_writable(plan, index, key)
    counts = record_sessions(plan, paths, folder, secret)
    typer.echo(f"ringfence: recorded {_format_session_counts(counts)} in {folder}")
    for path, reason in counts.unread:
        typer.echo(sanitise_text(f"  {path}: {reason}"))
    return ExitCode.INCOMPLETE if counts.unread else ExitCode.ALLOWED


def _record_calls(paths: list[str], index: str | None, key: str | None, policy: list[str] | None) -> int:
    from ..gate.call_recording import record_calls

    plan = open_with_plan(None, policy)[1]
    folder, secret = open_writable(plan, index, key)
    counts = record_calls(plan, paths, folder, secret)
    typer.echo(
        f"ringfence: recorded {format_count(counts.calls, 'call')}, {counts.fingerprints:,} fingerprints, in {folder}"
    )
    if counts.nameless:
        typer.echo(f"  left out: {format_count(counts.nameless, 'call')} of models that the catalogue doesn't know")
    for path, reason in counts.unread:
        typer.echo(sanitise_text(f"  {path}: {reason}"))
    return ExitCode.INCOMPLETE if counts.unread else ExitCode.ALLOWED


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

    plan = open_with_plan(None, policy)[1]
    folder = find_index(plan, index)
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


def _check_recordable(plan: Plan, name: str, repository: Repository) -> None:
    from ..policy.inputs import is_name_match

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
