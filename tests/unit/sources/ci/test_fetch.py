from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Work
from ringfence.errors import GitError
from ringfence.git.repo import Repo
from ringfence.sources.ci.fetch import fetch_missing
from ringfence.sources.ci.run_range import RunRange


def clone_shallow(server: Work, path: Path) -> Work:
    server.did("clone", "-q", "--depth=1", "--branch=main", f"file://{server.path}", str(path))
    return Work(path)


def test_history_and_branches_are_fetched(clone: Work, server: Work, tmp_path: Path) -> None:
    tip = clone.commit("Second")
    clone.did("push", "-q", "--no-verify", "origin", "HEAD:main", "HEAD:refs/heads/release")
    shallow = clone_shallow(server, tmp_path / "shallow")
    fetch_missing(
        Repo(str(shallow.path)), RunRange(("refs/remotes/origin/release",), tip, policies=("refs/remotes/origin/none",))
    )
    assert shallow.did("rev-list", "--count", "HEAD") == "2"
    assert shallow.did("rev-parse", "origin/release") == tip
    assert not shallow.git("rev-parse", "--verify", "-q", "origin/none")


def test_a_history_that_cannot_be_fetched_is_an_error(clone: Work, server: Work, tmp_path: Path) -> None:
    clone.commit("Second")
    clone.did("push", "-q", "--no-verify", "origin", "HEAD:main")
    shallow = clone_shallow(server, tmp_path / "shallow")
    shallow.did("remote", "set-url", "origin", str(tmp_path / "none"))
    with pytest.raises(GitError, match="git fetch exited with 128"):
        fetch_missing(Repo(str(shallow.path)), RunRange((), "HEAD"))
