"""The door for people: argv → one command; what goes wrong → message and exit code."""

from __future__ import annotations

import shutil
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import typer

from .. import __version__
from ..error_handler import exit_process, run_guarded
from ..errors import ExitCode, GitError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from git import GitCommandError

# In which module of `commands` each is, and under what name; a group of commands is an `app`.
COMMANDS = {
    "check": ("check", "check"),
    "ci": ("ci", "ci"),
    "install": ("install", "install"),
    "uninstall": ("install", "uninstall"),
    "status": ("status", "status"),
    "try": ("trial", "try_"),
    "waive": ("waive", "waive"),
    "guard": ("guard", "guard"),
    "declare": ("declare", "declare"),
    "policy": ("policy", "app"),
    "vendors": ("vendors", "app"),
    "ledger": ("ledger", "app"),
    "quarantine": ("quarantine", "app"),
    "receipt": ("receipt", "app"),
}

# Typer carries click's exceptions, its own copy or click's, under no public name but this one's.
_BadUsage: type[Exception] = typer.BadParameter.__base__  # type: ignore[assignment]


def build_app(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """Return the program with the commands that are named; to load them all takes a third of a second."""
    app = typer.Typer(
        help="Keeps rival AI vendors' output out of training data and evaluations.",
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback(invoke_without_command=True)(_run_root)
    for name in names:
        module, attribute = COMMANDS[name]
        command = getattr(import_module(f".{module}", __package__), attribute)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name=name)(command)
    return app


def _run_root(
    context: typer.Context, *, version: bool = typer.Option(False, "--version", help="Say which version this is.")
) -> None:
    if version:
        typer.echo(f"ringfence {__version__}")
        raise typer.Exit(ExitCode.ALLOWED)
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(ExitCode.USAGE)


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        code = run_guarded(_run_command, is_hook=False)
    except (KeyboardInterrupt, typer.Abort):
        code = ExitCode.INTERRUPTED
    exit_process(code)


def _run_command() -> int:
    if not shutil.which("git"):
        raise GitError("git isn't on the PATH.", "Install git, or put it on the PATH.")
    first = sys.argv[1] if sys.argv[1:] else ""
    names = [first] if first in COMMANDS else [] if first == "--version" else COMMANDS
    try:
        return build_app(names)(standalone_mode=False) or ExitCode.ALLOWED
    except _get_gitpython_errors() as error:
        said = str(error.stderr).strip().removeprefix("stderr: ").strip("'\n ")
        raise GitError(said.splitlines()[0] if said else "git failed.", "See what git itself says there.") from None
    except _BadUsage as error:
        # What typer raises has `format_message`; only their base, which promises it, has no public name.
        said = error.format_message().replace("Value error, ", "")  # type: ignore[attr-defined]
        raise UsageError(said, "See ringfence --help.") from None


def _get_gitpython_errors() -> tuple[type[GitCommandError], ...]:
    """Return what GitPython raises where git fails; it isn't loaded for that: most commands do without it."""
    return (sys.modules["git"].GitCommandError,) if "git" in sys.modules else ()
