"""`ringfence waive`: drafts waivers, and checks existing ones."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from ..errors import ExitCode, UsageError
from ..gate import history
from ..model import Finding, Verdict
from ..reports.wording import format_place
from ..repository import Repository
from . import options
from .check import parse_range
from .options import PolicyOption, RepoOption, TagOption
from .waiver_signing import approve_waivers, build_pattern, find_signers, format_signature, sign_draft
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
    approved_by: Annotated[
        str, typer.Option("--approved-by", metavar="NAME", help="Who approves it: one of the tag's `approvers`.")
    ] = "",
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="The last valid day: 2026-01-31.")] = "",
    key: Annotated[
        str,
        typer.Option(
            "--key", metavar="FILE", help="Your SSH key, to sign with; needed where the policy names signers."
        ),
    ] = "",
    approve: Annotated[
        bool, typer.Option("--approve", help="Sign waivers of a file as their approver, in that file.")
    ] = False,
    file: Annotated[
        str, typer.Option("--in", metavar="FILE", help="With --approve: the file; default: waivers.toml.")
    ] = "",
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
    if file and not approve:
        raise UsageError("--in needs --approve.")
    repository = options.open_repository(repo, policy, tag)
    if approve:
        return _approve_waivers(repository, findings or [], approved_by, key, file)
    verdict = (
        history.check_history(repository) if range_ is None else history.check_range(repository, *parse_range(range_))
    )
    if verdict is None:
        raise UsageError("this repository has no tag: there is nothing to waive.")
    if check:
        return print_states(check_repository(repository, verdict))
    common = {"reason": reason, "ticket": ticket, "requested_by": requested_by, "approved_by": approved_by}
    for name in findings or ():
        drafts = _draft_waivers(_select_findings(verdict, name), name, common, until)
        typer.echo("\n".join(line for draft in drafts for line in _format_draft(repository, *draft, key)))
    if not key and find_signers(repository):
        typer.echo("ringfence: the policy wants it signed: give --key FILE too.", err=True)
    return ExitCode.ALLOWED


def _approve_waivers(repository: Repository, names: list[str], person: str, key: str, file: str) -> int:
    if not (names and person and key):
        raise UsageError("--approve needs FINDING, --approved-by NAME and --key FILE.")
    for name in names:
        for line in approve_waivers(repository, name, person, key, file):
            typer.echo(f"ringfence: {line}")
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


def _draft_waivers(
    findings: list[Finding], target: str, common: dict[str, str], until: str
) -> list[tuple[str, dict[str, str]]]:
    """Return a comment and a waiver for each finding; unknown values are "", which makes the waiver invalid."""
    drafts = []
    for item in findings:
        key, name = ("finding", target) if item.fingerprint == target else ("commit", item.commit)
        # Without the excerpt: the mark would be one of the file that the waiver is pasted into.
        comment = f"# {item.product} [{item.marker}]: {format_place(item)}"
        drafts.append((comment, {key: name, "tag": item.tag, **common, "until": until}))
    return drafts


def _format_draft(repository: Repository, comment: str, draft: dict[str, str], key: str) -> list[str]:
    """Return the lines of TOML of a draft, signed where there is a key."""
    signed = {**draft, "repository": build_pattern(repository)} if key else draft
    signature = [format_signature("request_signature", sign_draft(repository, signed, key))] if key else []
    lines = [f"{word} = {json.dumps(text)}" for word, text in signed.items() if word != "until"]
    return ["", comment, "[[waiver]]", *lines, f"until = {signed['until'] or json.dumps('')}", *signature]
