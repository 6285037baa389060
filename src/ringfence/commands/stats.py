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

from ..audit.metrics import (
    build_metrics_report,
    count_pushes,
    format_openmetrics,
    measure_catalogue,
    read_audits,
    survey_server,
)
from ..audit.refusals import Row, build_report, count_refusals, sum_rows
from ..errors import ExitCode, UsageError
from ..excerpts import sanitise_text
from .ledger import find_ledger_path
from .options import write_file

_Format = StrEnum("_Format", ["table", "json", "html", "openmetrics"])
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
    audits: Annotated[
        list[str] | None, typer.Option("--audit", metavar="DIR", help="Results of `ringfence audit`; can be repeated.")
    ] = None,
    root: Annotated[
        str | None,
        typer.Option("--all", metavar="ROOT", help="Also what waits and ages in the bare repositories below a folder."),
    ] = None,
    how: Annotated[
        _Format, typer.Option("--format", help="A table, JSON, a page, or text for a node exporter's folder.")
    ] = _Format["table"],
    output: Annotated[
        str, typer.Option("--output", metavar="FILE", help="Write it to FILE, whole or not at all.")
    ] = "-",
) -> int:
    """Count over ledgers, audits and repositories: what was refused, found, and waits."""
    day = _parse_day(since)
    paths = ledgers or ([] if audits or root else [find_ledger_path(None)])
    rows = count_refusals(paths, day)
    others = [*(read_audits(audits) if audits else ()), *(survey_server(root) if root else ())]
    if how == "openmetrics":
        pushes = count_pushes(paths, day) if paths else ()
        write_file(format_openmetrics([*pushes, *others, measure_catalogue()]), output)
        return ExitCode.ALLOWED
    if how == "html":
        from ..audit.stats_page import render

        write_file(render([*count_pushes(paths, day), *others, measure_catalogue()], rows, day), output)
        return ExitCode.ALLOWED
    if how == "json":
        report = build_report(rows) | build_metrics_report(others)
        write_file(json.dumps(report, indent=2) + "\n", output)
        return ExitCode.ALLOWED
    if output != "-":
        raise UsageError("--output needs another --format than table.")
    if paths:
        _print_refusals(rows)
    for metric in others:
        for labels, number in metric.values.items():
            words = " ".join(text for _, text in labels)
            typer.echo(sanitise_text(f"{metric.name}  {words}  {number:,.0f}"))
    return ExitCode.ALLOWED


def _print_refusals(rows: dict[str, Row]) -> None:
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
