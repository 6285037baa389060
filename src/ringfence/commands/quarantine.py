"""`ringfence quarantine`: lists, shows, releases and drops refused pushes that a server keeps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import ExitCode, UsageError
from ..excerpts import sanitise_text
from ..gate.release import drop_push, release_push, request_decision
from ..git.repo import Repo
from ..records.quarantine import find_push, list_pushes
from ..records.recorder import get_actor
from ..reports.wording import format_count
from ..repository import Repository
from ..values import fields
from . import options

if TYPE_CHECKING:
    from ..records.quarantine import QuarantinedPush

app = typer.Typer(help="Decide on refused pushes that a server keeps.", no_args_is_help=True, rich_markup_mode=None)

_Id = Annotated[str, typer.Argument(metavar="ID", help="The push's id.")]
_Repo = Annotated[
    str | None, typer.Option("--repo", metavar="DIR", help="The bare repository; default: the current folder.")
]
_Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Request it, for this reason.")]
_Approve = Annotated[bool, typer.Option("--approve", help="Approve another person's request, and carry it out.")]
_Key = Annotated[
    str,
    typer.Option("--key", metavar="FILE", help="Your SSH key, to sign with; needed where the policy names signers."),
]
_By = Annotated[str, typer.Option("--by", metavar="NAME", help="Your name, as in the policy's `approvers`.")]


@app.command("list")
def list_(*, repo: _Repo = None) -> int:
    """List the pushes in quarantine, a line each, oldest first; the exit code is 3 if one is overdue."""
    pushes = list_pushes(_open_repository(repo))
    for push in pushes:
        typer.echo(_format_line(push))
    return ExitCode.INCOMPLETE if any(push.is_overdue for push in pushes) else ExitCode.ALLOWED


@app.command("show")
def show(number: _Id, *, repo: _Repo = None) -> int:
    """Show one push with all its findings, as JSON; git shows its commits."""
    push = find_push(_open_repository(repo), number)
    refs = {ref.decode("utf-8", "backslashreplace"): oid for ref, oid in push.refs.items()}
    typer.echo(json.dumps(fields(push) | {"refs": refs}, indent=2))
    return ExitCode.ALLOWED


@app.command("release")
def release(
    number: _Id, *, reason: _Reason = "", approve: _Approve = False, by: _By = "", key: _Key = "", repo: _Repo = None
) -> int:
    """Request that a push be accepted, or approve that: it is checked again, and its refs are updated."""
    repository, person = _open_repository(repo), get_actor(by)
    push = find_push(repository, number)
    if not _request_or_approve(repository, push, "release", person, reason, key, approve=approve):
        return ExitCode.ALLOWED
    verdict = release_push(repository, push, person, key)
    if verdict and verdict.exit_code:
        return options.report_verdict(verdict, "text")
    typer.echo(f"ringfence: {number} is released, {format_count(len(push.record['refs']), 'ref')} updated.")
    return ExitCode.ALLOWED


@app.command("drop")
def drop(
    number: _Id, *, reason: _Reason = "", approve: _Approve = False, by: _By = "", key: _Key = "", repo: _Repo = None
) -> int:
    """Request that a push be deleted, or approve that."""
    repository, person = _open_repository(repo), get_actor(by)
    push = find_push(repository, number)
    if _request_or_approve(repository, push, "drop", person, reason, key, approve=approve):
        drop_push(repository, push, person, key)
        typer.echo(f"ringfence: {number} is dropped; a later git gc deletes its objects.")
    return ExitCode.ALLOWED


def _open_repository(repo: str | None) -> Repository:
    return Repository(Repo(repo or "."), server=True)


def _request_or_approve(
    repository: Repository, push: QuarantinedPush, action: str, by: str, reason: str, key: str, *, approve: bool
) -> bool:
    """Record a request if there is a reason, and return whether the action is to be carried out.

    Args:
        repository: The repository on the server.
        push: The push in quarantine.
        action: release or drop.
        by: The person who requests or approves.
        reason: The reason of a request; "" to approve one.
        key: The SSH key to sign with, or "".
        approve: Whether --approve was given.

    Raises:
        UsageError: Not exactly one of reason and approval is given.
    """
    if approve == bool(reason):
        raise UsageError("give either --reason TEXT, to request it, or --approve.")
    if reason:
        request_decision(repository, push, action, by, reason, key)
        typer.echo(f"ringfence: {by} requests to {action} {push.id}; another person approves it with --approve.")
    return approve


def _format_line(push: QuarantinedPush) -> str:
    if not push.record:
        return f"{push.id}  interrupted while it was stored; the pusher got no report"
    refs = " ".join(sanitise_text(item["ref"]) for item in push.record["refs"])
    state = f"{push.asked['by']} requests to {push.asked['act']}" if push.asked else "no request"
    due = f"{'overdue since' if push.is_overdue else 'due'} {push.record['due']}"
    return f"{push.id}  {push.record['who'] or 'unknown'}  {refs}  {push.record['outcome']}  {due}  {state}"
