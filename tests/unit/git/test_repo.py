"""What git says when it fails is told in a line, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import init
from ringfence.errors import GitError
from ringfence.git.repo import Repo


def test_a_lock_that_a_killed_git_left_is_named(tmp_path: Path) -> None:
    work = init(tmp_path / "work")
    work.commit("First", files={"a": "1"})
    lock = work.path / ".git/refs/heads/other.lock"
    lock.touch()
    with pytest.raises(GitError) as raised:
        Repo(str(work.path)).run("update-ref", "refs/heads/other", "HEAD")
    assert raised.value.message == f"git update-ref can't take the lock {lock}: it is there."
    assert "remove that file" in raised.value.advice
