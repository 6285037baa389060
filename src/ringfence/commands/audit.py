"""`ringfence audit`: what repositories and data hold, as tables, a summary and pages."""

from __future__ import annotations

import os
import re
import sys
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import ExitCode, UsageError
from ..excerpts import sanitise_text
from ..reports.wording import format_count
from .options import PolicyOption, TagOption

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..audit.survey.collect import Progress
    from ..audit.survey.model import Outcome, Settings, Work
    from ..audit.survey.results import ResultFolder
    from ..audit.survey.summary import Summary

_Engine = StrEnum("_Engine", ["local", "ray"])
_SHOWN = 10  # errors that are printed


def audit(
    units: Annotated[
        list[str],
        typer.Argument(
            metavar="UNIT...", help="A repository, a folder of repositories, data, or @FILE with one a line."
        ),
    ],
    *,
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="The folder for results; a run goes on there.")],
    fail: Annotated[bool, typer.Option("--fail", help="End with 1 if anything was found that refuses.")] = False,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", metavar="N", min=1, help="How many processes work at a time; default: one a core."),
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", min=1, help="End what takes longer, as an error.")
    ] = 3600.0,
    disk: Annotated[
        str, typer.Option("--disk", metavar="SIZE", help="How much all clones at a time may take: 500M, 20G.")
    ] = "20G",
    since: Annotated[
        str, typer.Option("--since", metavar="LAST", help="Audit only what is new since the audit in this folder.")
    ] = "",
    trace: Annotated[
        bool, typer.Option("--trace", help="Also trace what is in each repository to who wrote it.")
    ] = False,
    feed: Annotated[
        str,
        typer.Option("--feed", metavar="DIR", help="Record what tools wrote in untagged repositories in this index."),
    ] = "",
    key: Annotated[str, typer.Option("--key", metavar="FILE", help="The key of that index; default: its own.")] = "",
    redact: Annotated[bool, typer.Option("--redact", help="Show names and paths as ids, and no text.")] = False,
    engine: Annotated[
        _Engine, typer.Option("--engine", help="Processes of this machine, or actors of a Ray cluster.")
    ] = _Engine["local"],
    address: Annotated[
        str, typer.Option("--address", metavar="ADDRESS", help="With --engine ray: the cluster; default: RAY_ADDRESS.")
    ] = "",
    policy: PolicyOption = None,
    tag: TagOption = None,
) -> int:
    """Audit repositories and data: who made what is in them, what could not be read, and what has changed."""
    from ..audit.survey.collect import run_audit
    from ..audit.survey.judge import prepare_plans
    from ..audit.survey.last import LastAudit
    from ..audit.survey.local import run_locally
    from ..audit.survey.model import Settings
    from ..audit.survey.redact import Redactor
    from ..audit.survey.results import ResultFolder
    from ..audit.survey.tables import require_pyarrow
    from ..audit.survey.units import find_units
    from ..scan.workers import count_cores

    if address and engine != "ray":
        raise UsageError("--address needs --engine ray.")
    if feed and engine == "ray":
        raise UsageError("--feed needs --engine local: one machine at a time writes an index.")
    if key and not feed:
        raise UsageError("--key needs --feed.")
    require_pyarrow()
    found = find_units(units)
    folder = ResultFolder(out)
    workers = jobs or count_cores()
    with _lock(folder):
        scratch, most = folder.make_scratch(), parse_size(disk) // workers
        settings = Settings(tuple(policy or ()), tuple(tag or ()), timeout, scratch=scratch, disk=most, has_trace=trace)
        if feed:
            settings = replace(settings, feed=_open_index(feed, key))
        locally = partial(run_locally, plans=prepare_plans(settings), jobs=workers)
        everywhere = partial(_run_on_ray, jobs=jobs or 0, address=address) if engine == "ray" else locally
        redactor = Redactor(folder.path) if redact else None
        last = LastAudit(since) if since else None
        summary = run_audit(
            found, settings, folder, everywhere, locally, _report_progress, redactor=redactor, since=last
        )
    _print_summary(summary, out)
    if summary.has_errors:
        return ExitCode.INCOMPLETE
    return ExitCode.BLOCKED if fail and summary.blocking else ExitCode.ALLOWED


def _open_index(folder: str, key: str) -> tuple[str, bytes]:
    from ..scan.ingredients.index_key import create_key, load_key

    folder = os.path.abspath(folder)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    return folder, load_key(folder, key) if key else create_key(folder)


def _run_on_ray(works: Sequence[Work], settings: Settings, *, jobs: int, address: str) -> Iterator[Outcome]:
    from ..audit.fleet import run_on_ray

    return run_on_ray(works, settings, jobs, address)


def parse_size(text: str) -> int:
    """Return the bytes of a size such as 20G.

    Raises:
        UsageError: It isn't one.
    """
    match = re.fullmatch(r"(\d{1,9})([KMGT]?)", text.upper())
    if not match or not int(match[1]):
        raise UsageError(f"--disk takes a size, not {text!r}.", "Write 500M, or 20G.")
    return int(match[1]) << (10 * " KMGT".index(match[2] or " "))


@contextmanager
def _lock(folder: ResultFolder) -> Iterator[None]:
    """Keep a second run out of the folder.

    Raises:
        UsageError: One is at work there.
    """
    import fcntl

    with open(os.path.join(folder.path, ".lock"), "wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UsageError(f"another audit is at work in {folder.path}.", "Wait, or give another --out.") from None
        yield


def _report_progress(progress: Progress) -> None:
    if sys.stderr.isatty():
        errors = f", {format_count(len(progress.errors), 'error')}" if progress.errors else ""
        end = "\r\x1b[K" if progress.done == progress.total else ""
        typer.echo(f"\r\x1b[K  {progress.done:,} of {progress.total:,}{errors}{end}", err=True, nl=False)


def _print_summary(summary: Summary, out: str) -> None:
    total = summary.units.total()
    typer.echo(
        f"ringfence: {format_count(total, 'unit')} audited: {format_count(summary.findings, 'finding')}, "
        f"{summary.blocking:,} of which would be refused; {summary.unread:,} unread"
    )
    vendors = ", ".join(f"{vendor} {number:,}" for vendor, number in summary.by["vendor"].most_common(_SHOWN))
    if vendors:
        typer.echo(f"  {vendors}")
    for unit, error in summary.errors[:_SHOWN]:
        typer.echo(sanitise_text(f"  error: {unit}: {error}"))
    if len(summary.errors) > _SHOWN:
        typer.echo(f"  … and {len(summary.errors) - _SHOWN} more errors")
    page = os.path.join(out, "index.html")
    typer.echo(f"  Next: open {page}; the rows are in findings.parquet, unread.parquet and units.parquet")
