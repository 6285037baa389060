"""`ringfence ci`: the re-check, because hooks can be skipped."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated

import typer

from ..check.progress import Shown
from ..errors import ExitCode, RingfenceError, UsageError
from ..gate.ci import recheck
from ..policy.inputs import Layer
from ..policy.remote import fetched
from ..resources import folder
from ..sources.ci.detect import detect
from ..sources.ci.run_range import Range
from . import options
from .check import ends
from .options import (
    Format,
    FormatOption,
    PolicyOption,
    ReceiptKeyOption,
    ReceiptOption,
    RepoOption,
    ReportsOption,
    TagOption,
    report,
)

# The configuration that each service runs us by, below `templates/`; GitLab wants components at its top.
_CONFIGS = {
    "github": "github/ringfence.yml",
    "gitlab": "ringfence.yml",
    "jenkins": "jenkins/Jenkinsfile",
    "buildkite": "buildkite/pipeline.yml",
    "circleci": "circleci/config.yml",
    "azure": "azure/azure-pipelines.yml",
    "bitbucket": "bitbucket/bitbucket-pipelines.yml",
    "woodpecker": "woodpecker/ringfence.yaml",
    "drone": "drone/drone.yml",
}
Service = StrEnum("Service", list(_CONFIGS))  # type: ignore[misc]  # a member for each row of the table


def ci(
    range_: Annotated[
        str | None, typer.Option("--range", metavar="A..B", help="Instead of what the service says.")
    ] = None,
    *,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Fetch from origin what the clone leaves out: commits, history, contents.")
    ] = False,
    config: Annotated[
        Service | None,
        typer.Option(
            "--print-config",
            metavar="SERVICE",
            help=f"Only print the configuration to paste for a service: {', '.join(_CONFIGS)}.",
        ),
    ] = None,
    repo: RepoOption = None,
    policy: PolicyOption = None,
    policy_repo: Annotated[
        str | None,
        typer.Option("--policy-repo", metavar="URL", help="Fetch the organisation's policy.toml from this repository."),
    ] = None,
    policy_rev: Annotated[
        str | None, typer.Option("--policy-rev", metavar="SHA", help="The commit of it that counts, by its whole id.")
    ] = None,
    tag: TagOption = None,
    how: FormatOption = Format["text"],
    reports: ReportsOption = None,
    receipt: ReceiptOption = None,
    receipt_key: ReceiptKeyOption = None,
) -> int:
    """Judge what a pull request, merge request or push brings, by the policy of its base."""
    if config:
        typer.echo(_template(config), nl=False)
        return ExitCode.ALLOWED
    paper = options.Receipt(receipt, receipt_key)
    about = detect(os.environ) if range_ is None else _given(range_)
    if about.nothing:
        typer.echo("ringfence: a deletion brings nothing to check.")
        return ExitCode.ALLOWED
    try:
        policies = [*_pinned(policy_repo, policy_rev), *(policy or ())]
        place = options.place(repo, policies, tag, may_fetch=fetch)
        place.remembers = False
        with Shown():
            verdict = recheck(place, about, may_fetch=fetch)
    except RingfenceError as error:
        options.report_failure(error, reports)
        raise
    paper.write(verdict)
    return report(verdict, how, reports)


def _template(config: str) -> str:
    with open(os.path.join(folder("templates"), _CONFIGS[config]), encoding="utf-8") as template:
        return template.read()


def _given(range_: str) -> Range:
    base, head = ends(range_)
    return Range((base,) if base else (), head, is_told=False)


def _pinned(url: str | None, revision: str | None) -> list[Layer]:
    """Return the policy of a repository that was named.

    Raises:
        UsageError: One of the two is missing, or isn't one.
        PolicyError: It can't be had.
    """
    if not url and not revision:
        return []
    if not url or not revision:
        raise UsageError("--policy-repo and --policy-rev go together.")
    return [fetched(url, revision)]
