"""`ringfence stats`: what was refused, and what would have been, by repository and vendor."""

from __future__ import annotations

import datetime as dt
import json
import time
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..audit.refusals import Row, build_report, count_refusals, sum_rows
from ..errors import ExitCode, UsageError
from .ledger import find_ledger_path

_Format = StrEnum("_Format", ["table", "json"])
_SHOWN = 50  # repositories in a table
_PIPE_WIDTH = 10_000  # columns, so that no line is wrapped where the output isn't a terminal
_TITLES = ("repository", "pushes", "refused", "would be", "errors", "unread", "last", "vendors")


def stats(
    *,
    ledgers: Annotated[
        list[str] | None,
        typer.Option(
            "--ledger", metavar="FILE", help="A ledger; can be repeated. Default: git config ringfence.ledger."
        ),
    ] = None,
    since: Annotated[
        str,
        typer.Option("--since", metavar="DATE", help="Pushes from this day on, or of the last days: 2026-01-31, 7d."),
    ] = "",
    how: Annotated[_Format, typer.Option("--format", help="A table, or JSON.")] = _Format["table"],
) -> int:
    """Count the pushes of a ledger: what was refused, and what would be refused where tags observe."""
    rows = count_refusals(ledgers or [find_ledger_path(None)], _parse_day(since))
    if how == "json":
        typer.echo(json.dumps(build_report(rows), indent=2))
        return ExitCode.ALLOWED
    table = Table(box=None, pad_edge=False)
    for number, title in enumerate(_TITLES):
        table.add_column(title, justify="left" if number in (0, 6, 7) else "right", overflow="fold")
    worst = sorted(rows.items(), key=lambda pair: (-pair[1].refused - pair[1].observed, pair[0]))
    for name, row in worst[:_SHOWN]:
        table.add_row(*map(Text, _format_row(name, row)))
    table.add_row(*map(Text, _format_row(f"all {len(rows)}", sum_rows(rows.values()))))
    console = Console()
    (console if console.is_terminal else Console(width=_PIPE_WIDTH)).print(table)
    if len(worst) > _SHOWN:
        typer.echo(f"… and {len(worst) - _SHOWN} more; `ringfence stats --format json` lists all")
    return ExitCode.ALLOWED


def _format_row(name: str, row: Row) -> tuple[str, ...]:
    vendors = ", ".join(f"{vendor} {number}" for vendor, number in sorted(row.vendors.items(), key=_rank))
    counts = (row.pushes, row.refused, row.observed, row.errors, row.unread)
    return (name, *map(str, counts), row.last[:10] or "-", vendors or "-")


def _rank(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


def _parse_day(text: str) -> str:
    """Return a day as the ledger writes it.

    Raises:
        UsageError: It isn't one.
    """
    try:
        if text.endswith("d"):
            return time.strftime("%Y-%m-%d", time.gmtime(time.time() - int(text[:-1]) * 86400))
        return dt.date.fromisoformat(text).isoformat() if text else ""
    except (ValueError, OverflowError):
        raise UsageError(f"--since takes a day, not {text!r}.", "Write 2026-01-31, or 7d for the last week.") from None
