"""`ringfence status`: do the hooks really run?"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from .. import status as looked
from ..errors import ExitCode
from ..install import opened
from .options import RepoOption


def status(
    *,
    repo: RepoOption = None,
    server: Annotated[
        str | None, typer.Option("--server", metavar="DIR", help="A bare repository on the server.")
    ] = None,
) -> int:
    """Say whether the hooks are in place, and prove it by showing each a canary it must refuse."""
    console = Console(highlight=False, soft_wrap=True)
    good = True
    again = f"ringfence install{f' --server {server}' if server else f' --repo {repo}' if repo else ''}"
    for check in looked.checks(opened(server or repo), again):
        good = good and check.is_good
        console.print("[green]ok  [/]" if check.is_good else "[red]BAD [/]", end="")
        console.print(f"{check.what}: {check.says}", markup=False)
        if check.advice and not check.is_good:
            console.print(f"      {check.advice}", markup=False)
    return ExitCode.ALLOWED if good else ExitCode.INCOMPLETE
