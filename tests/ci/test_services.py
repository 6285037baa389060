"""What each CI service says, in its own variables: the same verdicts everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ci.conftest import Run, ci
from conftest import TRAILER, Said, Work, init
from ringfence.sources.ci.detect import SERVICES, detect_run
from server.conftest import ZERO

if TYPE_CHECKING:
    from collections.abc import Callable

    Says = Callable[[Run, str, str], dict[str, str]]  # run, head, "request", "push" or "main"

LOST = "1" * 40


def teamcity(run: Run, head: str, what: str) -> dict[str, str]:
    """Write a build's two properties files, as TeamCity does."""
    told = {"request": "teamcity.pullRequest.number=7\nteamcity.pullRequest.target.branch=refs/heads/main\n"}
    build, more = run.path.parent / "build.properties", run.path.parent / "config.properties"
    build.write_text(f"#a comment\nteamcity.configuration.properties.file={str(more).replace('/', chr(92) + '/')}\n")
    more.write_text(told.get(what, "teamcity.build.branch=topic\n") + "teamcity.pullRequest.title=Add rows\\: two\n")
    return {"TEAMCITY_VERSION": "2024.12", "BUILD_VCS_NUMBER": head, "TEAMCITY_BUILD_PROPERTIES_FILE": str(build)}


def table(sign: dict[str, str], head: str, request: dict[str, str], push: dict[str, str]) -> Says:
    def says(_: Run, oid: str, what: str) -> dict[str, str]:
        given = sign | {head: oid} | (request if what == "request" else push)
        return {name: "main" if text == "topic" and what == "main" else text for name, text in given.items()}

    return says


SAYS: dict[str, Says] = {
    "GitLab CI": lambda run, head, what: {
        "GITLAB_CI": "true", "CI_COMMIT_SHA": head, "CI_DEFAULT_BRANCH": "main",
        "CI_COMMIT_REF_NAME": "main" if what == "main" else "topic", "CI_COMMIT_BEFORE_SHA": ZERO,
    } | ({"CI_MERGE_REQUEST_DIFF_BASE_SHA": run.base(), "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}
         if what == "request" else {}),
    "Jenkins": table(
        {"JENKINS_URL": "https://ci.example.org/"}, "GIT_COMMIT",
        {"CHANGE_ID": "7", "CHANGE_TARGET": "main", "CHANGE_BRANCH": "topic", "BRANCH_NAME": "PR-7"},
        {"BRANCH_NAME": "topic"},
    ),
    "Buildkite": table(
        {"BUILDKITE": "true", "BUILDKITE_PIPELINE_DEFAULT_BRANCH": "main"}, "BUILDKITE_COMMIT",
        {"BUILDKITE_PULL_REQUEST": "7", "BUILDKITE_PULL_REQUEST_BASE_BRANCH": "main", "BUILDKITE_BRANCH": "topic"},
        {"BUILDKITE_PULL_REQUEST": "false", "BUILDKITE_BRANCH": "topic"},
    ),
    "CircleCI": table({"CIRCLECI": "true"}, "CIRCLE_SHA1", {"CIRCLE_BRANCH": "topic"}, {"CIRCLE_BRANCH": "topic"}),
    "Azure Pipelines": table(
        {"TF_BUILD": "True"}, "BUILD_SOURCEVERSION",
        {"SYSTEM_PULLREQUEST_PULLREQUESTID": "7", "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main",
         "SYSTEM_PULLREQUEST_SOURCEBRANCH": "refs/heads/topic", "BUILD_SOURCEBRANCH": "refs/pull/7/merge"},
        {"BUILD_SOURCEBRANCH": "refs/heads/topic"},
    ),
    "Bitbucket Pipelines": table(
        {}, "BITBUCKET_COMMIT",
        {"BITBUCKET_PR_ID": "7", "BITBUCKET_PR_DESTINATION_BRANCH": "main", "BITBUCKET_BRANCH": "topic"},
        {"BITBUCKET_BRANCH": "topic"},
    ),
    "Woodpecker": table(
        {"CI": "woodpecker", "CI_REPO_DEFAULT_BRANCH": "main"}, "CI_COMMIT_SHA",
        {"CI_COMMIT_PULL_REQUEST": "7", "CI_COMMIT_TARGET_BRANCH": "main", "CI_COMMIT_SOURCE_BRANCH": "topic"},
        {"CI_COMMIT_BRANCH": "topic", "CI_PREV_COMMIT_SHA": LOST},
    ),
    "Drone": table(
        {"DRONE": "true", "DRONE_REPO_BRANCH": "main"}, "DRONE_COMMIT_SHA",
        {"DRONE_PULL_REQUEST": "7", "DRONE_TARGET_BRANCH": "main", "DRONE_SOURCE_BRANCH": "topic"},
        {"DRONE_TARGET_BRANCH": "topic", "DRONE_BRANCH": "topic", "DRONE_COMMIT_BEFORE": LOST},
    ),
    "TeamCity": teamcity,
}  # fmt: skip
REQUESTS = [name for name in SAYS if name != "CircleCI"]  # which gives no target: the default branch is used


def said(run: Run, name: str, what: str, *args: str, head: str = "") -> Said:
    return run.work.ringfence("ci", *args, **SAYS[name](run, head or run.head(), what))


def test_every_service_is_tested() -> None:
    assert {service.name for service in SERVICES} == {*SAYS, "GitHub Actions"}


@pytest.mark.parametrize("name", SAYS)
@pytest.mark.parametrize("what", ["request", "push"])
def test_a_branch_is_judged_from_the_default_branch_on(forge: Work, name: str, what: str) -> None:
    forge.commit("One")
    run = ci(forge)
    assert said(run, name, what).status == 0
    forge.commit(f"Two\n\n{TRAILER}")
    forge.commit("Three")
    head = run.pulled(forge)
    verdict = said(run, name, what, head=head)
    assert verdict.status == 1, verdict.out
    assert "examined: 3 commits" in verdict.out


@pytest.mark.parametrize("name", SAYS)
def test_a_clean_commit_on_top_of_a_refused_one_does_not_make_it_pass(forge: Work, name: str) -> None:
    """The base is the default branch: that a run has judged a commit before doesn't make it accepted."""
    forge.commit(f"One\n\n{TRAILER}")
    forge.commit("Two")
    run = ci(forge)
    assert said(run, name, "push").status == 1


@pytest.mark.parametrize("name", [name for name in SAYS if name != "GitLab CI"])
def test_where_head_is_the_default_branch_all_of_it_is_judged(forge: Work, name: str) -> None:
    """A nightly run names the commit at the tip of the default branch, and the whole history is scanned."""
    forge.did("switch", "-q", "main")
    forge.commit(f"Two\n\n{TRAILER}")
    verdict = said(ci(forge, branch="main"), name, "main")
    assert verdict.status == 1, verdict.out


@pytest.mark.parametrize("name", REQUESTS)
def test_without_the_target_it_is_incomplete_and_says_what_to_write(forge: Work, name: str) -> None:
    """A clone without the target branch exits 3 and names this service's own setting for a deeper clone."""
    forge.commit("One")
    run = ci(forge, "--depth", "1")
    verdict = said(run, name, "request")
    assert verdict.status == 3, verdict.out
    (service,) = (service for service in SERVICES if service.name == name)
    assert f"ringfence ci --fetch, or {service.deepen}." in verdict.out


@pytest.mark.parametrize("name", SAYS)
@pytest.mark.parametrize(("message", "status"), [("One", 0), (f"One\n\n{TRAILER}", 1)])
def test_it_fetches_what_is_missing_where_it_may(forge: Work, name: str, message: str, status: int) -> None:
    """With --fetch, a clone of depth 1 is completed on every service and both commits are judged."""
    forge.commit(message)
    forge.commit("Two")
    verdict = said(ci(forge, "--depth", "1"), name, "request", "--fetch")
    assert verdict.status == status, verdict.out
    assert "examined: 2 commits" in verdict.out


def test_a_teamcity_title_is_read_as_java_writes_it(tmp_path: Path) -> None:
    run = Run(tmp_path / "ci")
    assert detect_run(teamcity(run, "HEAD", "request")).title == "Add rows: two"
    assert detect_run(teamcity(run, "HEAD", "request")).bases == ("refs/remotes/origin/main",)


@pytest.mark.parametrize("name", SAYS)
def test_a_service_that_names_no_commit_is_incomplete(forge: Work, name: str) -> None:
    run = ci(forge)
    verdict = said(run, name, "push", head=" ")
    assert verdict.status in (3, 5), verdict.out


BAD_EVENTS = {
    "deep": "[" * 3000,
    "deep title": '{"pull_request":{"title":' + "[" * 3000 + "]" * 3000 + "}}",
    "half a pair": '{"before":"1","after":"2","ref":"refs/heads/\\ud800"}',
    "low half": '{"before":"1","after":"2","ref":"refs/heads/\\udc80"}',
    "endless": '{"pull_request":{"base":{"sha":"1"},"head":{"sha":"2"},"commits":1e999}}',
    "huge": '{"pull_request":{"base":{"sha":"1"},"head":{"sha":"2"},"commits":"' + "9" * 5000 + '"}}',
    "nul": '{"before":"1","after":"a\\u0000b","ref":"refs/heads/x"}',
    "list": "[1]",
    "no object": '{"pull_request":7}',
    "other types": '{"before":1,"after":[],"ref":{}}',
    "not JSON": "{",
    "empty": "",
}


@pytest.mark.parametrize("what", BAD_EVENTS)
def test_an_event_that_can_not_be_read_is_incomplete(forge: Work, what: str) -> None:
    run = ci(forge)
    told = run.path.parent / "event.json"
    told.write_text(BAD_EVENTS[what])
    verdict = run.work.ringfence("ci", GITHUB_ACTIONS="true", GITHUB_EVENT_PATH=str(told), GITHUB_SHA=run.head())
    assert verdict.status == 3, verdict.out


def test_bytes_that_are_no_text_are_judged(forge: Work) -> None:
    """Variables hold what a forge put there; Python shows bytes that aren't UTF-8 as surrogates."""
    forge.commit("One")
    run = ci(forge)
    named = {"CI_MERGE_REQUEST_TITLE": "caf\udce9", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "t\udcff"}
    assert said(run, "GitLab CI", "request").status == 0
    verdict = run.work.ringfence("ci", **SAYS["GitLab CI"](run, run.head(), "request"), **named)
    assert verdict.status == 0, verdict.out
    named["CI_MERGE_REQUEST_DESCRIPTION"] = f"caf\udce9\n\n{TRAILER}"
    assert run.work.ringfence("ci", **SAYS["GitLab CI"](run, run.head(), "request"), **named).status == 1


@pytest.mark.parametrize("name", SAYS)
def test_a_tag_with_the_name_of_a_remote_branch_is_no_base(forge: Work, name: str) -> None:
    """Git takes `origin/main` for a tag of that name, where there is one."""
    forge.commit(f"One\n\n{TRAILER}")
    run = ci(forge)
    run.work.did("tag", "origin/main")
    run.work.did("tag", "origin/HEAD")
    assert said(run, name, "push").status == 1


def test_a_range_whose_name_has_two_meanings_is_incomplete(forge: Work) -> None:
    forge.commit(f"One\n\n{TRAILER}")
    run = ci(forge)
    run.work.did("tag", "origin/main")
    verdict = run.work.ringfence("ci", "--range", "origin/main..HEAD")
    assert verdict.status == 3
    assert "origin/main is a tag and a branch here" in verdict.out
    assert run.work.ringfence("ci", "--range", "refs/remotes/origin/main..HEAD").status == 1


def test_a_run_that_requires_a_tag_is_incomplete_without_one(tmp_path: Path) -> None:
    work = init(tmp_path / "work")
    work.commit("First")
    work.commit("Second")
    assert work.ringfence("ci", "--range", "HEAD~1..HEAD").status == 0
    verdict = work.ringfence("ci", "--range", "HEAD~1..HEAD", "--require-tag", "--report", "junit=r.xml")
    assert verdict.status == 3
    assert "no policy tags this repository: nothing was checked (--require-tag)." in verdict.out
    assert 'failures="1"' in (work.path / "r.xml").read_text()
    assert work.ringfence("ci", "--range", "HEAD~1..HEAD", "--require-tag", "--tag", "eval").status == 0
    for value, status in (("1", 3), ("", 0)):  # as templates set it
        assert work.ringfence("ci", "--range", "HEAD~1..HEAD", RINGFENCE_REQUIRE_TAG=value).status == status


def test_a_report_for_tests_of_a_run_that_judged_nothing_is_skipped(tmp_path: Path) -> None:
    work = init(tmp_path / "work")
    work.commit("First")
    work.commit("Second")
    said = work.ringfence("ci", "--range", "HEAD~1..HEAD", "--format", "junit")
    assert ('skipped="1"' in said.out, '<skipped message="nothing was checked"' in said.out) == (True, True)
    said = work.ringfence("ci", "--range", "HEAD~1..HEAD", "--format", "junit", "--tag", "eval")
    assert ('skipped="0"' in said.out, "<skipped" in said.out) == (True, False)
