"""What a CI run adds to the verdict."""

from __future__ import annotations

import pytest

from reports.conftest import verdict
from ringfence.gate import ci
from ringfence.sources.ci.run_range import RunRange


@pytest.mark.parametrize(
    ("environ", "actor"),
    [
        ({"GITHUB_ACTOR": "ann", "BUILD_USER_ID": "bob"}, "ann"),
        ({"GITHUB_ACTOR": "", "GITLAB_USER_LOGIN": "carl"}, "carl"),
        ({}, ""),
    ],
)
def test_the_actor_is_named_by_the_service(environ: dict[str, str], actor: str) -> None:
    assert ci._find_actor(environ) == actor


def test_commits_that_the_clone_lacks_are_unread(run_range: RunRange) -> None:
    [gap] = ci._add_gaps(verdict(), run_range).unread
    assert gap.reason == "this clone shows 2 of 5 commits. Fetch the whole history: ringfence ci --fetch, or fetch all."
    assert (gap.action, gap.tag) == ("block", "eval")


@pytest.fixture
def run_range() -> RunRange:
    return RunRange((), "HEAD", commits=5, deepen="fetch all")
