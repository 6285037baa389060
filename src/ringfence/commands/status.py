"""`ringfence status`: checks that the hooks really run and refuse."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ..errors import ExitCode, UsageError
from ..setup import server_hooks
from ..setup import status as looked
from ..setup.client_hooks import open_repo
from .options import RepoOption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..setup.host_checks import CheckResult


def status(
    *,
    repo: RepoOption = None,
    server: Annotated[
        str | None,
        typer.Option("--server", metavar="DIR", help="A bare repository, or the folder its forge takes hooks from."),
    ] = None,
    everything: Annotated[
        str | None, typer.Option("--all", metavar="ROOT", help="Every bare repository below a folder.")
    ] = None,
) -> int:
    """Say whether the hooks are in place, and prove it by showing each a canary it must refuse."""
    console = Console(highlight=False, soft_wrap=True)
    good = True
    again = f"ringfence install{f' --server {server}' if server else f' --repo {repo}' if repo else ''}"
    for check in _run_checks(repo, server, everything, again):
        good = good and check.is_good
        console.print("[green]ok  [/]" if check.is_good else "[red]BAD [/]", end="")
        console.print(f"{check.name}: {check.detail}", markup=False)
        if check.advice and not check.is_good:
            console.print(f"      {check.advice}", markup=False)
    return ExitCode.ALLOWED if good else ExitCode.INCOMPLETE


def _run_checks(repo: str | None, server: str | None, everything: str | None, again: str) -> Iterator[CheckResult]:
    if everything and (repo or server):
        raise UsageError("--all goes by itself.", "Leave --repo and --server out.")
    if everything:
        return looked.check_repositories(everything)
    if server and os.path.isdir(server) and not server_hooks.is_repository(server):
        return looked.check_shared_folder(server, f"{again} --forge NAME")
    return looked.check_repository(open_repo(server or repo), again)
