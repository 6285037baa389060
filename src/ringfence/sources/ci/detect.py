"""Which CI service runs us, and what it says the run is about."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, NamedTuple

from ...errors import IncompleteError, UsageError
from . import github, gitlab, variables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .run_range import Range

    Environ = Mapping[str, str]


class Service(NamedTuple):
    """A CI service: what is set where it runs us ("": to anything), who reads its variables, how it fetches all."""

    name: str
    sign: tuple[str, str]
    read: Callable[[Environ], Range]
    deepen: str


# Jenkins is last: its variables reach whatever it starts.
SERVICES = (
    Service("GitHub Actions", ("GITHUB_ACTIONS", "true"), github.read, "`fetch-depth: 0` for actions/checkout"),
    Service("GitLab CI", ("GITLAB_CI", "true"), gitlab.read, '`GIT_DEPTH: "0"` among the variables'),
    Service("Woodpecker", ("CI", "woodpecker"), variables.WOODPECKER.read, "`partial: false, depth: 0` for plugin-git"),
    Service("Drone", ("DRONE", "true"), variables.DRONE.read, "`clone: {disable: false}` without a depth"),
    Service("Buildkite", ("BUILDKITE", "true"), variables.BUILDKITE.read, "no --depth in BUILDKITE_GIT_CLONE_FLAGS"),
    Service("CircleCI", ("CIRCLECI", "true"), variables.CIRCLE.read, "`checkout: {method: full}`"),
    Service("Azure Pipelines", ("TF_BUILD", "True"), variables.AZURE.read, "`fetchDepth: 0` for checkout: self"),
    Service("Bitbucket Pipelines", ("BITBUCKET_COMMIT", ""), variables.BITBUCKET.read, "`clone: {depth: full}`"),
    Service("TeamCity", ("TEAMCITY_VERSION", ""), variables.read_teamcity, "`teamcity.git.shallowClone=false`"),
    Service("Jenkins", ("JENKINS_URL", ""), variables.JENKINS.read, "no shallow clone, and the target in the refspec"),
)


def detect(environ: Environ) -> Range:
    """Find out what a run is about from the service's variables.

    Raises:
        UsageError: No known service runs us.
        IncompleteError: What it says makes no sense.
    """
    for service in SERVICES:
        name, value = service.sign
        if environ.get(name) and environ[name] == (value or environ[name]):
            try:
                return replace(_sound(service.read(environ)), deepen=service.deepen)
            except (AttributeError, LookupError, OSError, TypeError, ValueError) as error:
                raise IncompleteError(f"what {service.name} says can't be read: {error!r:.100}.") from None
    raise UsageError("no CI service is recognised.", "Say what to check: ringfence ci --range BASE..HEAD.")


def _sound(found: Range) -> Range:
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
