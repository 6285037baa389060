from __future__ import annotations

import pytest

from ringfence.sources.ci.gitlab import read_range
from ringfence.sources.ci.run_range import RunRange

MAIN = "refs/remotes/origin/main"
OLD, SOURCE, MERGE = "1" * 40, "2" * 40, "3" * 40
REQUEST = {
    "CI_COMMIT_SHA": MERGE,
    "CI_MERGE_REQUEST_DIFF_BASE_SHA": OLD,
    "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": SOURCE,
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "topic",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "release",
    "CI_MERGE_REQUEST_TITLE": "Title",
    "CI_MERGE_REQUEST_DESCRIPTION": "Text",
    "CI_DEFAULT_BRANCH": "main",
}


def test_a_merge_request_ends_at_its_source_branch() -> None:
    assert read_range(REQUEST) == RunRange(
        (OLD,),
        SOURCE,
        "refs/heads/topic",
        (OLD, "refs/remotes/origin/release", "refs/remotes/origin/main"),
        "Title",
        "Text",
        target="refs/heads/release",
    )


def test_a_merge_train_ends_at_the_merge() -> None:
    assert read_range(REQUEST | {"CI_MERGE_REQUEST_EVENT_TYPE": "merge_train"}).head == MERGE


def test_a_truncated_description_is_reported() -> None:
    assert "first 2,700 characters" in read_range(REQUEST | {"CI_MERGE_REQUEST_DESCRIPTION_IS_TRUNCATED": "true"}).cut


def test_a_schedule_and_a_push() -> None:
    pushed = {"CI_COMMIT_SHA": MERGE, "CI_DEFAULT_BRANCH": "main", "CI_COMMIT_REF_NAME": "topic"}
    assert read_range(pushed | {"CI_PIPELINE_SOURCE": "schedule"}) == RunRange(
        (), MERGE, policies=("refs/remotes/origin/main",)
    )
    assert read_range(pushed) == RunRange((MAIN,), MERGE, "refs/heads/topic", (MAIN,))


@pytest.mark.parametrize(
    ("named", "ref"),
    [
        ({"CI_COMMIT_TAG": "main", "CI_COMMIT_REF_NAME": "main"}, "refs/tags/main"),
        ({"CI_COMMIT_REF_NAME": "refs/heads/main"}, "refs/heads/refs/heads/main"),
    ],
)
def test_what_has_the_default_branchs_name_is_not_taken_for_it(named: dict[str, str], ref: str) -> None:
    pushed = {"CI_COMMIT_SHA": MERGE, "CI_DEFAULT_BRANCH": "main"} | named
    assert read_range(pushed) == RunRange((MAIN,), MERGE, ref, (MAIN,))


def test_a_missing_commit_is_an_error() -> None:
    with pytest.raises(KeyError):
        read_range({})
