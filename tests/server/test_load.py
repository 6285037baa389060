"""Much at once, much in one push, and pushes that break off: every verdict is right, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conftest import CLAUDE, Work
from server.conftest import AGENT, Hosted, on, refs

pytestmark = pytest.mark.slow

Serve = Callable[[str], Hosted]
HUMAN = "Ann Example <ann@example.org>"


def history(count: int, branch: str, marked: int = 0) -> Iterator[bytes]:
    """Yield what makes git write that many commits on top of main, the one numbered `marked` by an agent."""
    for number in range(1, count + 1):
        author = CLAUDE if number == marked else HUMAN
        yield f"commit refs/heads/{branch}\nauthor {author} {1700000000 + number} +0000\n".encode()
        yield f"committer {HUMAN} {1700000000 + number} +0000\ndata 7\nChange\n\n".encode()
        yield b"from refs/heads/main^0\n" if number == 1 else b""
        rows = f"{branch} {number}\n"
        yield f"M 100644 inline {branch}/{number % 50}.txt\ndata {len(rows)}\n{rows}\n".encode()


def written(clone: Work, *branches: tuple[str, int, int]) -> None:
    """Write branches: name, number of commits, which one is marked."""
    stream = b"".join(part for name, count, marked in branches for part in history(count, name, marked))
    clone.did("fast-import", "--quiet", stdin=stream)


def left_behind(server: Work) -> list[Path]:
    """Return what is left of quarantines, and locks."""
    return [*server.path.glob("objects/tmp_objdir*"), *server.path.rglob("*.lock")]


@pytest.mark.long
@pytest.mark.parametrize("name", [on("ssh"), on("nginx")])
def test_ten_thousand_commits_are_judged(hosted: Serve, name: str) -> None:
    """A marked commit in the middle of 10,000 refuses the push, and its clean first part passes."""
    served = hosted(name)
    written(served.clone, ("long", 10_000, 4_321))
    said = served.clone.git("push", "origin", "long")
    assert not said
    assert "ringfence pre-receive: refused, 1 mark of rival AI tools (training-data)" in said.out
    assert list(refs(served.server)) == ["refs/heads/main"]
    assert served.clone.git("push", "origin", "long~6000:refs/heads/long")


@pytest.mark.needs("sshd")
def test_twenty_pushes_at_once_get_the_right_verdicts(hosted: Serve) -> None:
    """Ten are marked in their middle; a refused push leaves no object, quarantine or ref."""
    served = hosted("ssh")
    branches = [(f"b{number}", 200, 100 if number % 2 else 0) for number in range(20)]
    written(served.clone, *branches)
    pushes = {
        name: subprocess.Popen(
            ["git", "push", "-q", "origin", name],
            cwd=served.clone.path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for name, _, _ in branches
    }
    ended = {name: (push.communicate(timeout=240)[0].decode(), push.returncode) for name, push in pushes.items()}
    for name, _, marked in branches:
        said, status = ended[name]
        assert status == (1 if marked else 0), said
        assert ("refused, 1 mark of rival AI tools" in said) is bool(marked), said
    assert sorted(refs(served.server)) == sorted(
        ["refs/heads/main", *(f"refs/heads/{n}" for n, _, m in branches if not m)]
    )
    assert "dangling" not in served.server.did("fsck", "--full", "--no-progress")
    for name, _, marked in branches:
        assert bool(served.server.git("cat-file", "-e", served.clone.did("rev-parse", name))) is not bool(marked)
    assert left_behind(served.server) == []


@pytest.mark.long
@pytest.mark.parametrize("name", [on("path"), on("ssh"), on("nginx"), on("daemon")])
def test_a_client_that_is_killed_leaves_nothing_behind(hosted: Serve, name: str) -> None:
    served = hosted(name)
    before = refs(served.server)
    begun, gate = served.server.path / "begun", served.server.path / "hooks/pre-receive"
    quick = gate.read_text()
    gate.write_text(quick.replace("#!/bin/sh\n", f"#!/bin/sh\ntouch {begun}\nsleep 1\n", 1))
    marked = served.clone.commit("Second", files={"rows.txt": "row\n" * 1000}, **AGENT)
    push = subprocess.Popen(
        ["git", "push", "-q", "origin", "main"],
        cwd=served.clone.path,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert comes(begun.exists)
    os.killpg(push.pid, signal.SIGKILL)
    push.wait(20)
    time.sleep(1.5)  # the hook has slept, judged and gone
    # git itself may leave the quarantine's folder, which nothing reads, until its gc: with any hook, or none.
    assert refs(served.server) == before
    assert "dangling" not in served.server.did("fsck", "--full", "--no-progress")
    assert not served.server.git("cat-file", "-e", marked)
    gate.write_text(quick)
    served.clone.did("reset", "-q", "--hard", "HEAD~1")
    served.clone.commit("Second")
    assert served.clone.git("push", "origin", "main")


def comes(is_so: Callable[[], bool]) -> bool:
    """Wait until something is so, twenty seconds at most."""
    end = time.monotonic() + 20
    while not is_so() and time.monotonic() < end:
        time.sleep(0.05)
    return is_so()
