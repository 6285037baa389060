"""`ringfence ops`: prints what a server runs regularly, for systemd or cron."""

from __future__ import annotations

import getpass
import os
from enum import StrEnum
from typing import Annotated

import typer

from ..errors import ExitCode
from ..setup.timers import format_cron, format_systemd, list_jobs

_FORMATS = {"systemd": format_systemd, "cron": format_cron}
_Kind = StrEnum("_Kind", list(_FORMATS))  # type: ignore[misc]  # a member for each row of the table


def ops(
    *,
    kind: Annotated[_Kind, typer.Option("--print", help="What to print.")],
    root: Annotated[str, typer.Option("--all", metavar="ROOT", help="The folder of the server's repositories.")],
    ledger: Annotated[str, typer.Option("--ledger", metavar="FILE", help="The ledger, if one is kept.")] = "",
    user: Annotated[
        str, typer.Option("--user", metavar="NAME", help="The user that runs the hooks; default: you.")
    ] = "",
) -> int:
    """Print units for systemd, or lines for cron, that keep the gate in place and look after it."""
    jobs = list_jobs(os.path.abspath(root), os.path.abspath(ledger) if ledger else "")
    for line in _FORMATS[kind](jobs, user or getpass.getuser()):
        typer.echo(line)
    return ExitCode.ALLOWED
