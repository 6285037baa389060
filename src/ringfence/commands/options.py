"""Options that several commands share, and functions that open a repository and write reports."""

from __future__ import annotations

import os
import sys
import tempfile
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UsageError
from ..git.repo import Repo
from ..model import ScanCounts, Unread, Verdict
from ..records import dsse
from ..reports.colour import colour_report, uses_colour
from ..reports.formats import FORMATS
from ..repository import Repository
from ..values import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..errors import RingfenceError
    from ..policy.inputs import Layer

_NO_VERDICT = Verdict((), (), ScanCounts(), "", ())  # for a repository without a tag, where nothing is checked
Format = StrEnum("Format", list(FORMATS))  # type: ignore[misc]  # a member for each row of the table

RepoOption = Annotated[
    str | None, typer.Option("--repo", metavar="DIR", help="The repository; default: the current repository.")
]
PolicyOption = Annotated[
    list[str] | None,
    typer.Option("--policy", metavar="FILE", help="An additional policy of the organisation."),
]
TagOption = Annotated[
    list[str] | None, typer.Option("--tag", metavar="TAG", help="Check as if the repository also had this tag.")
]


def _check_reports(reports: list[str] | None) -> list[str] | None:
    """Check the values of `--report` before the run.

    Raises:
        BadParameter: A format is unknown, or a file is missing.
    """
    for report in reports or ():
        name, _, file = report.partition("=")
        if name not in FORMATS or not file:
            raise typer.BadParameter(f"{report!r} isn't a report; write NAME=FILE, NAME one of {', '.join(FORMATS)}.")
    return reports


def _parse_reports(reports: Iterable[str] | None) -> list[tuple[str, str]]:
    """Return the values of `--report` as (format, file)."""
    return [(name, file) for name, _, file in (report.partition("=") for report in reports or ())]


ReportsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--report",
        metavar="NAME=FILE",
        callback=_check_reports,
        help="Write another report to FILE, - for stdout; NAME is a format as for --format. Can be repeated.",
    ),
]
ReceiptOption = Annotated[
    str | None,
    typer.Option(
        "--receipt", metavar="FILE", help="Write what was examined and the verdict to FILE, as an in-toto statement."
    ),
]
ReceiptKeyOption = Annotated[
    str | None, typer.Option("--receipt-key", metavar="FILE", help="Sign the receipt with this private key, in PEM.")
]
FormatOption = Annotated[
    Format, typer.Option("--format", help="The format of the report; it doesn't change the exit code.")
]


def open_repository(
    repo: str | None, policy: Sequence[str | Layer] | None, tag: list[str] | None = None, *, outside: bool = False,
    may_fetch: bool = False,
) -> Repository:  # fmt: skip
    """Return the repository of a command.

    Args:
        repo: A folder in it; None for the current folder.
        policy: Additional policies, as paths or as layers that were fetched.
        tag: Additional tags.
        outside: The folder needn't be in a git repository.
        may_fetch: Git may fetch objects that a partial clone lacks.

    Raises:
        UsageError: The folder isn't in a git repository.
    """
    repository = Repository(Repo(repo, may_fetch=may_fetch), policies=policy or (), tags=tag or (), outside=True)
    if not repository.is_in_git and not outside:
        raise UsageError(f"{repo or 'this folder'} isn't in a git repository.", "Go into one, or give --repo DIR.")
    return repository


def report_verdict(verdict: Verdict | None, how: str, reports: Iterable[str] | None = None) -> int:
    """Print a verdict as `how`, write the additional reports, and return the exit code.

    The verdict is printed to stderr if an additional report goes to stdout. None means that nothing was checked.
    """
    requested = _parse_reports(reports)
    if verdict is None and how == "text":
        text = "ringfence: this repository has no tag: nothing was checked (see --tag).\n"
    else:
        text = FORMATS[how](verdict or _NO_VERDICT)
    is_aside = any(file == "-" for _, file in requested)
    if how == "text" and not is_aside and uses_colour():
        text = colour_report(text)
    typer.echo(text, nl=False, err=is_aside, color=True)
    for name, file in requested:
        write_file(FORMATS[name](verdict or _NO_VERDICT), file)
    return (verdict or _NO_VERDICT).exit_code


def report_failure(error: RingfenceError, reports: Iterable[str] | None) -> None:
    """Write the additional reports of a run that failed, so that an earlier run's aren't mistaken for its own."""
    reason = Unread("", "", f"{error.message} {error.advice}".strip(), "block", "")
    for name, file in _parse_reports(reports):
        write_file(FORMATS[name](replace(_NO_VERDICT, unread=(reason,))), file)


class ReceiptWriter:
    """Writes the receipt of a run; created before the run, so that an invalid key is reported at once."""

    def __init__(self, file: str | None, key: str | None) -> None:
        """Load the key and delete an earlier receipt.

        Raises:
            UsageError: The key is invalid, or is given without `file`.
        """
        if key and not file:
            raise UsageError("--receipt-key needs --receipt.")
        self.file, self.signer = file, dsse.build_signer(read_file(key)) if key else None
        if file and os.path.isfile(file):
            os.unlink(file)  # so that, if this run fails, an earlier run's receipt isn't mistaken for its own

    def write(self, verdict: Verdict | None) -> None:
        """Write the receipt if one was requested; where nothing was checked there is none, and stderr says so."""
        if not self.file:
            return
        if verdict is None or not (verdict.about.head or verdict.about.files):
            typer.echo("ringfence: nothing was checked, so there is no receipt.", err=True)
            return
        from ..reports.receipt import render

        statement = render(verdict)
        write_file(dsse.sign_statement(statement, self.signer) if self.signer else statement, self.file)


def read_file(file: str) -> bytes:
    """Return the bytes of a file given on the command line.

    Raises:
        UsageError: It can't be read.
    """
    try:
        with open(file, "rb") as opened:
            return opened.read()
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror}.", "Give an existing file.") from None


def write_file(content: str | bytes, file: str) -> None:
    """Write text or bytes to a file atomically, so that a reader never sees half of it; `-` is stdout.

    Raises:
        UsageError: The file can't be written.
    """
    data = content.encode() if isinstance(content, str) else content
    if file == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        if os.path.exists(file) and not os.path.isfile(file):  # /dev/null or a pipe can't be replaced
            with open(file, "wb") as open_file:
                open_file.write(data)
            return
        folder = os.path.dirname(file) or "."
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".ringfence-", delete=False) as temporary:
            temporary.write(data)
        os.chmod(temporary.name, 0o644)  # a temporary file is private to its owner; an upload may run as another user
        os.replace(temporary.name, file)
    except OSError as error:
        raise UsageError(f"{file} can't be written: {error.strerror}.", "Give a file in an existing folder.") from None
