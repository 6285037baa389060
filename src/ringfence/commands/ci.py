"""`ringfence ci`: the re-check, because hooks can be skipped."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from .. import gate
from ..errors import ExitCode
from ..sources.ci import Range, detect
from . import options
from .check import ends
from .options import Format, FormatOption, PolicyOption, RepoOption, ReportsOption, TagOption, report


def ci(
    range_: Annotated[
        str | None, typer.Option("--range", metavar="A..B", help="Instead of what the service says.")
    ] = None,
    *,
    repo: RepoOption = None,
    policy: PolicyOption = None,
    tag: TagOption = None,
    how: FormatOption = Format["text"],
    reports: ReportsOption = None,
) -> int:
    """Judge what a pull request, merge request or push brings, by the policy of its base."""
    if range_ is None:
        about = detect(os.environ)
    else:
        base, head = ends(range_)
        about = Range((base,) if base else (), head, is_told=False)
    if about.nothing:
        typer.echo("ringfence: a deletion brings nothing to check.")
        return ExitCode.ALLOWED
    place = options.place(repo, policy, tag)
    return report(gate.ci(place, about), how, reports)
