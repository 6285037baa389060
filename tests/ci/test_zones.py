"""Zones that hold on some branches only: in CI those of the target hold, and all of them where no target is known."""

from __future__ import annotations

import pytest

from ci.conftest import Run, ci, pull, pushed
from ci.test_services import SAYS, said
from conftest import TRAILER, Work
from server.conftest import ZERO

BOUND = 'version = 1\n[[zone]]\ntag = "eval"\nrefs = ["main", "release/*"]\n'
STRICT = 'version = 1\n[[zone]]\ntag = "eval"\nrefs = ["release/*"]\n'


@pytest.fixture
def marked(forge: Work) -> Work:
    """A marked commit on `topic`; `main` and `dev` hold a policy that binds a zone to main and releases."""
    forge.did("switch", "-q", "main")
    forge.commit("Bind", files={"ringfence.toml": BOUND})
    forge.did("branch", "-q", "dev")
    forge.did("switch", "-q", "-C", "topic")
    forge.commit(f"One\n\n{TRAILER}")
    return forge


def onto(run: Run, work: Work, base: str) -> int:
    event = pull(work)
    event["pull_request"]["base"] = {"sha": work.did("rev-parse", base), "ref": base}
    return run.github(event).status


@pytest.mark.parametrize(("base", "status"), [("main", 1), ("dev", 0)])
def test_a_request_is_judged_by_the_zones_of_its_target(marked: Work, base: str, status: int) -> None:
    assert onto(ci(marked), marked, base) == status


def test_what_an_uncovered_branch_took_in_is_judged_on_its_way_to_a_covered_one(marked: Work) -> None:
    marked.did("branch", "-q", "-f", "dev")
    marked.commit("Two")
    run = ci(marked)
    assert onto(run, marked, "dev") == 0
    assert onto(run, marked, "main") == 1


def test_a_merge_group_is_judged_by_the_zones_of_its_target(marked: Work) -> None:
    run = ci(marked)
    for base, status in (("main", 1), ("dev", 0)):
        sha = marked.did("rev-parse", base)
        group = {"base_sha": sha, "base_ref": f"refs/heads/{base}", "head_sha": run.head()}
        assert run.github({"merge_group": group}).status == status


@pytest.mark.parametrize(("target", "status"), [("main", 1), ("dev", 0)])
def test_gitlabs_request_is_judged_by_the_zones_of_its_target(marked: Work, target: str, status: int) -> None:
    run = ci(marked)
    given = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": run.base(), "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": target}
    assert run.gitlab(**given).status == status


@pytest.mark.parametrize("name", [name for name in SAYS if name not in ("GitLab CI", "CircleCI", "TeamCity")])
def test_a_services_request_is_judged_by_the_zones_of_its_target(marked: Work, name: str) -> None:
    run = ci(marked)
    given = SAYS[name](run, run.head(), "request")
    assert run.work.ringfence("ci", **given).status == 1
    other = {key: text.replace("main", "dev") if "TARGET" in key or "BASE" in key or "DESTINATION" in key else text
             for key, text in given.items()}  # fmt: skip
    assert run.work.ringfence("ci", **other).status == 0


def test_where_no_target_is_known_all_zones_hold(marked: Work) -> None:
    """The run for a push may be the one that a later request is merged by."""
    run = ci(marked)
    assert run.github(pushed(marked, ZERO, created=True), GITHUB_REF_NAME="topic").status == 1
    assert said(run, "CircleCI", "push").status == 1


@pytest.mark.parametrize(("branch", "status"), [("release/1", 1), ("topic", 0)])
def test_a_branch_with_zones_of_its_own_is_judged_from_the_beginning(forge: Work, branch: str, status: int) -> None:
    """What the default branch took in without them was never judged by them."""
    forge.did("switch", "-q", "main")
    forge.commit(f"Zero\n\n{TRAILER}", files={"ringfence.toml": STRICT})
    forge.did("switch", "-q", "-C", branch)
    forge.commit("One")
    run = ci(forge, branch=branch)
    assert run.github(pushed(forge, ZERO, created=True, ref=f"refs/heads/{branch}")).status == status
    named = {"BUILDKITE": "true", "BUILDKITE_COMMIT": run.head(), "BUILDKITE_PIPELINE_DEFAULT_BRANCH": "main"}
    assert run.work.ringfence("ci", **named, BUILDKITE_BRANCH=branch).status == status
