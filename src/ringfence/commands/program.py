"""The command line: parses argv, runs one command, and turns errors into a message and an exit code."""

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

# The module of `commands` and the name in it; a group of commands is an `app`.
COMMANDS = {
    "check": ("check", "check"),
    "ci": ("ci", "ci"),
    "install": ("install", "install"),
    "uninstall": ("install", "uninstall"),
    "status": ("status", "status"),
    "stats": ("stats", "stats"),
    "ops": ("ops", "ops"),
    "try": ("demo", "try_"),
    "waive": ("waive", "waive"),
    "guard": ("guard", "guard"),
    "declare": ("declare", "declare"),
    "policy": ("policy", "app"),
    "vendors": ("vendors", "app"),
    "ledger": ("ledger", "app"),
    "quarantine": ("quarantine", "app"),
    "receipt": ("receipt", "app"),
    "ingredients": ("ingredients", "app"),
    "trace": ("trace", "trace"),
}

# The base class of Typer's usage errors, from click or Typer's own copy of it; it has no other public name.
_BadUsage: type[Exception] = typer.BadParameter.__base__  # type: ignore[assignment]


def build_app(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """Return the program with these commands; loading all of them takes a third of a second."""
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
    context: typer.Context, *, version: bool = typer.Option(False, "--version", help="Print the version.")
) -> None:
    if version:
        typer.echo(f"ringfence {__version__}")
        raise typer.Exit(ExitCode.ALLOWED)
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(ExitCode.USAGE)


def main() -> None:
    """Run the command line and exit with its exit code."""
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
        message = str(error.stderr).strip().removeprefix("stderr: ").strip("'\n ")
        raise GitError(message.splitlines()[0] if message else "git failed.", "Try git in that folder.") from None
    except _BadUsage as error:
        # All usage errors have `format_message`, but only a class without a public name declares it.
        message = error.format_message().replace("Value error, ", "")  # type: ignore[attr-defined]
        raise UsageError(message, "See ringfence --help.") from None


def _get_gitpython_errors() -> tuple[type[GitCommandError], ...]:
    """Return the error that GitPython raises when git fails; () if GitPython isn't loaded, as for most commands."""
    return (sys.modules["git"].GitCommandError,) if "git" in sys.modules else ()
