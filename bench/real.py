"""Measures `check --all` on real histories, beside git's own reading and kingfisher with our rules: PATH...

Nothing is fetched. Each figure is the median of three runs in turn, with an empty cache of clean objects.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import other_tools
from speed import machine, table
from timing import OURS, Row, environment, forget, measured, memory, seconds

CHECK = ("check", "--all", "--tag", "training-data")
ENDS = (0, 1, 3)  # 3: fetched histories may lack objects, for every tool
_SHORT = 1.5  # seconds of git's reading, below which what has to be done once weighs more
KINGFISHER = ("--load-builtins=false", "--rule=all", "--confidence=low", "--no-validate", "--no-update-check")


def check(repo: Path, *, again: bool = False) -> float:
    """Check everything; return the seconds it took."""
    if not again:
        forget()
    return seconds([*OURS, *CHECK, "--repo", str(repo)], repo, ok=ENDS)


def list_blobs(repo: Path, folder: Path) -> Path:
    """Return a file with the name of every blob that is there, in the order in which git reads them fastest."""
    ask = ["git", "cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objecttype) %(objectname)"]
    lines = subprocess.run(ask, cwd=repo, capture_output=True, check=True).stdout.splitlines()
    names = folder / f"{repo.parent.name}.blobs"
    names.write_bytes(b"".join(line[5:] + b"\n" for line in lines if line.startswith(b"blob ")))
    return names


def read_by_git(repo: Path, names: Path) -> float:
    """Let git tell all changes, and send all blobs by two processes, at once; return the seconds until all are done."""
    log = ["git", "log", "--all", "--raw", "--no-renames", "--format=raw", "-z"]
    lines = names.read_bytes().splitlines(keepends=True)
    halves = []
    for number in range(2):
        half = names.with_suffix(f".{number}")
        half.write_bytes(b"".join(lines[number::2]))
        halves.append(half)
    started = time.perf_counter()
    quiet = {"cwd": repo, "env": environment(), "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = [subprocess.Popen(log, **quiet)]  # type: ignore[call-overload]
    for half in halves:
        with half.open("rb") as asked:
            running.append(subprocess.Popen(["git", "cat-file", "--batch"], stdin=asked, **quiet))  # type: ignore[call-overload]
    for process in running:
        process.wait()
    return time.perf_counter() - started


def rows(repo: Path, folder: Path, kingfisher: str, rules: Path) -> Iterator[Row]:
    """Yield the rows for a history."""
    names = list_blobs(repo, folder)
    name = repo.parent.name if repo.name in ("repo", ".git") else repo.name
    bound = 3.0 if read_by_git(repo, names) < _SHORT else 2.0
    yield Row(name, "git's reading", bound, lambda: check(repo), lambda: read_by_git(repo, names), runs=3)
    yield Row(f"{name}, again", "the first time", 0.1, lambda: check(repo, again=True), lambda: check(repo), runs=3)
    forget()
    most = lambda: memory([*CHECK, "--repo", str(repo)], repo, ok=ENDS)  # noqa: E731 - as the others
    yield Row(f"{name}, memory", "300 MB (git's own left out)", 1, most, lambda: 300.0, "MB", 1)
    if kingfisher:
        scan = [kingfisher, "scan", str(repo), "--rules-path", str(rules), *KINGFISHER]
        theirs = lambda: seconds(scan, repo, ok=(0, 200, 205))  # noqa: E731
        yield Row(name, "kingfisher, our rules", 0.8, lambda: check(repo), theirs, runs=3)


def main() -> None:
    """Measure the histories that are given, and print a table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("repo", type=Path, nargs="+")
    options.add_argument("--no-kingfisher", action="store_true", help="leave kingfisher out")
    given = options.parse_args()
    inputs = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ringfence-bench"
    os.environ["XDG_CACHE_HOME"] = str(inputs / "cache")
    inputs.mkdir(parents=True, exist_ok=True)
    program = "" if given.no_kingfisher else other_tools.installed(inputs / "tools").get("kingfisher", "")
    print(f"Measured with {machine()}.\n")
    results: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        for repo in given.repo:
            for row in rows(repo.resolve(), Path(folder), program, other_tools.rules(inputs)):
                results.append(measured(row))
                print(table(results[-1:]).splitlines()[-1], flush=True)


if __name__ == "__main__":
    main()
