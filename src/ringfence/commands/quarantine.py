"""`ringfence quarantine`: list, show, release and drop pushes that a server put aside."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import ExitCode, UsageError
from ..excerpts import sanitise_text
from ..gate import release as decided
from ..git.repo import Repo
from ..records import quarantine as kept
from ..records.recorder import get_actor
from ..repository import Repository
from ..values import fields
from . import options

if TYPE_CHECKING:
    from ..records.quarantine import QuarantinedPush

app = typer.Typer(
    help="Decide what becomes of pushes that were put aside.", no_args_is_help=True, rich_markup_mode=None
)

_Id = Annotated[str, typer.Argument(help="What the push is called.")]
_Repo = Annotated[str | None, typer.Option("--repo", metavar="DIR", help="The bare repository; left out: this folder.")]
_Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why: this asks for it.")]
_Approve = Annotated[bool, typer.Option("--approve", help="Agree to what another asked for, and do it.")]
_By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who you are, as the policy's `approvers` has it.")]


@app.command("list")
def list_(*, repo: _Repo = None) -> int:
    """List what is put aside, a line each, oldest first; ends with 3 when something is overdue."""
    held = kept.list_pushes(_open_repository(repo))
    for item in held:
        typer.echo(_format_line(item))
    return ExitCode.INCOMPLETE if any(item.is_overdue for item in held) else ExitCode.ALLOWED


@app.command("show")
def show(number: _Id, *, repo: _Repo = None) -> int:
    """Show one push with everything that was found in it, as JSON; git shows its commits."""
    held = kept.find_push(_open_repository(repo), number)
    refs = {ref.decode("utf-8", "backslashreplace"): oid for ref, oid in held.refs.items()}
    typer.echo(json.dumps(fields(held) | {"refs": refs}, indent=2))
    return ExitCode.ALLOWED


@app.command("release")
def release(number: _Id, *, reason: _Reason = "", approve: _Approve = False, by: _By = "", repo: _Repo = None) -> int:
    """Ask that a push be taken after all, or agree to it: it is judged again, and its refs move."""
    place, who = _open_repository(repo), get_actor(by)
    held = kept.find_push(place, number)
    if not _request_or_approve(place, held, "release", who, reason, approve=approve):
        return ExitCode.ALLOWED
    verdict = decided.release_push(place, held, who)
    if verdict and verdict.exit_code:
        return options.report_verdict(verdict, "text")
    typer.echo(f"ringfence: {number} is released, {_format_ref_count(held)} moved.")
    return ExitCode.ALLOWED


@app.command("drop")
def drop(number: _Id, *, reason: _Reason = "", approve: _Approve = False, by: _By = "", repo: _Repo = None) -> int:
    """Ask that a push be thrown away, or agree to it."""
    place, who = _open_repository(repo), get_actor(by)
    held = kept.find_push(place, number)
    if _request_or_approve(place, held, "drop", who, reason, approve=approve):
        decided.drop_push(place, held, who)
        typer.echo(f"ringfence: {number} is dropped; git throws its objects away in time.")
    return ExitCode.ALLOWED


def _open_repository(repo: str | None) -> Repository:
    return Repository(Repo(repo or "."), server=True)


def _request_or_approve(
    place: Repository, held: QuarantinedPush, act: str, by: str, reason: str, *, approve: bool
) -> bool:
    """Ask, where a reason is given; say whether it is to be done."""
    if approve == bool(reason):
        raise UsageError("say either --reason TEXT, to ask, or --approve.")
    if reason:
        decided.request_decision(place, held, act, by, reason)
        typer.echo(f"ringfence: {by} asks to {act} {held.id}; another agrees with --approve.")
    return approve


def _format_line(held: QuarantinedPush) -> str:
    if not held.record:
        return f"{held.id}  cut off while it was put aside; nobody was told of it"
    refs = " ".join(sanitise_text(item["ref"]) for item in held.record["refs"])
    state = f"{held.asked['by']} asks to {held.asked['act']}" if held.asked else "nobody asked"
    due = f"{'overdue since' if held.is_overdue else 'due'} {held.record['due']}"
    return f"{held.id}  {held.record['who'] or 'somebody'}  {refs}  {held.record['outcome']}  {due}  {state}"


def _format_ref_count(held: QuarantinedPush) -> str:
    count = len(held.record["refs"])
    return "1 ref" if count == 1 else f"{count} refs"
