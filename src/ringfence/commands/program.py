"""The command line: parses argv, runs one command, and turns errors into a message and an exit code."""

from __future__ import annotations

import inspect
import shutil
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer

from .. import __version__
from ..error_handler import exit_process, run_guarded
from ..errors import ExitCode, GitError, UsageError
from .flags import apply_colour, run_with_flags, split_flags

if TYPE_CHECKING:
    from collections.abc import Iterable

    from git import GitCommandError

# The module of `commands` and the name in it; a group of commands is an `app`.
COMMANDS = {
    "check": ("check", "check"),
    "ci": ("ci", "ci"),
    "install": ("install", "install"),
    "uninstall": ("uninstall", "uninstall"),
    "status": ("status", "status"),
    "stats": ("stats", "stats"),
    "ops": ("ops", "ops"),
    "completion": ("completion", "completion"),
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
    "audit": ("audit", "audit"),
}

# The base class of Typer's usage errors, from click or Typer's own copy of it; it has no other public name.
_BadUsage: type[Exception] = typer.BadParameter.__base__  # type: ignore[assignment]


def build_app(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """Return the program with these commands; loading all of them takes a third of a second."""
    app = typer.Typer(
        help="Keeps rival AI vendors' output out of training data and evaluations.",
        epilog="Every command takes -q, --quiet (print nothing where it ends with 0), -v, --verbose (say at the end "
        "what ran), --color auto|always|never, and -h, --help.",
        context_settings={"help_option_names": ["-h", "--help"]},
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback(invoke_without_command=True)(_run_root)
    for name in names:
        module, attribute = COMMANDS[name]
        command = getattr(import_module(f".{module}", __package__), attribute)
        if isinstance(command, typer.Typer):
            for inside in command.registered_commands:
                inside.short_help = _summarise(inside.callback)
            app.add_typer(command, name=name, short_help=str(command.info.help).rstrip("."))
        else:
            app.command(name=name, short_help=_summarise(command))(command)
    return app


def _summarise(command: object) -> str:
    """Return the first sentence of a command's help, whole: Typer would cut it at 45 characters."""
    return (inspect.getdoc(command) or "").partition("\n")[0].rstrip(".")


def _run_root(
    context: typer.Context, *, version: bool = typer.Option(False, "-V", "--version", help="Print the version.")
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
    flags, arguments = split_flags(sys.argv[1:])
    apply_colour(flags)
    first = arguments[0] if arguments else ""
    names = [first] if first in COMMANDS else [] if first in ("-V", "--version") else COMMANDS
    return run_with_flags(flags, first, lambda: _run_app(names, arguments))


def _run_app(names: Iterable[str], arguments: list[str]) -> int:
    try:
        command = typer.main.get_command(build_app(names))
        _name_values(command)
        return command(arguments, standalone_mode=False) or ExitCode.ALLOWED
    except _get_gitpython_errors() as error:
        message = str(error.stderr).strip().removeprefix("stderr: ").strip("'\n ")
        raise GitError(message.splitlines()[0] if message else "git failed.", "Try git in that folder.") from None
    except _BadUsage as error:
        # All usage errors have `format_message`, but only a class without a public name declares it.
        message = error.format_message().replace("Value error, ", "")  # type: ignore[attr-defined]
        raise UsageError(message, "See ringfence --help.") from None


def _name_values(command: Any) -> None:
    """Keep helps from showing Python's types: later releases of Typer print them beside the name of an argument."""
    for inside in getattr(command, "commands", {}).values():
        _name_values(inside)
    for parameter in command.params:
        if parameter.metavar and hasattr(parameter, "display_type_rich") and not hasattr(parameter, "is_flag"):
            parameter.display_type_rich = lambda **_: ""


def _get_gitpython_errors() -> tuple[type[GitCommandError], ...]:
    """Return the error that GitPython raises when git fails; () if GitPython isn't loaded, as for most commands."""
    return (sys.modules["git"].GitCommandError,) if "git" in sys.modules else ()
