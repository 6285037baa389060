"""The door for people: argv → one command; what goes wrong → message and exit code."""

from __future__ import annotations

import shutil

import git
import typer

from . import __version__
from .commands import (
    check,
    ci,
    declare,
    guard,
    install,
    ledger,
    policy,
    quarantine,
    receipt,
    status,
    trial,
    vendors,
    waive,
)
from .door import guarded, leave
from .errors import ExitCode, GitError, UsageError

app = typer.Typer(
    help="Keeps rival AI vendors' output out of training data and evaluations.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(check.check)
app.command()(ci.ci)
app.command()(install.install)
app.command()(install.uninstall)
app.command()(status.status)
app.command(name="try")(trial.try_)
app.command()(waive.waive)
app.command()(guard.guard)
app.command()(declare.declare)
app.add_typer(policy.app, name="policy")
app.add_typer(vendors.app, name="vendors")
app.add_typer(ledger.app, name="ledger")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(receipt.app, name="receipt")

# Typer carries click's exceptions, its own copy or click's, under no public name but this one's.
_BadUsage: type[Exception] = typer.BadParameter.__base__  # type: ignore[assignment]


@app.callback(invoke_without_command=True)
def _root(
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
        code = guarded(_run, is_hook=False)
    except (KeyboardInterrupt, typer.Abort):
        code = ExitCode.INTERRUPTED
    leave(code)


def _run() -> int:
    if not shutil.which("git"):
        raise GitError("git isn't on the PATH.", "Install git, or put it on the PATH.")
    try:
        return app(standalone_mode=False) or ExitCode.ALLOWED
    except git.GitCommandError as error:
        said = str(error.stderr).strip().removeprefix("stderr: ").strip("'\n ")
        raise GitError(said.splitlines()[0] if said else "git failed.", "See what git itself says there.") from None
    except _BadUsage as error:
        raise UsageError(error.format_message(), "See ringfence --help.") from None  # type: ignore[attr-defined]
