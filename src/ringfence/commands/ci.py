"""`ringfence ci`: checks in CI what a pull request or push brings, since hooks can be skipped."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated

import typer

from ..check.progress import ProgressLine
from ..errors import ExitCode, IncompleteError, RingfenceError, UsageError
from ..gate.ci import check_run
from ..policy.inputs import Layer
from ..policy.remote import fetch_policy
from ..resources import find_shipped_folder
from ..sources.ci.detect import detect_run
from ..sources.ci.run_range import RunRange
from . import options
from .check import parse_range
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

# The configuration for each CI service, below `templates/`; GitLab requires components at the top of it.
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
_ADVICE = "Give --tag or --policy, or tag it by ringfence.toml on the default branch."
Service = StrEnum("Service", list(_CONFIGS))  # type: ignore[misc]  # a member for each row of the table


def ci(
    range_: Annotated[
        str | None,
        typer.Option("--range", metavar="A..B", help="The commits to check. Default: from the CI service's variables."),
    ] = None,
    *,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Fetch from origin what the clone lacks: commits, history, contents.")
    ] = False,
    config: Annotated[
        Service | None,
        typer.Option(
            "--print-config",
            metavar="SERVICE",
            help=f"Only print a configuration for a service: {', '.join(_CONFIGS)}.",
        ),
    ] = None,
    repo: RepoOption = None,
    policy: PolicyOption = None,
    policy_repo: Annotated[
        str | None,
        typer.Option("--policy-repo", metavar="URL", help="Fetch the organisation's policy.toml from this repository."),
    ] = None,
    policy_rev: Annotated[
        str | None,
        typer.Option("--policy-rev", metavar="SHA", help="The commit of --policy-repo to use, as a full id."),
    ] = None,
    tag: TagOption = None,
    require_tag: Annotated[
        bool,
        typer.Option(
            "--require-tag",
            envvar="RINGFENCE_REQUIRE_TAG",
            help="Fail where no policy tags the repository, so that nothing is checked.",
        ),
    ] = False,
    how: FormatOption = Format["text"],
    reports: ReportsOption = None,
    receipt: ReceiptOption = None,
    receipt_key: ReceiptKeyOption = None,
) -> int:
    """Check what a pull request, merge request or push brings, by the policy of its base."""
    if config:
        typer.echo(_read_template(config), nl=False)
        return ExitCode.ALLOWED
    receipt_writer = options.ReceiptWriter(receipt, receipt_key)
    run_range = detect_run(os.environ) if range_ is None else _build_range(range_)
    if run_range.is_empty:
        typer.echo("ringfence: a deletion has nothing to check.")
        return ExitCode.ALLOWED
    try:
        policies = [*_fetch_remote_policy(policy_repo, policy_rev), *(policy or ())]
        repository = options.open_repository(repo, policies, tag, may_fetch=fetch)
        repository.uses_clean_cache = False
        with ProgressLine():
            verdict = check_run(repository, run_range, may_fetch=fetch)
        if verdict is None and require_tag:
            raise IncompleteError("no policy tags this repository: nothing was checked (--require-tag).", _ADVICE)
    except RingfenceError as error:
        options.report_failure(error, reports)
        raise
    receipt_writer.write(verdict)
    return report_verdict(verdict, how, reports)


def _read_template(config: str) -> str:
    with open(os.path.join(find_shipped_folder("templates"), _CONFIGS[config]), encoding="utf-8") as template:
        return template.read()


def _build_range(range_: str) -> RunRange:
    base, head = parse_range(range_)
    return RunRange((base,) if base else (), head, is_detected=False)


def _fetch_remote_policy(url: str | None, revision: str | None) -> list[Layer]:
    """Return the policy of a repository given by --policy-repo and --policy-rev; [] without them.

    Raises:
        UsageError: Only one of the two is given, or one is invalid.
        PolicyError: The policy can't be fetched.
    """
    if not url and not revision:
        return []
    if not url or not revision:
        raise UsageError("--policy-repo and --policy-rev must be given together.")
    return [fetch_policy(url, revision)]
