"""A path that no line comes from costs nothing, and one that a line turns out to come from loses none."""

from __future__ import annotations

from pathlib import Path

import pytest

from blamed import assert_like_git, lines
from conftest import Work, init
from ringfence.audit.blame import commit_diffs, muted
from ringfence.audit.blame.stream import DiffStream


@pytest.fixture
def skipped(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The paths of which a walk read lines for nothing, with each path muted as soon as it is."""
    paths: list[bytes] = []

    class Noted(DiffStream):
        def close(self) -> None:
            paths.extend(self.skipped)
            super().close()

    monkeypatch.setattr(muted, "_LEAST", 1)
    monkeypatch.setattr(muted, "_LEAST_A_COMMIT", 0)
    monkeypatch.setattr(commit_diffs, "DiffStream", Noted)
    return paths


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """A history with a log of five versions that is gone at its end."""
    made = init(tmp_path / "work")
    made.commit("First", files={"a.py": lines(0), "b.py": lines(100)})
    for size in range(4):
        made.commit("Log", files={"old/log.txt": lines(200, 4 + size), "a.py": lines(0, 7 + size)})
    return made


def test_a_path_that_is_gone_is_read_once(work: Work, skipped: list[bytes]) -> None:
    work.did("rm", "-q", "-r", "old")
    work.commit("Drop the log", files={"a.py": lines(0)})
    assert_like_git(work)
    assert skipped == [b"old/log.txt"]


@pytest.mark.parametrize("name", ["old log.txt", "old*.txt", "!old.txt", "#old"])
def test_a_name_that_attributes_would_read_otherwise_is_never_muted(
    work: Work, skipped: list[bytes], name: str
) -> None:
    for size in (2, 3):
        work.commit("Log", files={name: lines(300, size), "a.py": lines(0, size)})
    work.did("rm", "-q", "-r", "--", name, "old")
    work.commit("Drop the logs")
    assert_like_git(work)
    assert set(skipped) == {name.encode(), b"old/log.txt"}


def test_lines_that_come_from_a_muted_path_are_followed(work: Work, skipped: list[bytes]) -> None:
    work.did("rm", "-q", "-r", "old")
    work.commit("Drop the log", files={"b.py": lines(100) + lines(201, 3)})
    for size in (2, 4):
        work.commit("Again", files={"old/log.txt": lines(200, size)})
    work.did("rm", "-q", "-r", "old")
    work.commit("Drop it again")
    assert_like_git(work)
    assert b"old/log.txt" in skipped


def test_a_file_made_of_a_muted_path_is_followed(work: Work, skipped: list[bytes]) -> None:
    work.did("mv", "old/log.txt", "new.txt")
    work.commit("Rename the log")
    for size in (2, 4):
        work.commit("Again", files={"old/log.txt": lines(400, size)})
    work.did("rm", "-q", "-r", "old")
    work.commit("Drop it")
    assert_like_git(work)
    assert b"old/log.txt" in skipped
