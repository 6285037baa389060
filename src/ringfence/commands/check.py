"""`ringfence check`: judges what is staged, a range, everything, a message, or files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ..check.progress import ProgressLine
from ..errors import PolicyError, UsageError
from ..gate import history, local
from ..sources.files import sum_file_sizes
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
        list[str] | None, typer.Argument(help="With --files: files and folders; `-` is standard input.")
    ] = None,
    *,
    staged: Annotated[bool, typer.Option("--staged", help="What the next commit would record.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Every commit, tag and ref of the repository.")] = False,
    files: Annotated[bool, typer.Option("--files", help="Files on disk, in git or not.")] = False,
    range_: Annotated[str | None, typer.Option("--range", metavar="A..B", help="What B has and A has not.")] = None,
    squash: Annotated[
        str | None, typer.Option("--squash", metavar="A..B", help="The commit that a squash of A..B would make.")
    ] = None,
    title: Annotated[
        str, typer.Option("--title", help="With --squash: its title, if it isn't the first commit's.")
    ] = "",
    body: Annotated[str, typer.Option("--body", help="With --squash: its text, instead of all messages.")] = "",
    message: Annotated[str | None, typer.Option("--message", metavar="FILE", help="A commit message.")] = None,
    old: Annotated[
        str | None, typer.Option("--baseline", metavar="FILE", help="With --all: what it lists is known, and passes.")
    ] = None,
    new: Annotated[
        str | None, typer.Option("--write-baseline", metavar="FILE", help="With --all: list what is found, as known.")
    ] = None,
    repo: RepoOption = None,
    policy: PolicyOption = None,
    tag: TagOption = None,
    how: FormatOption = Format["text"],
    reports: ReportsOption = None,
    receipt: ReceiptOption = None,
    receipt_key: ReceiptKeyOption = None,
) -> int:
    """Judge something by the policy that holds in a repository, and report."""
    wanted = [name for name, given in _pair_with_options(staged, everything, files, range_, squash, message) if given]
    if len(wanted) != 1:
        raise UsageError(
            f"say one thing to check, not {' and '.join(wanted) or 'nothing'}.",
            "One of --staged, --range A..B, --squash A..B, --all, --message FILE, --files PATH…",
        )
    if (title or body) and squash is None:
        raise UsageError("--title and --body go with --squash.")
    if bool(paths) != files:
        raise UsageError("--files takes paths, and nothing else does.")
    if (old or new) and not everything:
        raise UsageError("--baseline and --write-baseline go with --all.")
    if old and new:
        raise UsageError("say one of --baseline and --write-baseline.")
    if receipt and not everything and range_ is None:
        raise UsageError("--receipt goes with --all and --range: it vouches for commits.")
    paper = options.ReceiptWriter(receipt, receipt_key)
    place = options.open_repository(repo, policy, tag, outside=files)
    place.uses_clean_cache = not receipt  # it vouches for what this run read itself
    if everything:
        with ProgressLine(total=lambda: count_commits(place.repo)):
            verdict = _apply_baseline(history.check_history(place), old, new)
    elif range_ is not None:
        base, head = parse_range(range_)
        with ProgressLine(total=lambda: count_commits(place.repo, base, head)):
            verdict = history.check_range(place, base, head)
    elif paths:
        with ProgressLine("bytes", lambda: sum_file_sizes(paths)):
            verdict = history.check_files(place, paths)
    elif squash is not None:
        verdict = history.check_squash(place, *parse_range(squash), title, body)
    elif message is not None:
        verdict = local.check_message(place, message, edited=False)
    else:
        verdict = local.check_staged(place)
    paper.write(verdict)
    return report_verdict(verdict, how, reports)


def _apply_baseline(verdict: Verdict | None, old: str | None, new: str | None) -> Verdict | None:
    """Return a verdict in which what a baseline lists is known: an old one, or a new one, which is written first.

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


def _pair_with_options(*given: object) -> zip[tuple[str, object]]:
    return zip(("--staged", "--all", "--files", "--range", "--squash", "--message"), given, strict=True)


def parse_range(text: str) -> tuple[str, str]:
    """Read `A..B`; `A..` ends at HEAD."""
    base, dots, head = text.partition("..")
    if not dots or head.startswith("."):
        raise UsageError(f"{text!r} is no range.", "Write BASE..HEAD.")
    return base, head or "HEAD"
