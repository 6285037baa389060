"""`ringfence check`: checks what is staged, a range of commits, the whole history, a message, or files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ..check.progress import ProgressLine
from ..errors import PolicyError, UsageError
from ..gate import history, local, unjudged
from ..sources.files import STDIN, sum_file_sizes
from ..sources.history import count_commits
from . import options
from .options import (
    Format,
    FormatOption,
    PolicyOption,
    ReceiptKeyOption,
    ReceiptOption,
    RepoOption,
    ReportsOption,
    TagOption,
    report_verdict,
)

if TYPE_CHECKING:
    from ..model import Verdict


def check(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATH", help="With --files: files and folders; `-` is standard input.")
    ] = None,
    *,
    staged: Annotated[bool, typer.Option("--staged", help="What the next commit would record.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Every commit, tag and ref of the repository.")] = False,
    files: Annotated[bool, typer.Option("--files", help="Files on disk, tracked by git or not.")] = False,
    range_: Annotated[
        str | None, typer.Option("--range", metavar="A..B", help="The commits reachable from B and not from A.")
    ] = None,
    squash: Annotated[
        str | None, typer.Option("--squash", metavar="A..B", help="The commit that a squash merge of A..B would make.")
    ] = None,
    title: Annotated[
        str,
        typer.Option("--title", metavar="TEXT", help="With --squash: the title. Default: the first commit's subject."),
    ] = "",
    body: Annotated[
        str, typer.Option("--body", metavar="TEXT", help="With --squash: the body. Default: all messages.")
    ] = "",
    message: Annotated[str | None, typer.Option("--message", metavar="FILE", help="A commit message.")] = None,
    old_baseline: Annotated[
        str | None, typer.Option("--baseline", metavar="FILE", help="With --all: findings listed in FILE pass.")
    ] = None,
    new_baseline: Annotated[
        str | None,
        typer.Option("--write-baseline", metavar="FILE", help="With --all: list the findings in FILE, and pass."),
    ] = None,
    record: Annotated[
        bool, typer.Option("--record", help="With --all: record the verdict in the ledger of this server.")
    ] = False,
    repo: RepoOption = None,
    policy: PolicyOption = None,
    tag: TagOption = None,
    how: FormatOption = Format["text"],
    reports: ReportsOption = None,
    receipt: ReceiptOption = None,
    receipt_key: ReceiptKeyOption = None,
) -> int:
    """Check commits, a message or files against the policy in force, and report what was found."""
    selected = [
        name for name, argument in _pair_with_options(staged, everything, files, range_, squash, message) if argument
    ]
    if not selected:
        raise UsageError(
            "nothing to check: give one of --staged, --range, --all, --files, --message.",
            "For what a squash merge would commit: --squash A..B.",
        )
    if len(selected) > 1:
        raise UsageError(f"{' and '.join(selected)} can't be combined.", "Give one of them.")
    if (title or body) and squash is None:
        raise UsageError("--title and --body need --squash.")
    if bool(paths) != files:
        raise UsageError("--files needs paths." if files else "paths need --files.")
    if (old_baseline or new_baseline) and not everything:
        raise UsageError("--baseline and --write-baseline need --all.")
    if record and not everything:
        raise UsageError("--record needs --all: refs are recorded.")
    if old_baseline and new_baseline:
        raise UsageError("--baseline and --write-baseline can't be combined.")
    if receipt and not everything and not files and range_ is None:
        raise UsageError("--receipt needs --all, --range or --files: a receipt is for commits or files.")
    if receipt and STDIN in (paths or ()):
        raise UsageError("standard input has no receipt.", "Write it to a file, and check that.")
    receipt_writer = options.ReceiptWriter(receipt, receipt_key)
    repository = options.open_repository(repo, policy, tag, outside=files)
    repository.uses_clean_cache = not (receipt or record)  # a receipt covers only what this run itself has read
    if everything:
        with ProgressLine(total=lambda: count_commits(repository.repo)):
            verdict = _apply_baseline(history.check_history(repository), old_baseline, new_baseline)
    elif range_ is not None:
        base, head = parse_range(range_)
        with ProgressLine(total=lambda: count_commits(repository.repo, base, head)):
            verdict = history.check_range(repository, base, head)
    elif paths:
        with ProgressLine("bytes", lambda: sum_file_sizes(paths)):
            verdict = history.check_files(repository, paths, vouches=bool(receipt))
    elif squash is not None:
        verdict = history.check_squash(repository, *parse_range(squash), title, body)
    elif message is not None:
        verdict = local.check_message(repository, message, edited=False)
    else:
        verdict = local.check_staged(repository)
    if record and verdict:
        unjudged.record_check(repository, verdict)
    receipt_writer.write(verdict)
    return report_verdict(verdict, how, reports)


def _apply_baseline(verdict: Verdict | None, old: str | None, new: str | None) -> Verdict | None:
    """Return the verdict with the findings of a baseline marked as known.

    Args:
        verdict: The verdict on the whole history; None where the repository has no tag.
        old: The path of a baseline to read, or None.
        new: The path of a baseline to write with all findings, and then read; or None.

    Raises:
        PolicyError: The baseline can't be read.
    """
    file = old or new
    if verdict is None or not file:
        return verdict
    from ..check import baseline

    if new:
        options.write_file(baseline.render(verdict), new)
    try:
        with open(file, "rb") as opened:
            return baseline.mark_known(verdict, baseline.parse(opened.read(), file))
    except OSError as error:
        raise PolicyError(f"{file} can't be read: {error.strerror}.", "Write one: --write-baseline FILE.") from None


def _pair_with_options(*arguments: object) -> zip[tuple[str, object]]:
    return zip(("--staged", "--all", "--files", "--range", "--squash", "--message"), arguments, strict=True)


def parse_range(text: str) -> tuple[str, str]:
    """Return the two revisions of `A..B`; in `A..` the second is HEAD.

    Raises:
        UsageError: It isn't a range.
    """
    base, dots, head = text.partition("..")
    if not dots or head.startswith("."):
        raise UsageError(f"{text!r} isn't a range.", "Write BASE..HEAD.")
    return base, head or "HEAD"
