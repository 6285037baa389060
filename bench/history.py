"""How long a whole history takes, beside git reading it and beside other tools, and how the cost grows with it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from timing import OURS, Row, environment, forget, memory, seconds

CHECK = ("check", "--all", "--tag", "training-data")


def check(repo: Path, *, again: bool = False) -> float:
    """Check everything; return the seconds it took."""
    if not again:
        forget()
    return seconds([*OURS, *CHECK, "--repo", str(repo)], repo, ok=(0, 1))


def blobs(repo: Path) -> Path:
    """Return a file with the name of every blob, in the order in which git reads them fastest."""
    names = repo / "bench-blobs"
    ask = ["git", "cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objecttype) %(objectname)"]
    lines = subprocess.run(ask, cwd=repo, capture_output=True, check=True).stdout.splitlines()
    names.write_bytes(b"".join(line[5:] + b"\n" for line in lines if line.startswith(b"blob ")))
    return names


def floor(repo: Path, names: Path) -> float:
    """Let git tell all changes and send all blobs, both at once; return the seconds until both are done."""
    log = ["git", "log", "--all", "--raw", "--no-renames", "--format=raw", "-z"]
    started = time.perf_counter()
    with names.open("rb") as asked:
        both = [
            subprocess.Popen(log, cwd=repo, env=environment(), stdout=subprocess.DEVNULL),
            subprocess.Popen(["git", "cat-file", "--batch"], cwd=repo, stdin=asked, stdout=subprocess.DEVNULL),
        ]
        for process in both:
            process.wait()
    return time.perf_counter() - started


def rows(repo: Path, what: str) -> Iterator[Row]:
    """Yield the rows for a history."""
    names = blobs(repo)
    work = f"check --all, {what}"
    git = "git log --raw beside git cat-file --batch"
    yield Row(work, git, 1.5, lambda: check(repo), lambda: floor(repo, names))
    yield Row(f"{work}, again", "the first time", 0.2, lambda: check(repo, again=True), lambda: check(repo))
    forget()
    yield Row(
        f"{work}, memory",
        "250 MB (git's own left out)",
        1,
        lambda: memory([*CHECK, "--repo", str(repo)], repo),
        lambda: 250.0,
        "MB",
        1,
    )


def others(repo: Path, what: str, tools: dict[str, str], rules: Path) -> Iterator[Row]:
    """Yield the rows that hold a history against other tools."""
    work = f"check --all, {what}"
    if tool := tools.get("kingfisher"):
        scan = [tool, "scan", str(repo), "--rules-path", str(rules), "--load-builtins=false", "--rule=all"]
        scan += ["--confidence=low", "--no-validate", "--no-update-check"]
        ends = (0, 200, 205)
        yield Row(work, "kingfisher, our rules", 0.2, lambda: check(repo), lambda: seconds(scan, repo, ok=ends), runs=1)
    if tool := tools.get("betterleaks"):
        theirs = [tool, "git", "--no-banner", "--silent", "--config", str(rules), str(repo)]
        yield Row(
            work, "betterleaks, our rules", 0.5, lambda: check(repo), lambda: seconds(theirs, repo, ok=(0, 1)), runs=1
        )


def growth(small: Path, large: Path, times: int) -> Row:
    """Return the row that holds the growth of our cost against that of git's."""
    few, many = blobs(small), blobs(large)
    return Row(
        f"check --all, {times} times the commits: how much longer",
        "how much longer git takes",
        1.1,
        lambda: check(large) / check(small),
        lambda: floor(large, many) / floor(small, few),
        "times",
        3,
    )
