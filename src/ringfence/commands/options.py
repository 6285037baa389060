"""Options that several commands have."""

from __future__ import annotations

import os
import tempfile
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UsageError
from ..git.repo import Repo
from ..model import ScanCounts, Unread, Verdict
from ..records import dsse
from ..reports.formats import FORMATS
from ..repository import Repository
from ..values import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..errors import RingfenceError
    from ..policy.inputs import Layer

_NOTHING = Verdict((), (), ScanCounts(), "", ())  # no tag, so nothing was judged
Format = StrEnum("Format", list(FORMATS))  # type: ignore[misc]  # a member for each row of the table

RepoOption = Annotated[
    str | None, typer.Option("--repo", metavar="DIR", help="The repository; left out: the one around.")
]
PolicyOption = Annotated[
    list[str] | None,
    typer.Option("--policy", metavar="FILE", help="The organisation's policy, or a further one."),
]
TagOption = Annotated[list[str] | None, typer.Option("--tag", help="Judge as if the repository carried this tag too.")]


def _check_reports(reports: list[str] | None) -> list[str] | None:
    """Look at what `--report` was given before anything is judged.

    Raises:
        BadParameter: A name isn't in the table, or there is no file.
    """
    for given in reports or ():
        name, _, file = given.partition("=")
        if name not in FORMATS or not file:
            raise typer.BadParameter(f"{given!r} is no report; write NAME=FILE, NAME one of {', '.join(FORMATS)}.")
    return reports


ReportsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--report",
        metavar="NAME=FILE",
        callback=_check_reports,
        help="A further report into a file, - for stdout; NAME is one of --format's; give it as often as you like.",
    ),
]
ReceiptOption = Annotated[
    str | None,
    typer.Option(
        "--receipt", metavar="FILE", help="Write what was examined, and the verdict, as an in-toto statement."
    ),
]
ReceiptKeyOption = Annotated[
    str | None, typer.Option("--receipt-key", metavar="FILE", help="Sign the receipt with this private key, in PEM.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="How to report; it never changes the exit code.")]


def open_repository(
    repo: str | None, policy: Sequence[str | Layer] | None, tag: list[str] | None = None, *, outside: bool = False,
    may_fetch: bool = False,
) -> Repository:  # fmt: skip
    """Return the repository that a command is about; `outside`: there may be none.

    Raises:
        UsageError: There is none, and there should be.
    """
    found = Repository(Repo(repo, may_fetch=may_fetch), policies=policy or (), tags=tag or (), outside=True)
    if not found.is_in_git and not outside:
        raise UsageError(f"{repo or 'this folder'} isn't in a git repository.", "Go into one, or give --repo DIR.")
    return found


def report_verdict(verdict: Verdict | None, how: str, reports: Iterable[str] | None = None) -> int:
    """Print a verdict, write the further reports, and return its exit code.

    What is printed moves to stderr where a further report takes stdout.
    """
    wanted = [(name, file) for name, _, file in (given.partition("=") for given in reports or ())]
    if verdict is None and how == "text":
        told = "ringfence: this repository carries no tag: nothing was judged (see --tag).\n"
    else:
        told = FORMATS[how](verdict or _NOTHING)
    typer.echo(told, nl=False, err=any(file == "-" for _, file in wanted))
    for name, file in wanted:
        write_file(FORMATS[name](verdict or _NOTHING), file)
    return (verdict or _NOTHING).exit_code


def report_failure(error: RingfenceError, reports: Iterable[str] | None) -> None:
    """Write the further reports of a run that came to no verdict: nobody must take the last run's for this one's."""
    why = Unread("", "", f"{error.message} {error.advice}".strip(), "block", "")
    for name, _, file in (given.partition("=") for given in reports or ()):
        write_file(FORMATS[name](replace(_NOTHING, unread=(why,))), file)


class ReceiptWriter:
    """Where the receipt of a run goes; made before the run, so that a wrong key or an old receipt isn't found after it.

    Raises:
        UsageError: The key can't be used, or no receipt is asked for.
    """

    def __init__(self, file: str | None, key: str | None) -> None:
        if key and not file:
            raise UsageError("--receipt-key goes with --receipt.")
        self.file, self.signer = file, dsse.build_signer(read_file(key)) if key else None
        if file and os.path.isfile(file):
            os.unlink(file)  # whatever becomes of this run, nobody must take the last one's for its

    def write(self, verdict: Verdict | None) -> None:
        """Write it, if it is asked for; what wasn't judged has none."""
        if not self.file:
            return
        if verdict is None or not verdict.about.head:
            typer.echo("ringfence: nothing was judged, so there is no receipt.", err=True)
            return
        from ..reports.receipt import render

        statement = render(verdict)
        write_file(dsse.sign_statement(statement, self.signer) if self.signer else statement, self.file)


def read_file(file: str) -> bytes:
    """Read a file that was named.

    Raises:
        UsageError: It can't be read.
    """
    try:
        with open(file, "rb") as opened:
            return opened.read()
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror}.", "Name a file that is there.") from None


def write_file(text: str, file: str) -> None:
    """Write a report where no reader ever finds half of it; `-` is stdout.

    Raises:
        UsageError: The place can't be written to.
    """
    if file == "-":
        typer.echo(text, nl=False)
        return
    try:
        if os.path.exists(file) and not os.path.isfile(file):  # /dev/stderr, a pipe: there is nothing to replace
            with open(file, "w", encoding="utf-8") as open_file:
                open_file.write(text)
            return
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=os.path.dirname(file) or ".", prefix=".ringfence-", delete=False
        ) as beside:
            beside.write(text)
        os.chmod(beside.name, 0o644)  # a temporary file is its owner's alone, and an upload may run as somebody else
        os.replace(beside.name, file)
    except OSError as error:
        raise UsageError(
            f"{file} can't be written: {error.strerror}.", "Name a file in a folder that is there."
        ) from None
