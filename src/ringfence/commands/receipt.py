"""`ringfence receipt`: checks that an earlier run vouches for a commit."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from ..errors import ExitCode, UsageError
from ..excerpts import sanitise_text
from ..records import receipts
from ..records.dsse import extract_statement
from ..reports.wording import format_count
from . import options

app = typer.Typer(help="Look at the receipts of earlier runs.", no_args_is_help=True, rich_markup_mode=None)

_CODES = {"blocked": ExitCode.BLOCKED, "incomplete": ExitCode.INCOMPLETE}


@app.callback()
def _force_subcommand() -> None:
    """Keep `verify` a command of its own, though it is the only one."""


@app.command("verify")
def verify(
    file: Annotated[str, typer.Argument(help="What --receipt wrote.")],
    commit: Annotated[str, typer.Option("--commit", metavar="SHA", help="The commit that it must vouch for.")],
    base: Annotated[
        str, typer.Option("--base", metavar="SHA", help="A state that was accepted before: it may begin there.")
    ] = "",
    tag: Annotated[list[str] | None, typer.Option("--tag", help="It must have been judged under this tag.")] = None,
    key: Annotated[
        str | None, typer.Option("--key", metavar="FILE", help="The public key that it must be signed with, in PEM.")
    ] = None,
) -> int:
    """Say whether a receipt vouches for a commit, and end with the verdict's exit code, or with 7 if it doesn't."""
    for name, text in (("--commit", commit), ("--base", base)):
        if text and not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", text):
            raise UsageError(f"{name}: {text!r} isn't a full commit id.", "Get it by: git rev-parse REVISION")
    statement = extract_statement(options.read_file(file), options.read_file(key) if key else None)
    told = receipts.check_receipt(statement, commit, base, tag or ())
    since = f"since {told.base[:12]}" if told.base else "from the beginning on"
    typer.echo(f"ringfence: {commit[:12]} was judged {since}: {told.verdict} ({sanitise_text(', '.join(told.tags))})")
    typer.echo(
        f"  {sanitise_text(told.policy.uri.removeprefix('ringfence:').replace('/', ' '))}, {sanitise_text(told.time)}"
    )
    if told.unread:
        typer.echo(f"  not read: {format_count(len(told.unread), 'thing')}, which the receipt lists")
    if told.known or told.waived:
        typer.echo(f"  marks that pass: {told.known} known, {told.waived} waived")
    if not key:
        typer.echo("  whoever could write the file could write this: no --key was given")
    return ExitCode.ALLOWED if told.result == "PASSED" else _CODES.get(told.verdict, ExitCode.RECEIPT)
