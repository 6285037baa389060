"""`ringfence waive`: drafts waivers, and checks existing ones."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from ..errors import ExitCode, UsageError
from ..gate import history
from ..model import Finding, Verdict
from . import options
from .check import parse_range
from .options import PolicyOption, RepoOption, TagOption
from .waiver_states import check_everywhere, check_repository, print_states


def waive(
    findings: Annotated[
        list[str] | None,
        typer.Argument(metavar="FINDING", help="Fingerprints of findings, or ids of commits, as reports show them."),
    ] = None,
    *,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why the finding may pass.")] = "",
    ticket: Annotated[str, typer.Option("--ticket", metavar="TEXT", help="Where that was decided.")] = "",
    requested_by: Annotated[str, typer.Option("--requested-by", metavar="NAME", help="Who requests it.")] = "",
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="The last valid day: 2026-01-31.")] = "",
    check: Annotated[bool, typer.Option("--check", help="Show which waivers are valid, and which are unused.")] = False,
    range_: Annotated[
        str | None, typer.Option("--range", metavar="A..B", help="The commits to search; default: the whole history.")
    ] = None,
    root: Annotated[
        str | None,
        typer.Option(
            "--all", metavar="ROOT", help="With --check: the waivers of every bare repository below a folder."
        ),
    ] = None,
    repo: RepoOption = None,
    policy: PolicyOption = None,
    tag: TagOption = None,
) -> int:
    """Draft waivers for findings, for another person to approve; or check existing waivers."""
    if bool(findings) is check:
        raise UsageError("give either findings or --check.", "Reports show a finding's fingerprint.")
    if root and (not check or repo or policy or tag or range_):
        raise UsageError("--all ROOT needs --check, and no other option.")
    if root:
        return print_states(check_everywhere(root))
    repository = options.open_repository(repo, policy, tag)
    verdict = (
        history.check_history(repository) if range_ is None else history.check_range(repository, *parse_range(range_))
    )
    if verdict is None:
        raise UsageError("this repository has no tag: there is nothing to waive.")
    if check:
        return print_states(check_repository(repository, verdict))
    common = {"reason": reason, "ticket": ticket, "requested_by": requested_by, "approved_by": ""}
    for name in findings or ():
        typer.echo("\n".join(_draft_waivers(_select_findings(verdict, name), name, common, until)))
    return ExitCode.ALLOWED


def _select_findings(verdict: Verdict, name: str) -> list[Finding]:
    """Return the findings with a fingerprint, or of a commit whose id begins with `name`, one for each tag.

    Raises:
        UsageError: There is none.
    """
    matching = (item for item in verdict.findings if item.fingerprint == name or item.commit.startswith(name))
    if findings := list({item.tag: item for item in matching}.values()):
        return findings
    raise UsageError(f"there is no finding {name}.", "List the findings: ringfence check --all")


def _draft_waivers(findings: list[Finding], target: str, common: dict[str, str], until: str) -> list[str]:
    """Return lines of TOML with a waiver for each finding; unknown values are "", which makes the waiver invalid."""
    lines = []
    for item in findings:
        key, name = ("finding", target) if item.fingerprint == target else ("commit", item.commit)
        lines += ["", f"# {item.product} in {item.path or item.part}: {item.excerpt}", "[[waiver]]"]
        lines += [f"{word} = {json.dumps(text)}" for word, text in {key: name, "tag": item.tag, **common}.items()]
        lines.append(f"until = {until or json.dumps('')}")
    return lines
