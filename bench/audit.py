"""How fast an audit is: of repositories beside `check --all` in a loop, with two workers beside one.

`python bench/audit.py [REPOSITORIES] [FOLDER]`. The repositories are generated from a fixed seed, of 10 to 400 commits.
Everything is judged anew each time. Processor time, of all processes, stands beside the clock's, since it doesn't
depend on what else the machine does.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import synthetic
from timing import OURS, environment, forget

REPOSITORIES = 300
RUNS = 3


def make_repositories(folder: Path, count: int) -> list[Path]:
    """Make bare repositories of many sizes, or return those of an earlier run."""
    chance = random.Random(11)  # noqa: S311 - they have to be the same each time
    sizes = [min(400, int(chance.paretovariate(1.1) * 10)) for _ in range(count)]
    paths = [folder / f"{number:04}-{size}.git" for number, size in enumerate(sizes)]
    for path, size in zip(paths, sizes, strict=True):
        if not (path / "made").exists():
            shutil.rmtree(path, ignore_errors=True)
            synthetic.imported(path, synthetic.stream(size))
            (path / "made").touch()
    return paths


def measure(*commands: list[str]) -> tuple[float, float]:
    """Run commands one after the other and return the seconds by the clock, and of processors."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    for command in commands:
        done = subprocess.run(command, env=environment(), capture_output=True, check=False)
        if done.returncode:
            sys.exit(f"{command} ended with {done.returncode}: {done.stdout.decode()}{done.stderr.decode()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - began, used


def loop(paths: list[Path]) -> tuple[float, float]:
    """Check each repository by a command of its own."""
    forget()
    return measure(*([*OURS, "check", "--all", "--tag", "training-data", "--repo", str(path)] for path in paths))


def audit(folder: Path, jobs: int, *, before: tuple[str, ...] = (), more: tuple[str, ...] = ()) -> tuple[float, float]:
    """Audit all repositories into a new folder."""
    with tempfile.TemporaryDirectory() as out:
        jobs_options = ["--jobs", str(jobs), *more]
        return measure([*before, *OURS, "audit", str(folder), "--out", out, *jobs_options])


def show(label: str, ours: list[tuple[float, float]], theirs: list[tuple[float, float]]) -> None:
    """Print the best of both by the clock and by processors, and their ratios."""
    (wall, used), (wall_of_theirs, used_of_theirs) = (
        tuple(map(min, zip(*runs, strict=True))) for runs in (ours, theirs)
    )
    print(
        f"{label:34}{wall:7.1f} s of {wall_of_theirs:6.1f} s = {wall / wall_of_theirs:5.2f};"
        f"   processors {used:6.1f} s of {used_of_theirs:6.1f} s = {used / used_of_theirs:5.2f}"
    )


def main() -> None:
    """Print how long an audit takes beside what it is held against."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORIES
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[2] if len(sys.argv) > 2 else temporary).absolute()  # noqa: PLR2004 - the second argument
        os.environ.setdefault("XDG_CACHE_HOME", str(Path(temporary) / "cache"))
        paths = make_repositories(folder, count)
        audit(folder, 1)  # for what is compiled once
        core = str(min(os.sched_getaffinity(0)))
        loops, ones, twos = [], [], []
        for _ in range(RUNS):
            loops.append(loop(paths))
            ones.append(audit(folder, 1, before=("taskset", "-c", core)))
            twos.append(audit(folder, 2))
        print(f"{count} repositories, best of {RUNS}")
        show("one worker / check --all in a loop", [*ones], loops)
        show("two workers / the loop", twos, loops)
        show("two workers / one on one core", twos, ones)


if __name__ == "__main__":
    main()
