"""`ringfence uninstall`, and what it shares with `ringfence install`."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Annotated

import typer

from ..audit.many import list_repositories, uninstall_all
from ..errors import ExitCode, UsageError
from ..setup import client_hooks, git_config, global_hooks, pre_commit_config, read_hook, server_hooks
from .options import RepoOption

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..audit.many import Outcome

Server = Annotated[
    str | None,
    typer.Option(
        "--server", metavar="DIR", help="A bare repository on the server, or the folder its forge takes hooks from."
    ),
]
All = Annotated[
    str | None, typer.Option("--all", metavar="ROOT", help="Every bare repository below a folder, on the server.")
]
Global = Annotated[bool, typer.Option("--global", help="The hooks of all repositories that you work in.")]


def uninstall(
    *, repo: RepoOption = None, server: Server = None, everything: All = None,
    reads: Annotated[
        bool, typer.Option("--reads", help="Only what decides about fetches, for all that this machine serves.")
    ] = False,
    for_user: Global = False,
) -> int:  # fmt: skip
    """Remove the hooks and restore those that were there before."""
    if for_user:
        refuse_beside_global(repo, server, everything, reads)
        return print_results(global_hooks.uninstall_global_hooks())
    if reads:
        done = read_hook.uninstall_read_hook()
        for directory in list_repositories(everything) if everything else [server] if server else ():
            git_config.remove_values(client_hooks.open_repo(directory), read_hook.DUMB[0], f"^{read_hook.DUMB[1]}$")
        return print_results(done)
    if everything and (server or repo):
        raise UsageError("--all can't be combined with --server or --repo.")
    if everything:
        return print_outcomes(everything, uninstall_all(everything), is_tagging=False)
    done = server_hooks.uninstall_forge_hooks(server) if server else []
    if server and not server_hooks.is_repository(server):
        return print_results(done)
    git_repo = client_hooks.open_repo(server or repo)
    done += client_hooks.uninstall_hooks(git_repo)
    if not git_repo.bare and (sentence := pre_commit_config.remove_block(str(git_repo.working_dir))):
        done.append(sentence)
        if not os.path.exists(os.path.join(git_repo.working_dir, pre_commit_config.FILE)):
            # The hooks of pre-commit refuse every commit if their configuration file is missing.
            done += run_pre_commit(git_repo.working_dir, "uninstall")
    return print_results(done)


def print_results(done: list[str]) -> int:
    """Print what was done, a sentence each, and return 0."""
    for sentence in done or ["nothing was installed here"]:
        typer.echo(f"ringfence: {sentence}")
    return ExitCode.ALLOWED


def refuse_beside_global(*others: object) -> None:
    """Refuse other options than --policy beside --global.

    Raises:
        UsageError: One is given.
    """
    if any(others):
        raise UsageError(
            "--global can't be combined with other options than --policy.",
            "A repository is tagged by the policy, by its ringfence.toml, or by ringfence install --tag TAG in it.",
        )


def print_outcomes(root: str, outcomes: Iterable[Outcome], *, is_tagging: bool) -> int:
    """Print what was done, where something was, and a summary; return 3 if a repository failed.

    `is_tagging`: the outcomes say which repositories are tagged.
    """
    counts = {"repositories": 0, "tagged": 0, "changed": 0, "failed": 0}
    for outcome in outcomes:
        counts["repositories"] += 1
        counts["tagged"] += bool(outcome.tags)
        counts["changed"] += bool(outcome.done)
        counts["failed"] += bool(outcome.error)
        if outcome.error:
            typer.echo(f"ringfence: {outcome.directory}: FAILED: {outcome.error}", err=True)
        elif outcome.done:
            typer.echo(f"ringfence: {outcome.directory}: {'; '.join(outcome.done)}")
    total = counts.pop("repositories")
    if not is_tagging:
        counts.pop("tagged")
    shown = ", ".join(f"{number} {name}" for name, number in counts.items())
    typer.echo(f"ringfence: {root}: {total} repositor{'y' if total == 1 else 'ies'}, {shown}")
    return ExitCode.INCOMPLETE if counts["failed"] else ExitCode.ALLOWED


def run_pre_commit(top: object, command: str) -> list[str]:
    """Run `pre-commit install` or `uninstall` for our stages, and return the lines it prints.

    Raises:
        UsageError: It fails.
    """
    program = client_hooks.find_pre_commit()
    stages = [word for stage in pre_commit_config.STAGES for word in ("--hook-type", stage)]
    process = subprocess.run([*program, command, *stages], cwd=str(top), capture_output=True, text=True, check=False)
    if process.returncode:
        raise UsageError(f"{program[0]} {command} failed: {(process.stderr or process.stdout).strip()}")
    return process.stdout.strip().splitlines()
