"""Where a CI service says base and head are. One row a service: how it is known, who reads its variables."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import IncompleteError, UsageError
from ..git import is_zero

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Environ = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Range:
    """What a run is about.

    Attributes:
        bases: Revisions that may be the state before, best first; the first that exists here counts.
        head: The revision under test.
        ref: The branch's or tag's short name, or "".
        policy_from_head: There is no state before, and none is needed: the head is accepted history (a nightly run).
        nothing: There is nothing to check (a deleted branch).
        is_told: The service said it, so a branch that brings no commit of its own is what it is, and no mistake.
    """

    bases: tuple[str, ...]
    head: str
    ref: str = ""
    policy_from_head: bool = False
    nothing: bool = False
    is_told: bool = True


def detect(environ: Environ) -> Range:
    """Find base and head from the service's variables.

    Raises:
        UsageError: No known service runs us.
        IncompleteError: What it says makes no sense.
    """
    for name, is_here, read in SERVICES:
        if is_here(environ):
            try:
                return _sound(read(environ))
            except (AttributeError, KeyError, OSError, TypeError, ValueError) as error:
                raise IncompleteError(f"what {name} says can't be read: {error!r:.100}.") from None
    raise UsageError("no CI service is recognised.", "Say what to check: ringfence ci --range BASE..HEAD.")


def _sound(found: Range) -> Range:
    """Return a range whose revisions are text.

    Raises:
        TypeError: One isn't.
    """
    for revision in (*found.bases, found.head, found.ref):
        if not isinstance(revision, str):
            raise TypeError(f"{revision!r} is no revision")
    return found


def _github(environ: Environ) -> Range:
    with open(environ["GITHUB_EVENT_PATH"], encoding="utf-8") as file:
        event: dict[str, Any] = dict(json.load(file))
    if not event:
        raise ValueError("the event is empty")
    if "pull_request" in event:
        pull = event["pull_request"]
        return Range((pull["base"]["sha"],), pull["head"]["sha"], pull["head"].get("ref") or "")
    if "merge_group" in event:
        return Range((event["merge_group"]["base_sha"],), event["merge_group"]["head_sha"])
    if "before" in event or "after" in event:
        default = event["repository"]["default_branch"]
        return _pushed(event["before"], event["after"], default, environ.get("GITHUB_REF_NAME", ""))
    return Range((), environ["GITHUB_SHA"], policy_from_head=True)


def _gitlab(environ: Environ) -> Range:
    head = environ["CI_COMMIT_SHA"]
    if base := environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA"):
        source = environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or head
        return Range((base,), source, environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", ""))
    if environ.get("CI_PIPELINE_SOURCE") == "schedule":
        return Range((), head, policy_from_head=True)
    name, before = environ.get("CI_COMMIT_REF_NAME", ""), environ.get("CI_COMMIT_BEFORE_SHA", "")
    return _pushed(before, head, environ.get("CI_DEFAULT_BRANCH", ""), name)


def _pushed(before: str, after: str, default: str, ref: str) -> Range:
    """Return a push's range.

    A new branch, or a force push that lost its old tip, begins at the default branch; the default branch itself, when
    it is new, begins at nothing, and so does its policy.
    """
    if is_zero(after):
        return Range((), after, ref, nothing=True)
    fallback = (f"origin/{default}",) if default and ref != default else ()
    bases = fallback if is_zero(before) else (before, *fallback)
    return Range(bases, after, ref, policy_from_head=not bases)


SERVICES: tuple[tuple[str, Callable[[Environ], bool], Callable[[Environ], Range]], ...] = (
    ("GitHub Actions", lambda environ: environ.get("GITHUB_ACTIONS") == "true", _github),
    ("GitLab CI", lambda environ: environ.get("GITLAB_CI") == "true", _gitlab),
)
