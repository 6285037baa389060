"""CI services whose ranges are in plain variables: one table row for each service, one reader for all."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .run_range import RunRange, build_push_range, format_full_ref, format_remote_branch

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class VariableNames:
    """Names of the variables of a service; "" where it has none.

    Attributes:
        head: The commit under test; of several, the first that is set.
        request: Set, and not `false`, in a run for a pull request.
        target, source: Branches of the request.
        branch: The branch or tag that was pushed; of several, the first that is set.
        default: The default branch.
        before: The commit of the previous run.
        title: Title of the request.
    """

    head: tuple[str, ...]
    request: str = ""
    target: str = ""
    source: str = ""
    branch: tuple[str, ...] = ()
    default: str = ""
    before: str = ""
    title: str = ""

    def read_range(self, environ: Mapping[str, str]) -> RunRange:
        """Return the range of a run.

        Raises:
            KeyError: No variable for `head` is set.
        """
        head = _find_first(environ, self.head)
        if not head:
            raise KeyError(self.head[0])
        default = environ.get(self.default, "").removeprefix("refs/heads/")
        if environ.get(self.request, "") not in ("", "false"):
            branch = environ.get(self.target, "")
            target = format_remote_branch(branch or default)
            title, source = environ.get(self.title, ""), environ.get(self.source, "")
            return RunRange(
                (target,), head, source, (target, format_remote_branch(default)), title, target=format_full_ref(branch)
            )
        ref = _find_first(environ, self.branch).removeprefix("refs/heads/").removeprefix("refs/tags/")
        run_range = build_push_range(environ.get(self.before, ""), head, default, ref)
        # A repeated or scheduled run gives the same commit twice: then its whole history is checked.
        return replace(run_range, is_whole=True)


JENKINS = VariableNames(
    ("GIT_COMMIT",), "CHANGE_ID", "CHANGE_TARGET", "CHANGE_BRANCH", ("BRANCH_NAME",), title="CHANGE_TITLE",
)  # fmt: skip
BUILDKITE = VariableNames(
    ("BUILDKITE_COMMIT",), "BUILDKITE_PULL_REQUEST", "BUILDKITE_PULL_REQUEST_BASE_BRANCH", "BUILDKITE_BRANCH",
    ("BUILDKITE_TAG", "BUILDKITE_BRANCH"), "BUILDKITE_PIPELINE_DEFAULT_BRANCH",
)  # fmt: skip
CIRCLE = VariableNames(("CIRCLE_SHA1",), branch=("CIRCLE_TAG", "CIRCLE_BRANCH"))
AZURE = VariableNames(
    ("SYSTEM_PULLREQUEST_SOURCECOMMITID", "BUILD_SOURCEVERSION"), "SYSTEM_PULLREQUEST_PULLREQUESTID",
    "SYSTEM_PULLREQUEST_TARGETBRANCH", "SYSTEM_PULLREQUEST_SOURCEBRANCH", ("BUILD_SOURCEBRANCH",),
)  # fmt: skip
BITBUCKET = VariableNames(
    ("BITBUCKET_COMMIT",), "BITBUCKET_PR_ID", "BITBUCKET_PR_DESTINATION_BRANCH", "BITBUCKET_BRANCH",
    ("BITBUCKET_TAG", "BITBUCKET_BRANCH"),
)  # fmt: skip
WOODPECKER = VariableNames(
    ("CI_COMMIT_SHA",), "CI_COMMIT_PULL_REQUEST", "CI_COMMIT_TARGET_BRANCH", "CI_COMMIT_SOURCE_BRANCH",
    ("CI_COMMIT_TAG", "CI_COMMIT_BRANCH"), "CI_REPO_DEFAULT_BRANCH", "CI_PREV_COMMIT_SHA",
)  # fmt: skip
DRONE = VariableNames(
    ("DRONE_COMMIT_SHA", "DRONE_COMMIT"), "DRONE_PULL_REQUEST", "DRONE_TARGET_BRANCH", "DRONE_SOURCE_BRANCH",
    ("DRONE_TAG", "DRONE_BRANCH"), "DRONE_REPO_BRANCH", "DRONE_COMMIT_BEFORE", "DRONE_PULL_REQUEST_TITLE",
)  # fmt: skip
TEAMCITY = VariableNames(
    ("BUILD_VCS_NUMBER",), "teamcity.pullRequest.number", "teamcity.pullRequest.target.branch",
    "teamcity.pullRequest.source.branch", ("teamcity.build.branch",), title="teamcity.pullRequest.title",
)  # fmt: skip


def read_teamcity_range(environ: Mapping[str, str]) -> RunRange:
    """Return the range of a TeamCity build: its branches are in a properties file that another one names.

    Raises:
        KeyError, OSError: A file or variable is missing.
    """
    build = _read_properties(environ["TEAMCITY_BUILD_PROPERTIES_FILE"])
    return TEAMCITY.read_range({**environ, **_read_properties(build["teamcity.configuration.properties.file"])})


def _read_properties(path: str) -> dict[str, str]:
    """Parse a Java properties file as TeamCity writes it: `key=value` lines with backslash escapes."""
    with open(path, encoding="latin-1") as file:
        pairs = [line.rstrip("\n").partition("=") for line in file if not line.startswith("#")]
    return {key: re.sub(r"\\(u([0-9a-fA-F]{4})|.)", _unescape, value) for key, _, value in pairs}


def _unescape(match: re.Match[str]) -> str:
    return chr(int(match[2], 16)) if match[2] else {"n": "\n", "t": "\t", "r": "\r"}.get(match[1], match[1])


def _find_first(environ: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((text for name in names if (text := environ.get(name))), "")
