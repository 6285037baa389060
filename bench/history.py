"""How long a whole history takes, beside git reading it: `make bench`, or with `--repo PATH` on a real one.

In turn, median of several; the floor is `git log --raw` and `git cat-file --batch` of every blob, run together.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ringfence import scratch

RUNS = 5
COMMITS = 5_000


def generate(folder: Path) -> Path:
    """Make a history of a person's text, two files a commit, the same each time."""
    chance = random.Random(7)  # noqa: S311 - it has to be the same text each time
    stream = []
    for number in range(COMMITS):
        stream.append(f"commit refs/heads/main\ncommitter Ann <ann@example.org> {1_700_000_000 + number} +0000\n")
        stream.append("data 9\nAdd rows\n\n")
        for _ in range(2):
            text = " ".join(chance.choices(["row", "of", "plain", "text", "by", "hand"], k=600))
            stream.append(f"M 100644 inline data/{chance.randrange(500)}.txt\ndata {len(text)}\n{text}\n")
    path = folder / "history"
    scratch.run(str(folder), "init", "-q", "-b", "main", str(path))
    subprocess.run(["git", "fast-import", "--quiet"], cwd=path, input="".join(stream).encode(), check=True)
    return path


def blobs(repo: Path) -> bytes:
    """Return the name of every blob, one a line."""
    ask = ["git", "cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectname)"]
    lines = subprocess.run(ask, cwd=repo, capture_output=True, check=True).stdout.splitlines()
    return b"".join(line[5:] + b"\n" for line in lines if line.startswith(b"blob "))


def floor(repo: Path, names: Path) -> float:
    """Let git tell all changes and send all blobs, both at once; return the seconds until both are done."""
    started = time.perf_counter()
    with names.open("rb") as asked:
        log = ["git", "log", "--all", "--raw", "--format=raw", "-z"]
        both = [
            subprocess.Popen(log, cwd=repo, stdout=subprocess.DEVNULL),
            subprocess.Popen(["git", "cat-file", "--batch"], cwd=repo, stdin=asked, stdout=subprocess.DEVNULL),
        ]
        for process in both:
            process.wait()
    return time.perf_counter() - started


def check(repo: Path) -> float:
    """Check everything as a tagged repository; return the seconds it took."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "ringfence", "check", "--all", "--repo", str(repo), "--tag", "training-data"]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr.decode())
    return time.perf_counter() - started


def main() -> None:
    """Print the median of a check and of its floor, and their ratio."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repo", type=Path, help="a real repository instead of a made one")
    given = options.parse_args().repo
    with tempfile.TemporaryDirectory() as name:
        repo = given or generate(Path(name))
        names = Path(name) / "blobs"
        names.write_bytes(blobs(repo))
        check(repo)
        pairs = [(check(repo), floor(repo, names)) for _ in range(RUNS)]
    print(f"{'':32}{'median':>9}{'least':>9}{'most':>9}")
    for label, times in zip(("check --all", "git log beside git cat-file"), zip(*pairs, strict=True), strict=True):
        print(f"{label:32}{statistics.median(times):>8.2f}s{min(times):>8.2f}s{max(times):>8.2f}s")
    print(f"{'ratio, pair by pair':32}{statistics.median(mine / least for mine, least in pairs):>9.2f}")


if __name__ == "__main__":
    main()
