"""`ringfence waive`: drafts waivers, and checks existing ones."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from ..check import waivers
from ..errors import ExitCode, UsageError
from ..gate import history
from ..model import Finding, Verdict
from ..repository import Repository, load_local_plan
from . import options
from .check import parse_range
from .options import PolicyOption, RepoOption, TagOption


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
    repo: RepoOption = None,
    policy: PolicyOption = None,
    tag: TagOption = None,
) -> int:
    """Draft waivers for findings, for another person to approve; or check existing waivers."""
    if bool(findings) is check:
        raise UsageError("give either findings or --check.", "Reports show a finding's fingerprint.")
    repository = options.open_repository(repo, policy, tag)
    verdict = (
        history.check_history(repository) if range_ is None else history.check_range(repository, *parse_range(range_))
    )
    if verdict is None:
        raise UsageError("this repository has no tag: there is nothing to waive.")
    if check:
        return _check_waivers(repository, verdict)
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


def _check_waivers(repository: Repository, verdict: Verdict) -> int:
    """Print for each waiver whether it is valid and used; return 4 (policy) unless all of them are, else 0."""
    plan = load_local_plan(repository)
    targets = [(item.fingerprint, item.commit) for item in verdict.findings]
    is_good = True
    for item in waivers.load_waivers(plan) if plan else ():
        is_used = any(item.finding == mark or (item.commit and item.commit == commit) for mark, commit in targets)
        state = item.fault or ("valid" if is_used else "unused")
        is_good = is_good and state == "valid"
        name = item.finding or item.commit[:12]
        typer.echo(f"{name}  {item.tag}  {item.ticket}  until {item.until}: {state} ({item.origin})")
    return ExitCode.ALLOWED if is_good else ExitCode.POLICY
