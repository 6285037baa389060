"""`ringfence receipt`: checks the receipt of an earlier run against a commit or files."""

from __future__ import annotations

import os
import re
from typing import Annotated

import typer

from ..errors import ExitCode, UsageError
from ..excerpts import sanitise_text
from ..records import receipts
from ..records.dsse import extract_statement
from ..reports.wording import format_count
from ..sources.file_digests import digest_files
from ..sources.files import iter_files
from . import options

app = typer.Typer(help="Verify receipts of earlier runs.", no_args_is_help=True, rich_markup_mode=None)

_CODES = {"blocked": ExitCode.BLOCKED, "incomplete": ExitCode.INCOMPLETE}


@app.callback()
def _force_subcommand() -> None:
    """Keep `verify` a subcommand: without a callback, Typer makes a single command the program itself."""


@app.command("verify")
def verify(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file that --receipt wrote.")],
    commit: Annotated[
        str, typer.Option("--commit", metavar="SHA", help="The commit that the receipt must cover.")
    ] = "",
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
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH]...", help="Files and folders that the receipt must cover.")
    ] = None,
) -> int:
    """Check that a receipt covers a commit or files; the exit code is the verdict's, or 7 if it doesn't cover them."""
    if bool(commit) == bool(paths) or (base and paths):
        raise UsageError("a receipt is for a commit, which may have a base, or for files.", "Give --commit or paths.")
    for name, text in (("--commit", commit), ("--base", base)):
        if text and not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", text):
            raise UsageError(f"{name}: {text!r} isn't a full commit id.", "Get it by: git rev-parse REVISION")
    statement = extract_statement(options.read_file(file), None if key is None else options.read_file(key))
    if paths:
        judged = _digest_files(paths)
        summary = receipts.check_file_receipt(statement, judged, tag or (), ruleset)
        subject = f"{format_count(len(judged), 'file')} {'was' if len(judged) == 1 else 'were'} checked"
    else:
        summary = receipts.check_receipt(statement, commit, base, tag or (), ruleset)
        since = f"since {summary.base[:12]}" if summary.base else "from the first commit on"
        subject = f"{commit[:12]} was checked {since}"
    typer.echo(f"ringfence: {subject}: {summary.verdict} ({sanitise_text(', '.join(summary.tags))})")
    _print_summary(summary)
    if key is None:
        typer.echo("  the signature wasn't checked: no --key was given")
    return ExitCode.ALLOWED if summary.result == "PASSED" else _CODES.get(summary.verdict, ExitCode.RECEIPT)


def _digest_files(paths: list[str]) -> list[tuple[str, str]]:
    """Return the files at or below paths as (path, SHA-256).

    Raises:
        UsageError: There are none, or one can't be read.
    """
    for path in paths:
        if not os.path.lexists(path):
            raise UsageError(f"{path}: no such file.")
    wanted = sum(1 for path in paths for _ in iter_files(path))
    found = [(file.path, file.sha256) for file in digest_files(paths)]
    if not found or len(found) < wanted:
        raise UsageError(f"{wanted - len(found)} of {format_count(wanted, 'file')} can't be read.", "Look at them.")
    return found


def _print_summary(summary: receipts.Summary) -> None:
    used = sanitise_text(summary.policy.uri.removeprefix("ringfence:").replace("/", " "))
    typer.echo(f"  {used}, {sanitise_text(summary.time)}")
    if summary.unread:
        typer.echo(f"  unread: {format_count(len(summary.unread), 'item')}, listed in the receipt")
    if summary.known or summary.waived:
        typer.echo(f"  marks that pass: {summary.known} known, {summary.waived} waived")
