"""`ringfence ops`: prints what a server runs regularly, for systemd or cron, or rules of who may read there."""

from __future__ import annotations

import getpass
import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import ExitCode, UsageError
from ..setup.read_commands import format_bitbucket, format_gitea, format_github, format_gitlab
from ..setup.read_rules import format_gerrit, format_gitolite, list_read_rules
from ..setup.timers import format_cron, format_systemd, list_jobs

if TYPE_CHECKING:
    from collections.abc import Iterable

_JOBS = {"systemd": format_systemd, "cron": format_cron}
_RULES = {
    "gitolite": format_gitolite,
    "gerrit": format_gerrit,
    "github": format_github,
    "gitlab": format_gitlab,
    "gitea": format_gitea,
    "forgejo": format_gitea,
    "bitbucket": format_bitbucket,
}
_Kind = StrEnum("_Kind", [*_JOBS, *_RULES])  # type: ignore[misc]  # a member for each row of the tables


def ops(
    *,
    kind: Annotated[_Kind, typer.Option("--print", help="What to print: regular jobs, or rules of who may read.")],
    root: Annotated[str, typer.Option("--all", metavar="ROOT", help="The folder of the server's repositories.")],
    ledger: Annotated[str, typer.Option("--ledger", metavar="FILE", help="The ledger, if one is kept.")] = "",
    user: Annotated[
        str, typer.Option("--user", metavar="NAME", help="The user that runs the hooks; default: you.")
    ] = "",
) -> int:
    """Print units for systemd or lines for cron that look after the gate, or a server's own rules of who may read."""
    lines: Iterable[str]
    if kind in _RULES:
        rules = list(list_read_rules(os.path.abspath(root)))
        if not rules:
            raise UsageError(f"{root} has no tagged repository whose policy keeps accounts out.")
        lines = _RULES[kind](rules)
    else:
        jobs = list_jobs(os.path.abspath(root), os.path.abspath(ledger) if ledger else "")
        lines = _JOBS[kind](jobs, user or getpass.getuser())
    for line in lines:
        typer.echo(line)
    return ExitCode.ALLOWED
