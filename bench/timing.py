"""What a row of the bench is, and how it is measured: in turn with what it is held against, pair by pair."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ringfence.setup import sandbox

OURS = (sys.executable, "-I", "-m", "ringfence")


@dataclass(frozen=True)
class Row:
    """Some work of ours, what it is held against, and how much of that it may take at most.

    Both functions do it once and return what it took: seconds, or megabytes of memory.
    """

    work: str
    against: str
    bound: float
    ours: Callable[[], float]
    theirs: Callable[[], float]
    unit: str = "s"
    runs: int = 5


def measured(row: Row) -> dict[str, Any]:
    """Return medians of both, and the median, least and most of the ratios of each pair."""
    if row.runs > 1:
        row.ours(), row.theirs()  # once for the caches, ours and the machine's
    pairs = [(row.ours(), row.theirs()) for _ in range(row.runs)]
    ratios = sorted(mine / other for mine, other in pairs)
    mine, other = (statistics.median(taken) for taken in zip(*pairs, strict=True))
    return {
        "work": row.work,
        "against": row.against,
        "at_most": row.bound,
        "ratio": round(statistics.median(ratios), 3),
        "least": round(ratios[0], 3),
        "most": round(ratios[-1], 3),
        "ours": round(mine, 4),
        "theirs": round(other, 4),
        "unit": row.unit,
        "runs": row.runs,
    }


def environment() -> dict[str, str]:
    """Return the environment that all are run in."""
    return sandbox.build_environment() | {"GIT_OPTIONAL_LOCKS": "0"}


def seconds(command: Sequence[str | Path], cwd: Path, stdin: bytes = b"", ok: tuple[int, ...] = (0,)) -> float:
    """Run a command and return how long it took.

    Raises:
        SystemExit: It ended with another status than it should have.
    """
    started = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, input=stdin, env=environment(), capture_output=True, check=False)
    taken = time.perf_counter() - started
    if done.returncode not in ok:
        raise SystemExit(f"{command[0]} ended with {done.returncode}: {done.stderr.decode()[-500:]}")
    return taken


def processor(command: Sequence[str | Path], cwd: Path) -> float:
    """Run a command and return the processor's time that it and its children took, which other work hardly changes.

    Raises:
        SystemExit: It failed.
    """
    with subprocess.Popen(
        command, cwd=cwd, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as running:
        assert running.stderr  # noqa: S101 - it is a pipe
        said = running.stderr.read()
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise SystemExit(f"{command[0]} ended with {running.returncode}: {said.decode()[-500:]}")
    return used.ru_utime + used.ru_stime


def piped(first: Sequence[str], then: Sequence[str], cwd: Path, stdin: bytes = b"") -> float:
    """Run two commands, one reading what the other prints, and return how long both took."""
    started = time.perf_counter()
    with subprocess.Popen(first, cwd=cwd, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as one:
        assert one.stdin  # noqa: S101 - it is a pipe
        other = subprocess.Popen(then, cwd=cwd, env=environment(), stdin=one.stdout, stdout=subprocess.DEVNULL)
        one.stdin.write(stdin)
        one.stdin.close()
        other.wait()
    return time.perf_counter() - started


def memory(command: Sequence[str | Path], cwd: Path, ok: tuple[int, ...] = (0,)) -> float:
    """Run one of our commands and return the most memory, in MB, that its largest process held, git's left out.

    Raises:
        SystemExit: It failed.
    """
    program = "import os; leave = os._exit\n"
    program += (
        "def report(code):\n    most = [line for line in open('/proc/self/status') if line.startswith('VmHWM')]\n"
    )
    program += "    os.write(3, most[0].split()[1].encode() + b' '); leave(code)\n"
    program += "os._exit = report\nfrom ringfence.__main__ import main; main()\n"
    reading, writing = os.pipe()
    with subprocess.Popen(
        ["/bin/sh", "-c", f'exec "$@" 3>&{writing}', "sh", sys.executable, "-c", program, *command],
        cwd=cwd, env=environment(), pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as running:  # fmt: skip
        os.close(writing)
        with os.fdopen(reading, "rb") as report:
            most = max(map(int, report.read().split())) / 1024
    if running.returncode not in ok:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {running.returncode}")
    return most


def forget() -> None:
    """Delete what was found clean, so that everything is judged again."""
    for file in (Path(os.environ["XDG_CACHE_HOME"]) / "ringfence").glob("*.clean"):
        file.unlink()
