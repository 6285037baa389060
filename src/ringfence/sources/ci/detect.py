"""Which CI service runs us, and what it says the run is about."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, NamedTuple

from ...errors import IncompleteError, UsageError
from . import github, gitlab, variables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .run_range import RunRange

    Environ = Mapping[str, str]


class Service(NamedTuple):
    """A CI service: what is set where it runs us ("": to anything), who reads its variables, how it fetches all."""

    name: str
    sign: tuple[str, str]
    read_range: Callable[[Environ], RunRange]
    deepen: str


# Jenkins is last: its variables reach whatever it starts.
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
    """Find out what a run is about from the service's variables.

    Raises:
        UsageError: No known service runs us.
        IncompleteError: What it says makes no sense.
    """
    for service in SERVICES:
        name, value = service.sign
        if environ.get(name) and environ[name] == (value or environ[name]):
            try:
                return replace(_check_range(service.read_range(environ)), deepen=service.deepen)
            except (AttributeError, LookupError, OSError, TypeError, ValueError) as error:
                raise IncompleteError(f"what {service.name} says can't be read: {error!r:.100}.") from None
    raise UsageError("no CI service is recognised.", "Say what to check: ringfence ci --range BASE..HEAD.")


def _check_range(found: RunRange) -> RunRange:
    """Return a range whose revisions and texts are text.

    Raises:
        TypeError: One isn't.
    """
    for field in fields(found):
        held = getattr(found, field.name)
        for text in held if isinstance(held, tuple) else (held,):
            if not isinstance(text, (str, int)):
                raise TypeError(f"{text!r} is no {field.name}")
    return found
