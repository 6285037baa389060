"""`ringfence status`: checks that the hooks are installed, run, and refuse a test commit."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ..errors import ExitCode, UsageError
from ..setup.client_hooks import open_repo
from ..setup.server_hooks import is_repository
from ..setup.status import check_repositories, check_repository, check_shared_folder
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
    """Check that the hooks are installed, and run each on a marked test commit, which it must refuse."""
    console = Console(highlight=False, soft_wrap=True)
    is_good = True
    install_command = f"ringfence install{f' --server {server}' if server else f' --repo {repo}' if repo else ''}"
    for check in _run_checks(repo, server, everything, install_command):
        is_good = is_good and check.is_good
        console.print("[green]ok  [/]" if check.is_good else "[red]BAD [/]", end="")
        console.print(f"{check.name}: {check.detail}", markup=False)
        if check.advice and not check.is_good:
            console.print(f"      {check.advice}", markup=False)
    return ExitCode.ALLOWED if is_good else ExitCode.INCOMPLETE


def _run_checks(
    repo: str | None, server: str | None, everything: str | None, install_command: str
) -> Iterator[CheckResult]:
    """Yield the results of the checks that the options select; `install_command` is the advice if one fails.

    Raises:
        UsageError: Options that can't be combined.
    """
    if everything and (repo or server):
        raise UsageError("--all can't be combined with --repo or --server.")
    if everything:
        return check_repositories(everything)
    if server and os.path.isdir(server) and not is_repository(server):
        return check_shared_folder(server, f"{install_command} --forge NAME")
    return check_repository(open_repo(server or repo), install_command)
