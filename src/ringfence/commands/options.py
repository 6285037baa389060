"""Options that several commands have."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import ExitCode, UsageError
from ..git import Repo
from ..place import Place
from ..reports.formats import FORMATS

if TYPE_CHECKING:
    from ..model import Verdict

Format = StrEnum("Format", list(FORMATS))  # type: ignore[misc]  # a member for each row of the table

RepoOption = Annotated[
    str | None, typer.Option("--repo", metavar="DIR", help="The repository; left out: the one around.")
]
PolicyOption = Annotated[
    list[str] | None,
    typer.Option("--policy", metavar="FILE", help="The organisation's policy, or a further one."),
]
TagOption = Annotated[list[str] | None, typer.Option("--tag", help="Judge as if the repository carried this tag too.")]
FormatOption = Annotated[Format, typer.Option("--format", help="How to report; it never changes the exit code.")]


def place(repo: str | None, policy: list[str] | None, tag: list[str] | None = None, *, outside: bool = False) -> Place:
    """Return the repository that a command is about; `outside`: there may be none.

    Raises:
        UsageError: There is none, and there should be.
    """
    found = Place(Repo(repo), policies=policy or (), tags=tag or (), outside=True)
    if not found.in_git and not outside:
        raise UsageError(f"{repo or 'this folder'} isn't in a git repository.", "Go into one, or give --repo DIR.")
    return found


def report(verdict: Verdict | None, how: str) -> int:
    """Print a verdict and return its exit code."""
    if verdict is None:
        from ..model import Examined, Verdict

        if how == "text":
            typer.echo("ringfence: this repository carries no tag: nothing was judged (see --tag).")
            return ExitCode.ALLOWED
        verdict = Verdict((), (), Examined(), "", ())
    typer.echo(FORMATS[how](verdict), nl=False)
    return verdict.exit_code
