"""Progress of a check: shown on a terminal after one second, and nowhere else."""

from __future__ import annotations

import os
import pty
import re
import signal
import sys
import time
from pathlib import Path

import pytest

from conftest import Work
from ringfence.check.progress import format_line
from ringfence.model import ScanCounts

CTRL_C = b"\x03"
# A pipe without a writer: the check blocks in the middle of its work.
COMMAND = [sys.executable, "-I", "-m", "ringfence", "check", "--files", "waits", "--tag", "eval"]


class Terminal:
    """A command that runs on a terminal of its own."""

    def __init__(self, folder: Path, *more: str) -> None:
        self.pid, self._end = pty.fork()
        if not self.pid:
            os.chdir(folder)
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # ignored where the tests are started in the background
            os.execvpe(COMMAND[0], [*COMMAND, *more], os.environ | {"TERM": "xterm"})
        self.shown = b""

    def read_until(self, text: bytes) -> bytes:
        while text not in self.shown:
            self.shown += os.read(self._end, 1000)
        return self.shown

    def press(self, key: bytes) -> None:
        os.write(self._end, key)

    def status(self) -> int:
        try:
            while data := os.read(self._end, 1000):
                self.shown += data
        except OSError:
            pass  # Linux says so where the other side has gone
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.mark.slow
def test_a_long_check_tells_how_far_it_is_and_ends_at_once_on_ctrl_c(clone: Work) -> None:
    os.mkfifo(clone.path / "waits")
    terminal = Terminal(clone.path)
    writer = os.open(clone.path / "waits", os.O_WRONLY)
    try:
        assert b"0 files, 0 B at 0 B/s" in terminal.read_until(b"B/s")
        pressed = time.monotonic()
        terminal.press(CTRL_C)
        assert terminal.status() == 130
        assert time.monotonic() - pressed < 10
    finally:
        os.close(writer)
    assert terminal.shown.endswith(b"\r\x1b[K")  # nothing of the line is left
    assert b"Traceback" not in terminal.shown


@pytest.mark.slow
@pytest.mark.parametrize("has_workers", [False, True])
def test_the_line_moves_within_one_file_and_never_back(clone: Work, has_workers: bool) -> None:
    os.mkfifo(clone.path / "waits")
    with open(clone.path / "large", "wb") as file:
        file.truncate((17 << 20) * has_workers)  # from 16 MiB on, workers read
    terminal = Terminal(clone.path, "large")
    writer = os.open(clone.path / "waits", os.O_WRONLY)
    shown = [0.0]
    try:
        for _ in range(2):
            os.write(writer, b"\n" * (3 << 20))
            most = shown[-1] + 3
            while shown[-1] < most:
                terminal.read_until(b"/s")
                shown += [float(size) for size in re.findall(rb"files, (\d+) MB", terminal.shown)]
                terminal.shown = b""
        terminal.press(CTRL_C)
        assert terminal.status() == 130
    finally:
        os.close(writer)
    assert shown == sorted(shown)


@pytest.mark.slow
def test_where_nobody_watches_nothing_is_told(clone: Work, tmp_path: Path) -> None:
    os.mkfifo(clone.path / "waits")
    pid = os.fork()
    if not pid:
        with open(clone.path / "waits", "wb") as pipe:
            time.sleep(1.5)
            pipe.write(b"clean\n")
        os._exit(0)
    said = clone.ringfence(*COMMAND[4:])
    os.waitpid(pid, 0)
    assert said
    assert "files" not in said.out
    assert "\033" not in said.out


@pytest.mark.parametrize(
    ("unit", "total", "told"),
    [
        ("commits", 0, "1,500 commits, 20,000 objects, 812 MB at 203 MB/s"),
        ("commits", 4500, "1,500 of 4,500 commits, 20,000 objects, 812 MB at 203 MB/s, 0:08 left"),
        ("commits", 1500, "1,500 of 1,500 commits, 20,000 objects, 812 MB at 203 MB/s"),
        ("bytes", 81_200_000_000, "20,000 files, 812 MB of 81.2 GB at 203 MB/s, 6:36 left"),
    ],
)
def test_what_the_line_says(unit: str, total: int, told: str) -> None:
    examined = ScanCounts()
    examined.commits, examined.objects = 1500, 20_000
    assert format_line(examined, 812_000_000, unit, total, 4.0) == told
