"""`ringfence ci`: the re-check, because hooks can be skipped."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from ..errors import ExitCode, RingfenceError
from ..progress import Shown
from ..recheck import recheck
from ..sources.ci import detect
from ..sources.range import Range
from . import options
from .check import ends
from .options import (
    Format,
    FormatOption,
    PolicyOption,
    ReceiptKeyOption,
    ReceiptOption,
    RepoOption,
    ReportsOption,
    TagOption,
    report,
)


def ci(
    range_: Annotated[
        str | None, typer.Option("--range", metavar="A..B", help="Instead of what the service says.")
    ] = None,
    *,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Fetch from origin what the clone leaves out: commits, history, contents.")
    ] = False,
    repo: RepoOption = None,
    policy: PolicyOption = None,
    tag: TagOption = None,
    how: FormatOption = Format["text"],
    reports: ReportsOption = None,
    receipt: ReceiptOption = None,
    receipt_key: ReceiptKeyOption = None,
) -> int:
    """Judge what a pull request, merge request or push brings, by the policy of its base."""
    paper = options.Receipt(receipt, receipt_key)
    if range_ is None:
        about = detect(os.environ)
    else:
        base, head = ends(range_)
        about = Range((base,) if base else (), head, is_told=False)
    if about.nothing:
        typer.echo("ringfence: a deletion brings nothing to check.")
        return ExitCode.ALLOWED
    try:
        place = options.place(repo, policy, tag, may_fetch=fetch)
        with Shown():
            verdict = recheck(place, about, may_fetch=fetch)
    except RingfenceError as error:
        options.report_failure(error, reports)
        raise
    paper.write(verdict)
    return report(verdict, how, reports)
