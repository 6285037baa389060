"""Detects the CI service from its environment, and reads the range of the run."""

from __future__ import annotations

import os
from dataclasses import fields, replace
from typing import TYPE_CHECKING, NamedTuple

from ...errors import IncompleteError, UsageError
from . import github, gitlab, variables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .run_range import RunRange

    Environ = Mapping[str, str]


class Service(NamedTuple):
    """A CI service.

    Attributes:
        name: Its name in messages.
        variable: Name and value of the variable by which it is detected; value "" means any.
        read_range: Returns the range of a run from the environment.
        deepen: Its configuration for a clone with full history, for messages.
    """

    name: str
    variable: tuple[str, str]
    read_range: Callable[[Environ], RunRange]
    deepen: str


# Jenkins is last: its variables are inherited by other services' runners that it starts.
SERVICES = (
    Service("GitHub Actions", ("GITHUB_ACTIONS", "true"), github.read_range, "`fetch-depth: 0` for actions/checkout"),
    Service("GitLab CI", ("GITLAB_CI", "true"), gitlab.read_range, '`GIT_DEPTH: "0"` among the variables'),
    Service(
        "Woodpecker", ("CI", "woodpecker"), variables.WOODPECKER.read_range, "`partial: false, depth: 0` for plugin-git"
    ),
    Service("Drone", ("DRONE", "true"), variables.DRONE.read_range, "`clone: {disable: false}` without a depth"),
    Service(
        "Buildkite", ("BUILDKITE", "true"), variables.BUILDKITE.read_range, "no --depth in BUILDKITE_GIT_CLONE_FLAGS"
    ),
    Service("CircleCI", ("CIRCLECI", "true"), variables.CIRCLE.read_range, "`checkout: {method: full}`"),
    Service("Azure Pipelines", ("TF_BUILD", "True"), variables.AZURE.read_range, "`fetchDepth: 0` for checkout: self"),
    Service("Bitbucket Pipelines", ("BITBUCKET_COMMIT", ""), variables.BITBUCKET.read_range, "`clone: {depth: full}`"),
    Service("TeamCity", ("TEAMCITY_VERSION", ""), variables.read_teamcity_range, "`teamcity.git.shallowClone=false`"),
    Service(
        "Jenkins", ("JENKINS_URL", ""), variables.JENKINS.read_range, "no shallow clone, and the target in the refspec"
    ),
)


def detect_run(environ: Environ) -> RunRange:
    """Return the range of this run, from the variables of the first service that is detected.

    Raises:
        UsageError: No known service is detected.
        IncompleteError: Its variables or files are missing or invalid.
    """
    for service in SERVICES:
        name, value = service.variable
        if environ.get(name) and environ[name] == (value or environ[name]):
            try:
                return replace(_check_range(service.read_range(environ)), deepen=service.deepen)
            except (
                ArithmeticError,
                AttributeError,
                LookupError,
                OSError,
                RecursionError,
                TypeError,
                ValueError,
            ) as error:
                raise IncompleteError(f"can't read the range from {service.name}: {error!r:.100}.") from None
    raise UsageError("no known CI service detected.", "Give the range to check: ringfence ci --range BASE..HEAD.")


def _check_range(run_range: RunRange) -> RunRange:
    """Return a range unchanged if its fields can be used; services' files are parsed without a schema.

    Raises:
        TypeError: A field has a value that is neither text nor a number.
        ValueError: A text can't be encoded, as half a pair of surrogates, or a revision has a NUL.
    """
    for field in fields(run_range):
        content = getattr(run_range, field.name)
        kind = str if isinstance(content, tuple) or field.type == "str" else int
        for item in content if isinstance(content, tuple) else (content,):
            if not isinstance(item, kind):
                raise TypeError(f"{item!r} is not a {field.name}")
            if isinstance(item, str) and b"\0" in os.fsencode(item) and field.name not in ("title", "description"):
                raise ValueError(f"{field.name} has a NUL")
    return run_range
