"""What `ringfence install` and `ringfence uninstall` share: options, and how they tell what they did."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import ExitCode, UsageError
from ..setup import client_hooks, pre_commit_config

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
