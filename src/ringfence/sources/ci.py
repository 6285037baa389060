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
    """
    for is_here, read in SERVICES:
        if is_here(environ):
            return read(environ)
    raise UsageError("no CI service is recognised.", "Say what to check: ringfence ci --range BASE..HEAD.")


def _github(environ: Environ) -> Range:
    try:
        with open(environ["GITHUB_EVENT_PATH"], encoding="utf-8") as file:
            event: dict[str, Any] = json.load(file)
    except (KeyError, OSError, ValueError) as error:
        raise IncompleteError(f"GitHub's event can't be read: {error!r}.") from None
    default = f"origin/{(event.get('repository') or {}).get('default_branch') or 'HEAD'}"
    if pull := event.get("pull_request"):
        return Range((pull["base"]["sha"],), pull["head"]["sha"], pull["head"].get("ref") or "")
    if group := event.get("merge_group"):
        return Range((group["base_sha"],), group["head_sha"])
    if "before" in event and "after" in event:
        return _pushed(event["before"], event["after"], default, environ.get("GITHUB_REF_NAME", ""))
    return Range((), environ.get("GITHUB_SHA", "HEAD"), policy_from_head=True)


def _gitlab(environ: Environ) -> Range:
    head = environ.get("CI_COMMIT_SHA", "HEAD")
    if base := environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA"):
        source = environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or head
        return Range((base,), source, environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", ""))
    if environ.get("CI_PIPELINE_SOURCE") == "schedule":
        return Range((), head, policy_from_head=True)
    default = f"origin/{environ.get('CI_DEFAULT_BRANCH', 'HEAD')}"
    return _pushed(environ.get("CI_COMMIT_BEFORE_SHA", ""), head, default, environ.get("CI_COMMIT_REF_NAME", ""))


def _pushed(before: str, after: str, default: str, ref: str) -> Range:
    """Return a push's range; a new branch, or a force push that lost its old tip, begins at the default branch."""
    if is_zero(after):
        return Range((), after, ref, nothing=True)
    return Range(((default,) if is_zero(before) else (before, default)), after, ref)


SERVICES: tuple[tuple[Callable[[Environ], bool], Callable[[Environ], Range]], ...] = (
    (lambda environ: environ.get("GITHUB_ACTIONS") == "true", _github),
    (lambda environ: environ.get("GITLAB_CI") == "true", _gitlab),
)
