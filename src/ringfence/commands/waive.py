"""`ringfence waive`: drafts waivers, and says which of those that are there hold."""

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
        list[str] | None, typer.Argument(help="Fingerprints, or ids of commits, of what a report shows.")
    ] = None,
    *,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why it may pass.")] = "",
    ticket: Annotated[str, typer.Option("--ticket", metavar="TEXT", help="Where that is decided.")] = "",
    requested_by: Annotated[str, typer.Option("--requested-by", metavar="NAME", help="Who asks.")] = "",
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="The last day: 2026-01-31.")] = "",
    check: Annotated[bool, typer.Option("--check", help="Say which waivers hold, and which nothing needs.")] = False,
    range_: Annotated[
        str | None, typer.Option("--range", metavar="A..B", help="Look there; left out: in the whole history.")
    ] = None,
    repo: RepoOption = None,
    policy: PolicyOption = None,
    tag: TagOption = None,
) -> int:
    """Draft waivers for findings, for somebody else to approve; or check those that are there."""
    if bool(findings) is check:
        raise UsageError("say which findings, or --check.", "Reports show a finding's fingerprint.")
    place = options.open_repository(repo, policy, tag)
    verdict = history.check_history(place) if range_ is None else history.check_range(place, *parse_range(range_))
    if verdict is None:
        raise UsageError("this repository carries no tag: there is nothing to waive.")
    if check:
        return _check_waivers(place, verdict)
    common = {"reason": reason, "ticket": ticket, "requested_by": requested_by, "approved_by": ""}
    for named in findings or ():
        typer.echo("\n".join(_draft_waivers(_select_findings(verdict, named), named, common, until)))
    return ExitCode.ALLOWED


def _select_findings(verdict: Verdict, named: str) -> list[Finding]:
    """Return the findings that a person named, one for each tag.

    Raises:
        UsageError: There is none.
    """
    about = (item for item in verdict.findings if item.fingerprint == named or item.commit.startswith(named))
    if found := list({item.tag: item for item in about}.values()):
        return found
    raise UsageError(f"no finding is called {named}.", "See what there is: ringfence check --all")


def _draft_waivers(found: list[Finding], named: str, common: dict[str, str], until: str) -> list[str]:
    """Return waivers in TOML. What isn't known is left empty, and so can't be used as it is."""
    lines = []
    for item in found:
        key, name = ("finding", named) if item.fingerprint == named else ("commit", item.commit)
        lines += ["", f"# {item.product} in {item.path or item.part}: {item.excerpt}", "[[waiver]]"]
        lines += [f"{word} = {json.dumps(text)}" for word, text in {key: name, "tag": item.tag, **common}.items()]
        lines.append(f"until = {until or json.dumps('')}")
    return lines


def _check_waivers(place: Repository, verdict: Verdict) -> int:
    """Say of each waiver whether it holds, and whether a finding needs it."""
    plan = load_local_plan(place)
    needed = [(item.fingerprint, item.commit) for item in verdict.findings]
    is_good = True
    for item in waivers.load_waivers(plan) if plan else ():
        is_used = any(item.finding == mark or (item.commit and item.commit == commit) for mark, commit in needed)
        state = item.fault or ("holds" if is_used else "nothing needs it")
        is_good = is_good and state == "holds"
        name = item.finding or item.commit[:12]
        typer.echo(f"{name}  {item.tag}  {item.ticket}  until {item.until}: {state} ({item.origin})")
    return ExitCode.ALLOWED if is_good else ExitCode.POLICY
