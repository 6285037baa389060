"""How long hooks take, beside what they can't be faster than: `make bench`.

Whole processes, in turn, median of many; every input is made here from a fixed seed.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import git

from ringfence import install, scratch

RUNS = 31


def timed(command: Sequence[str], cwd: Path, stdin: bytes = b"") -> float:
    """Run a command once and return how long it took, in milliseconds."""
    started = time.perf_counter()
    subprocess.run(command, cwd=cwd, input=stdin, env=scratch.environment(), capture_output=True, check=False)
    return (time.perf_counter() - started) * 1000


def repository(folder: Path) -> Path:
    """Make a tagged repository with hooks and ten staged files of a person's text."""
    path = folder / "work"
    scratch.run(str(folder), "init", "-q", "-b", "main", str(path))
    repo = git.Repo(path)
    install.install(repo, install.CLIENT)
    install.tag(repo, ["training-data"])
    words = random.Random(7)  # noqa: S311 - it has to be the same text each time
    for number in range(10):
        text = "\n".join(
            " ".join(words.choices(["row", "of", "plain", "text", "by", "hand"], k=12)) for _ in range(200)
        )
        scratch.write(str(path), f"data/{number}.txt", text)
    scratch.write(str(path), "message.txt", "Add rows\n\nCounted by hand.\n")
    scratch.run(str(path), "add", "data")
    return path


def main() -> None:
    """Print each hook's median beside a bare interpreter's."""
    with tempfile.TemporaryDirectory() as name:
        work = repository(Path(name))
        (Path(name) / "other").mkdir()
        untagged = repository(Path(name) / "other")
        scratch.run(str(untagged), "config", "--unset-all", "ringfence.tag")
        rows: dict[str, Callable[[], float]] = {
            "python -I -c pass": lambda: timed([sys.executable, "-I", "-c", "pass"], work),
            "git diff-index --cached HEAD": lambda: timed(["git", "diff-index", "--cached", "HEAD"], work),
            "pre-commit, 10 files": lambda: timed([".git/hooks/pre-commit"], work),
            "commit-msg": lambda: timed([".git/hooks/commit-msg", "message.txt"], work),
            "pre-commit, untagged": lambda: timed([".git/hooks/pre-commit"], untagged),
        }
        for measure in rows.values():
            measure()
        found: dict[str, list[float]] = {label: [] for label in rows}
        for _ in range(RUNS):
            for label, measure in rows.items():
                found[label].append(measure())
        floor = statistics.median(found["python -I -c pass"])
        print(f"{'':32}{'median':>9}{'least':>9}{'most':>9}{'x bare Python':>16}")
        for label, times in found.items():
            median = statistics.median(times)
            print(f"{label:32}{median:>7.1f}ms{min(times):>7.1f}ms{max(times):>7.1f}ms{median / floor:>16.2f}")


if __name__ == "__main__":
    main()
