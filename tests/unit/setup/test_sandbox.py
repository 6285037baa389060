"""Scratch repositories."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ringfence.setup import sandbox


def test_the_environment_has_no_variable_that_points_git_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_DIR", "GIT_CONFIG_COUNT", "CLAUDECODE", "GIT_AUTHOR_EMAIL"):
        monkeypatch.setenv(name, "x")
    environment = sandbox.build_environment()
    assert "GIT_DIR" not in environment
    assert "GIT_CONFIG_COUNT" not in environment
    assert "CLAUDECODE" not in environment
    assert environment["GIT_AUTHOR_EMAIL"] == "ann@example.org"
    assert environment["GIT_CONFIG_GLOBAL"] == os.devnull
    assert environment["PATH"] == os.environ["PATH"]


def test_a_clone_can_be_committed_to_and_pushed(tmp_path: Path) -> None:
    server = sandbox.init_bare(str(tmp_path / "server.git"))
    assert server.config_reader("repository").get_value("gc", "auto") == 0
    work = sandbox.clone(str(tmp_path / "server.git"), str(tmp_path / "work"))
    sandbox.write_file(str(tmp_path / "work"), "data/rows.txt", "rows\n")
    assert sandbox.run(str(tmp_path / "work"), "add", ".") == (0, "")
    assert sandbox.run(str(tmp_path / "work"), "commit", "-q", "-m", "Add rows") == (0, "")
    assert sandbox.run(str(tmp_path / "work"), "push", "-q", "origin", "HEAD:main") == (0, "")
    assert server.commit("main") == work.head.commit


def test_a_failing_command_returns_its_status_and_output(tmp_path: Path) -> None:
    status, output = sandbox.run(str(tmp_path), "rev-parse", "--verify", "nothing")
    assert status == 128
    assert output.startswith("fatal: ")


def test_a_temporary_folder_is_removed() -> None:
    with sandbox.create_folder() as path:
        assert Path(path).is_dir()
    assert not Path(path).exists()
