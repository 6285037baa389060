"""GitLab CI: reads the range of a pipeline from its variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .run_range import RunRange, build_push_range, build_whole_range, format_branch, format_remote_branch, format_tag

if TYPE_CHECKING:
    from collections.abc import Mapping

_CUT = "GitLab passes on the first 2,700 characters of a merge request's description"


def read_range(environ: Mapping[str, str]) -> RunRange:
    """Return the range of a merge request, its merged result, a merge train, a push or a schedule.

    Raises:
        KeyError: A variable is missing.
    """
    head = environ["CI_COMMIT_SHA"]
    if base := environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA"):
        return _build_request_range(environ, base, head)
    default = environ.get("CI_DEFAULT_BRANCH", "")
    if environ.get("CI_PIPELINE_SOURCE") in ("schedule", "web", "api", "trigger", "pipeline", "chat"):
        return build_whole_range(head, default)
    ref = format_tag(environ.get("CI_COMMIT_TAG", "")) or format_branch(environ.get("CI_COMMIT_REF_NAME", ""))
    return build_push_range(environ.get("CI_COMMIT_BEFORE_SHA", ""), head, default, ref)


def _build_request_range(environ: Mapping[str, str], base: str, head: str) -> RunRange:
    """Return the range of a merge request.

    In a merge train it ends at the merge commit, since earlier requests of the train lie between base and head.
    """
    is_train = environ.get("CI_MERGE_REQUEST_EVENT_TYPE") == "merge_train"
    source = "" if is_train else environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "")
    target = format_remote_branch(environ.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", ""))
    return RunRange(
        (base,),
        source or head,
        format_branch(environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "")),
        (base, target, format_remote_branch(environ.get("CI_DEFAULT_BRANCH", ""))),
        environ.get("CI_MERGE_REQUEST_TITLE", ""),
        environ.get("CI_MERGE_REQUEST_DESCRIPTION", ""),
        target=format_branch(environ.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "")),
        cut=_CUT if environ.get("CI_MERGE_REQUEST_DESCRIPTION_IS_TRUNCATED") == "true" else "",
    )
