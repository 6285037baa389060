"""`ringfence status`: checks that the hooks are installed, run, and refuse a test commit."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ..audit.many_status import check_repositories
from ..errors import ExitCode, UsageError
from ..setup.client_hooks import open_repo
from ..setup.server_hooks import is_repository
from ..setup.status import check_global_hooks, check_repository, check_shared_folder
from .options import RepoOption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..setup.host_checks import CheckResult

_Format = StrEnum("_Format", ["text", "json"])


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
    for_user: Annotated[bool, typer.Option("--global", help="The hooks that you have for all repositories.")] = False,
    how: Annotated[_Format, typer.Option("--format", help="The format of the report.")] = _Format["text"],
) -> int:
    """Check that the hooks are installed, and run each on a marked test commit, which it must refuse.

    Ends with 0 where all is well and with 3 where a check is bad.
    """
    command = f"ringfence install{f' --server {server}' if server else f' --repo {repo}' if repo else ''}"
    if for_user and (repo or server or everything):
        raise UsageError("--global can't be combined with --repo, --server or --all.")
    is_json = how == "json"
    checks = check_global_hooks() if for_user else _run_checks(repo, server, everything, command, has_all=is_json)
    is_good = _print_json(checks) if is_json else _print_text(checks)
    return ExitCode.ALLOWED if is_good else ExitCode.INCOMPLETE


def _print_text(checks: Iterator[CheckResult]) -> bool:
    """Print each check when it is done; return whether all are good."""
    console = Console(highlight=False, soft_wrap=True)
    is_good = True
    for check in checks:
        is_good = is_good and check.is_good
        console.print("[green]ok  [/]" if check.is_good else "[red]BAD [/]", end="")
        console.print(f"{check.name}: {check.detail}", markup=False)
        if check.advice and not check.is_good:
            console.print(f"      {check.advice}", markup=False)
    return is_good


def _print_json(checks: Iterator[CheckResult]) -> bool:
    rows = [asdict(check) for check in checks]
    is_good = all(row["is_good"] for row in rows)
    typer.echo(json.dumps({"schema": 1, "is_good": is_good, "checks": rows}, indent=2))
    return is_good


def _run_checks(
    repo: str | None, server: str | None, everything: str | None, install_command: str, *, has_all: bool
) -> Iterator[CheckResult]:
    """Yield the results of the checks that the options select; `install_command` is the advice if one fails.

    Raises:
        UsageError: Options that can't be combined.
    """
    if everything and (repo or server):
        raise UsageError("--all can't be combined with --repo or --server.")
    if everything:
        return check_repositories(everything, has_all=has_all)
    if server and os.path.isdir(server) and not is_repository(server):
        return check_shared_folder(server, f"{install_command} --forge NAME")
    return check_repository(open_repo(server or repo), install_command)
