from __future__ import annotations

from pathlib import Path

import pytest

from ringfence.sources.ci.run_range import RunRange
from ringfence.sources.ci.variables import DRONE, JENKINS, read_teamcity_range

NEW = "2" * 40


def test_a_pull_request() -> None:
    environ = {
        "GIT_COMMIT": NEW, "CHANGE_ID": "7", "CHANGE_TARGET": "main", "CHANGE_BRANCH": "topic", "CHANGE_TITLE": "Title",
    }  # fmt: skip
    assert JENKINS.read_range(environ) == RunRange(
        ("origin/main",), NEW, "topic", ("origin/main", "origin/HEAD"), "Title", target="refs/heads/main"
    )


def test_a_push_of_a_tag() -> None:
    environ = {"DRONE_COMMIT": NEW, "DRONE_TAG": "v1", "DRONE_BRANCH": "main", "DRONE_REPO_BRANCH": "main"}
    assert DRONE.read_range(environ) == RunRange(("origin/main",), NEW, "v1", ("origin/main",), is_whole=True)


def test_a_missing_commit_is_an_error() -> None:
    with pytest.raises(KeyError, match="GIT_COMMIT"):
        JENKINS.read_range({})


def test_teamcity_has_its_variables_in_files(tmp_path: Path) -> None:
    configuration, build = tmp_path / "configuration", tmp_path / "build"
    configuration.write_text(f"#a comment\nBUILD_VCS_NUMBER={NEW}\nteamcity.build.branch=a\\:b\\u0063\n")
    build.write_text(f"teamcity.configuration.properties.file={configuration}\n")
    run_range = read_teamcity_range({"TEAMCITY_BUILD_PROPERTIES_FILE": str(build)})
    assert (run_range.head, run_range.ref) == (NEW, "a:bc")
