"""`ringfence trace`: says which lines and rows of a repository come from whose tool."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ..audit.trace import formats
from ..audit.trace.levels import LEVELS, LISTS, list_excluded
from ..errors import ExitCode
from ..excerpts import sanitise_text
from .ingredient_options import IndexOption, KeyOption
from .options import PolicyOption, RepoOption, TagOption, write_file

if TYPE_CHECKING:
    from ..audit.trace.model import Trace
    from ..policy.plan import Plan
    from ..scan.ingredients.lookup import Lookup

TraceFormat = StrEnum("TraceFormat", list(formats.FORMATS))  # type: ignore[misc]  # a member for each row of the table
ExcludeList = StrEnum("ExcludeList", list(LISTS))  # type: ignore[misc]
Level = StrEnum("Level", list(LEVELS))  # type: ignore[misc]


def trace(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATH...", help="Files and folders to trace; default: all.")
    ] = None,
    *,
    at: Annotated[str, typer.Option("--at", metavar="REV", help="The commit, branch or tag to trace.")] = "HEAD",
    how: Annotated[
        TraceFormat | None,
        typer.Option(
            "--format",
            metavar="|".join(formats.FORMATS),
            help="What to print; default: lines for one file, else table.",
        ),
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", metavar="FILE", help="Write it to FILE; needed for parquet.")
    ] = None,
    exclude: Annotated[
        ExcludeList | None,
        typer.Option(
            "--exclude", metavar="|".join(LISTS), help="Print only a list to exclude: ids of contents, paths, or rows."
        ),
    ] = None,
    level: Annotated[
        Level | None,
        typer.Option("--level", metavar="|".join(LEVELS), help="What a row of a table is; default: a run of lines."),
    ] = None,
    share: Annotated[
        float,
        typer.Option("--share", metavar="S", min=0.0, max=1.0, help="Leave out what has no more of a tool than this."),
    ] = 0.0,
    fail: Annotated[bool, typer.Option("--fail", help="End with 1 if anything comes from a rival's tool.")] = False,
    index: IndexOption = None,
    key: KeyOption = None,
    repo: RepoOption = None,
    policy: PolicyOption = None,
    tag: TagOption = None,
) -> int:
    """Trace the lines of files at a commit to the AI tools that wrote them."""
    from ..audit.trace.collect import trace_revision
    from ..policy.load import load_plan
    from ..repository import read_local_inputs
    from .options import open_repository

    repository = open_repository(repo, policy, tag)
    plan = load_plan(read_local_inputs(repository))
    found = trace_revision(repository, plan, at, paths or (), _open_lookup(plan, index, key), _report_step)
    _report_step("")
    if exclude:
        lines = list_excluded(found, repository.objects, exclude, share)
        write_file("".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace"), output or "-")
        return _report_end(found, fail=fail)
    is_file = len(paths or ()) == 1 and len(found.files) == 1
    chosen = how or TraceFormat("lines" if is_file else "table")
    request = formats.Request(found, repository, _has_colours(output), level or "line", share)
    write_file(formats.FORMATS[chosen](request), output or "-")
    return _report_end(found, fail=fail)


def _report_end(found: Trace, *, fail: bool) -> int:
    """Say what could not be traced, and return the exit code."""
    for path, reason in found.incomplete:
        typer.echo(
            f"ringfence: incomplete: {sanitise_text(f'{path}: ' if path else '')}{sanitise_text(reason)}", err=True
        )
    if found.incomplete:
        return ExitCode.INCOMPLETE
    return ExitCode.BLOCKED if fail and found.is_marked else ExitCode.ALLOWED


def _open_lookup(plan: Plan, index: str | None, key: str | None) -> Lookup | None:
    """Return the index that is given or that the policy names; None for none."""
    folder = index or plan.ingredients.index
    if not folder:
        return None
    from ..scan.ingredients.index_key import load_key
    from ..scan.ingredients.lookup import Lookup

    folder = os.path.abspath(folder)
    return Lookup(folder, load_key(folder, key or plan.ingredients.key_file))


def _has_colours(output: str | None) -> bool:
    return output is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _report_step(step: str) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r\x1b[K{step}", err=True, nl=False)
