"""CI services whose ranges are in plain variables: one table row for each service, one reader for all."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .run_range import (
    BRANCHES,
    TAGS,
    RunRange,
    build_push_range,
    format_branch,
    format_remote_branch,
    format_tag,
    shorten_branch,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class VariableNames:
    """Names of the variables of a service; "" where it has none.

    Attributes:
        head: The commit under test; of several, the first that is set.
        request: Set, and not `false`, in a run for a pull request.
        target, source: Branches of the request.
        branch: The branch that was pushed.
        tag: The tag that was pushed.
        ref: The full name of what was pushed; it counts before the others.
        has_full_names: Whether branches may be given in full.
        default: The default branch.
        before: The commit of the previous run.
        title: Title of the request.
    """

    head: tuple[str, ...]
    request: str = ""
    target: str = ""
    source: str = ""
    branch: str = ""
    tag: str = ""
    ref: str = ""
    default: str = ""
    before: str = ""
    title: str = ""
    has_full_names: bool = False

    def read_range(self, environ: Mapping[str, str]) -> RunRange:
        """Return the range of a run.

        Raises:
            KeyError: No variable for `head` is set.
        """
        head = _find_first(environ, self.head)
        if not head:
            raise KeyError(self.head[0])
        default = shorten_branch(environ.get(self.default, ""))
        if environ.get(self.request, "") not in ("", "false"):
            branch, source = self._read_branch(environ, self.target), self._read_branch(environ, self.source)
            target = format_remote_branch(branch or default)
            return RunRange(
                (target,),
                head,
                format_branch(source),
                (target, format_remote_branch(default)),
                environ.get(self.title, ""),
                target=format_branch(branch),
            )
        named = format_tag(environ.get(self.tag, "")) or self._find_branch_ref(environ)
        ref = environ.get(self.ref) or named
        run_range = build_push_range(environ.get(self.before, ""), head, default, ref)
        # A repeated or scheduled run gives the same commit twice: then its whole history is checked.
        return replace(run_range, is_whole=True)

    def _read_branch(self, environ: Mapping[str, str], variable: str) -> str:
        """Return the short name of a branch."""
        name = environ.get(variable, "")
        return shorten_branch(name) if self.has_full_names else name

    def _find_branch_ref(self, environ: Mapping[str, str]) -> str:
        """Return the full name of the branch that was pushed, or what the service gives as its full name."""
        name = environ.get(self.branch, "")
        return name if self.has_full_names and name.startswith((BRANCHES, TAGS)) else format_branch(name)


JENKINS = VariableNames(
    ("GIT_COMMIT",), "CHANGE_ID", "CHANGE_TARGET", "CHANGE_BRANCH", "BRANCH_NAME", "TAG_NAME", title="CHANGE_TITLE",
)  # fmt: skip
BUILDKITE = VariableNames(
    ("BUILDKITE_COMMIT",), "BUILDKITE_PULL_REQUEST", "BUILDKITE_PULL_REQUEST_BASE_BRANCH", "BUILDKITE_BRANCH",
    "BUILDKITE_BRANCH", "BUILDKITE_TAG", default="BUILDKITE_PIPELINE_DEFAULT_BRANCH",
)  # fmt: skip
CIRCLE = VariableNames(("CIRCLE_SHA1",), branch="CIRCLE_BRANCH", tag="CIRCLE_TAG")
AZURE = VariableNames(
    ("SYSTEM_PULLREQUEST_SOURCECOMMITID", "BUILD_SOURCEVERSION"), "SYSTEM_PULLREQUEST_PULLREQUESTID",
    "SYSTEM_PULLREQUEST_TARGETBRANCH", "SYSTEM_PULLREQUEST_SOURCEBRANCH", "BUILD_SOURCEBRANCH", has_full_names=True,
)  # fmt: skip
BITBUCKET = VariableNames(
    ("BITBUCKET_COMMIT",), "BITBUCKET_PR_ID", "BITBUCKET_PR_DESTINATION_BRANCH", "BITBUCKET_BRANCH",
    "BITBUCKET_BRANCH", "BITBUCKET_TAG",
)  # fmt: skip
WOODPECKER = VariableNames(
    ("CI_COMMIT_SHA",), "CI_COMMIT_PULL_REQUEST", "CI_COMMIT_TARGET_BRANCH", "CI_COMMIT_SOURCE_BRANCH",
    "CI_COMMIT_BRANCH", "CI_COMMIT_TAG", "CI_COMMIT_REF", "CI_REPO_DEFAULT_BRANCH", "CI_PREV_COMMIT_SHA",
)  # fmt: skip
DRONE = VariableNames(
    ("DRONE_COMMIT_SHA", "DRONE_COMMIT"), "DRONE_PULL_REQUEST", "DRONE_TARGET_BRANCH", "DRONE_SOURCE_BRANCH",
    "DRONE_BRANCH", "DRONE_TAG", "DRONE_COMMIT_REF", "DRONE_REPO_BRANCH", "DRONE_COMMIT_BEFORE",
    "DRONE_PULL_REQUEST_TITLE",
)  # fmt: skip
TEAMCITY = VariableNames(
    ("BUILD_VCS_NUMBER",), "teamcity.pullRequest.number", "teamcity.pullRequest.target.branch",
    "teamcity.pullRequest.source.branch", "teamcity.build.branch", title="teamcity.pullRequest.title",
    has_full_names=True,
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
