"""`ringfence receipt`: checks the receipt of an earlier run against a commit."""

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

app = typer.Typer(help="Verify receipts of earlier runs.", no_args_is_help=True, rich_markup_mode=None)

_CODES = {"blocked": ExitCode.BLOCKED, "incomplete": ExitCode.INCOMPLETE}


@app.callback()
def _force_subcommand() -> None:
    """Keep `verify` a subcommand: without a callback, Typer makes a single command the program itself."""


@app.command("verify")
def verify(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file that --receipt wrote.")],
    commit: Annotated[str, typer.Option("--commit", metavar="SHA", help="The commit that the receipt must cover.")],
    base: Annotated[
        str, typer.Option("--base", metavar="SHA", help="A commit accepted before; the receipt may begin there.")
    ] = "",
    tag: Annotated[
        list[str] | None, typer.Option("--tag", metavar="TAG", help="A tag that the run must have checked.")
    ] = None,
    ruleset: Annotated[
        str | None, typer.Option("--ruleset", metavar="NAME", help="The ruleset that the run must have used.")
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", metavar="FILE", help="The public key of the required signature, in PEM.")
    ] = None,
) -> int:
    """Check that a receipt covers a commit; the exit code is the verdict's, or 7 if it doesn't cover it."""
    for name, text in (("--commit", commit), ("--base", base)):
        if text and not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", text):
            raise UsageError(f"{name}: {text!r} isn't a full commit id.", "Get it by: git rev-parse REVISION")
    statement = extract_statement(options.read_file(file), None if key is None else options.read_file(key))
    summary = receipts.check_receipt(statement, commit, base, tag or (), ruleset)
    since = f"since {summary.base[:12]}" if summary.base else "from the first commit on"
    tags = sanitise_text(", ".join(summary.tags))
    typer.echo(f"ringfence: {commit[:12]} was checked {since}: {summary.verdict} ({tags})")
    used = sanitise_text(summary.policy.uri.removeprefix("ringfence:").replace("/", " "))
    typer.echo(f"  {used}, {sanitise_text(summary.time)}")
    if summary.unread:
        typer.echo(f"  unread: {format_count(len(summary.unread), 'item')}, listed in the receipt")
    if summary.known or summary.waived:
        typer.echo(f"  marks that pass: {summary.known} known, {summary.waived} waived")
    if key is None:
        typer.echo("  the signature wasn't checked: no --key was given")
    return ExitCode.ALLOWED if summary.result == "PASSED" else _CODES.get(summary.verdict, ExitCode.RECEIPT)
