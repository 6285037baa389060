from __future__ import annotations

from pathlib import Path

import pytest

from ringfence.sources.ci.run_range import RunRange
from ringfence.sources.ci.variables import (
    AZURE,
    BUILDKITE,
    DRONE,
    JENKINS,
    WOODPECKER,
    VariableNames,
    read_teamcity_range,
)

MAIN = "refs/remotes/origin/main"
NEW = "2" * 40


def test_a_pull_request() -> None:
    environ = {
        "GIT_COMMIT": NEW, "CHANGE_ID": "7", "CHANGE_TARGET": "main", "CHANGE_BRANCH": "topic", "CHANGE_TITLE": "Title",
    }  # fmt: skip
    assert JENKINS.read_range(environ) == RunRange(
        (MAIN,), NEW, "refs/heads/topic", (MAIN, "refs/remotes/origin/HEAD"), "Title", target="refs/heads/main"
    )


def test_a_push_of_a_tag() -> None:
    environ = {"DRONE_COMMIT": NEW, "DRONE_TAG": "v1", "DRONE_BRANCH": "main", "DRONE_REPO_BRANCH": "main"}
    assert DRONE.read_range(environ) == RunRange((MAIN,), NEW, "refs/tags/v1", (MAIN,), is_whole=True)


@pytest.mark.parametrize(
    ("service", "environ", "ref"),
    [
        (DRONE, {"DRONE_COMMIT": NEW, "DRONE_TAG": "main", "DRONE_REPO_BRANCH": "main"}, "refs/tags/main"),
        (DRONE, {"DRONE_COMMIT": NEW, "DRONE_BRANCH": "refs/heads/main", "DRONE_REPO_BRANCH": "main"},
         "refs/heads/refs/heads/main"),
        (DRONE, {"DRONE_COMMIT": NEW, "DRONE_BRANCH": "main", "DRONE_COMMIT_REF": "refs/tags/main",
                 "DRONE_REPO_BRANCH": "main"}, "refs/tags/main"),
        (WOODPECKER, {"CI_COMMIT_SHA": NEW, "CI_COMMIT_TAG": "main", "CI_REPO_DEFAULT_BRANCH": "main"},
         "refs/tags/main"),
        (WOODPECKER, {"CI_COMMIT_SHA": NEW, "CI_COMMIT_REF": "refs/tags/main", "CI_COMMIT_BRANCH": "main",
                      "CI_REPO_DEFAULT_BRANCH": "main"}, "refs/tags/main"),
        (BUILDKITE, {"BUILDKITE_COMMIT": NEW, "BUILDKITE_TAG": "main", "BUILDKITE_BRANCH": "main",
                     "BUILDKITE_PIPELINE_DEFAULT_BRANCH": "main"}, "refs/tags/main"),
    ],
)  # fmt: skip
def test_what_has_the_default_branchs_name_is_not_taken_for_it(
    service: VariableNames, environ: dict[str, str], ref: str
) -> None:
    assert service.read_range(environ) == RunRange((MAIN,), NEW, ref, (MAIN,), is_whole=True)


@pytest.mark.parametrize(
    ("source", "ref"),
    [("refs/heads/topic", "refs/heads/topic"), ("topic", "refs/heads/topic"), ("refs/tags/main", "refs/tags/main")],
)
def test_azure_gives_full_names(source: str, ref: str) -> None:
    assert AZURE.read_range({"BUILD_SOURCEVERSION": NEW, "BUILD_SOURCEBRANCH": source}).ref == ref


def test_a_missing_commit_is_an_error() -> None:
    with pytest.raises(KeyError, match="GIT_COMMIT"):
        JENKINS.read_range({})


def test_teamcity_has_its_variables_in_files(tmp_path: Path) -> None:
    configuration, build = tmp_path / "configuration", tmp_path / "build"
    configuration.write_text(f"#a comment\nBUILD_VCS_NUMBER={NEW}\nteamcity.build.branch=a\\:b\\u0063\n")
    build.write_text(f"teamcity.configuration.properties.file={configuration}\n")
    run_range = read_teamcity_range({"TEAMCITY_BUILD_PROPERTIES_FILE": str(build)})
    assert (run_range.head, run_range.ref) == (NEW, "refs/heads/a:bc")
