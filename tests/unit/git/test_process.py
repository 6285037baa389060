"""Children: the same by posix_spawn and, where that isn't there, by subprocess."""

from __future__ import annotations

import os

import pytest

from conftest import Work
from ringfence.errors import GitError
from ringfence.git.process import Child, kill_children
from ringfence.git.repo import Repo


@pytest.fixture(params=["posix_spawn", "subprocess"], autouse=True)
def _platform(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "subprocess":
        monkeypatch.delattr(os, "posix_spawnp")


def test_what_is_fed_comes_back() -> None:
    child = Child(["cat"], dict(os.environ), feed=True)
    assert child.stdin is not None
    child.stdin.write(b"bytes \xff\0\n")
    child.stdin.close()
    assert child.stdout.read() == b"bytes \xff\0\n"
    assert (child.wait(), child.last_error) == (0, "")


def test_one_child_reads_from_another() -> None:
    first = Child(["printf", "b\\na\\n"], dict(os.environ))
    second = Child(["sort"], dict(os.environ), first.stdout)
    assert second.stdout.read() == b"a\nb\n"
    assert (second.wait(), first.wait()) == (0, 0)


def test_the_last_line_of_stderr_is_kept_and_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    child = Child(["sh", "-c", "echo first >&2; echo last >&2; exit 3"], dict(os.environ))
    assert child.stdout.read() == b""
    assert (child.wait(), child.last_error) == (3, "last")
    assert capfd.readouterr().err == ""


def test_a_child_that_ends_without_reading_is_no_fault_of_ours() -> None:
    child = Child(["true"], dict(os.environ), feed=True)
    assert child.stdin is not None
    assert child.stdout.read() == b""
    child.stdin.write(b"x" * 10)
    assert child.wait() == 0


def test_a_child_that_was_killed_tells_by_which_signal() -> None:
    child = Child(["sh", "-c", "kill -9 $$"], dict(os.environ))
    child.stdout.read()
    assert child.wait() == -9


def test_a_child_that_nobody_waited_for_ends_with_us_and_one_that_has_ended_is_left_alone() -> None:
    stuck, done = Child(["sleep", "60"], dict(os.environ)), Child(["true"], dict(os.environ))
    assert done.wait() == 0
    kill_children()
    assert stuck.wait() == -9
    kill_children()


def test_a_program_that_is_not_there_is_an_error() -> None:
    with pytest.raises(OSError, match="No such file"):
        Child(["no-such-program"], dict(os.environ))


def test_git_says_why_it_failed(laptop: Work) -> None:
    with pytest.raises(GitError, match=r"git rev-parse exited with 128: fatal: Needed a single revision"):
        Repo(str(laptop.path)).run("rev-parse", "--verify", "nothing")
