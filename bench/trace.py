"""How well lines are traced to marked commits, and what it costs, held against `git blame -w -M -C`.

    python bench/trace.py REPOSITORY... [--keep FOLDER] [--files N] [--disagreements FILE]

The truth is what git says of each line of HEAD; a line counts if its commit has a mark. Notes and squashed requests, of
which git blame knows nothing, are left out of the comparison, not of the times. Times are of the whole command, by the
clock and by the processors, as other work on the machine stretches the first: once without a cache, and once after a
trace of HEAD's first parent. git blame runs in as many processes as there are processors, as long as --files doesn't
ask for fewer files. --keep stores what git said, which takes minutes, and how long it took.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import unittest.mock
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ringfence.audit.trace.files import list_files
from ringfence.audit.trace.lines import TracedLines
from ringfence.audit.trace.origins import Origins
from ringfence.git.repo import Repo
from ringfence.policy.load import load_plan
from ringfence.repository import Repository, read_local_inputs

TRACE = (sys.executable, "-I", "-m", "ringfence", "trace", "--format", "jsonl", "--output", os.devnull)
REGULAR = (b"100644", b"100755")


def git(repo: str, *args: str) -> bytes:
    """Return what git prints."""
    return subprocess.run(["git", "-C", repo, *args], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout  # noqa: PLW1510


def blame(repo: str, path: bytes) -> list[str]:
    """Return the commit of each line of a file."""
    said = git(repo, "blame", "-w", "-M", "-C", "--line-porcelain", "HEAD", "--", os.fsdecode(path))
    commits: list[str] = []
    lines = iter(said.split(b"\n"))
    for head in lines:
        if not head:
            break
        commits.append(head[:40].decode())
        next(line for line in lines if line.startswith(b"\t"))
    return commits


def blame_files(repo: str, number: int) -> dict[str, object]:
    """Return what git says of the files of HEAD, or of some, and what that took."""
    rows = [row.split(b"\t", 1) for row in git(repo, "ls-tree", "-r", "-z", "HEAD").split(b"\0") if row]
    paths = [path for about, path in rows if about.split()[0] in REGULAR]
    if number:
        paths = random.Random(1).sample(paths, min(number, len(paths)))  # noqa: S311 - not a secret
    begun, used = time.monotonic(), count_seconds()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        commits = list(pool.map(lambda path: blame(repo, path), paths))
    files = {os.fsdecode(path): lines for path, lines in zip(paths, commits, strict=True)}
    return {"seconds": time.monotonic() - begun, "processors": count_seconds() - used, "files": files}


def count_seconds() -> float:
    """Return how long the processors worked for our children so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def trace_lines(path: str) -> tuple[dict[str, list[str]], set[str]]:
    """Return for the lines of each file of HEAD the marked commit, or "", and all marked commits."""
    repository = Repository(Repo(path), outside=True)
    plan = load_plan(read_local_inputs(repository))
    commit = git(path, "rev-parse", "HEAD").decode().strip()
    origins = Origins(repository, plan, commit)
    origins.listed = {}
    files, _ = list_files(repository, commit, (), {})
    lines = TracedLines(repository, commit, files, origins)
    with unittest.mock.patch("ringfence.audit.trace.lines.list_requests", return_value={}):
        lines.trace(frozenset(), None)
    found: dict[str, list[str]] = {}
    for number, file in enumerate(files):
        owners = found[os.fsdecode(file.path)] = [""] * file.lines
        for first, count, commit_number, _, _ in lines.list_runs(number):
            owners[first : first + count] = [lines.commits[commit_number]] * count
    return found, set(origins.marks)


def measure(repo: str) -> Iterator[tuple[float, float]]:
    """Yield what a first trace takes, and one after one more commit: by the clock, and by the processors."""
    with tempfile.TemporaryDirectory() as cache:
        environ = dict(os.environ, XDG_CACHE_HOME=cache)
        subprocess.run([*TRACE, "--repo", repo, "--at", "HEAD~1"], env=environ, check=False, stderr=subprocess.DEVNULL)
        for kept in (False, True):
            if not kept:
                traces = {path: path.read_bytes() for path in Path(cache).rglob("*.trace")}
                for path in traces:
                    path.unlink()
            else:
                for path, data in traces.items():
                    path.write_bytes(data)
                    path.chmod(0o600)
            begun, used = time.monotonic(), count_seconds()
            subprocess.run([*TRACE, "--repo", repo], env=environ, check=False, stderr=subprocess.DEVNULL)
            yield time.monotonic() - begun, count_seconds() - used


def compare(repo: str, keep: str | None, number: int) -> tuple[dict[str, object], list[dict[str, object]]]:
    """Return a row of figures for a repository, and the lines of which git says something else."""
    name = repo.rstrip("/").removesuffix("/repo").rpartition("/")[2]
    kept = Path(keep, f"{name}.json") if keep else None
    if kept and kept.exists():
        truth = json.loads(kept.read_text())
    else:
        truth = blame_files(repo, number)
        if kept:
            kept.write_text(json.dumps(truth))
    found, marked = trace_lines(repo)
    both = ours = theirs = total = 0
    disagreements: list[dict[str, object]] = []
    for path, commits in truth["files"].items():
        mine = found.get(path, [])
        if len(mine) != len(commits):
            continue  # git refuses the file, for example one of which this clone lacks a version
        for line, (owner, commit) in enumerate(zip(mine, commits, strict=True), 1):
            is_theirs = commit in marked
            total, both = total + 1, both + (bool(owner) and is_theirs)
            ours, theirs = ours + bool(owner), theirs + is_theirs
            if bool(owner) != is_theirs:
                disagreements.append({"path": path, "line": line, "trace": owner, "blame": commit})
    (first, first_used), (again, again_used) = measure(repo)
    blame_clock, blame_used = float(truth["seconds"]), float(truth["processors"])
    return {
        "repository": name, "commits": int(git(repo, "rev-list", "--count", "HEAD")), "files": len(truth["files"]),
        "lines": total, "marked": theirs, "recall": round(both / (theirs or 1), 4),
        "precision": round(both / (ours or 1), 4), "blame": round(blame_clock, 1), "trace": round(first, 1),
        "ratio": round(first / blame_clock, 3), "ratio by processors": round(first_used / blame_used, 3),
        "again": round(again, 1), "again/first": round(again / first, 3),
        "again/first by processors": round(again_used / first_used, 3),
    }, disagreements  # fmt: skip


def main() -> None:
    """Print a row for each repository, and the worst of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repositories", nargs="+")
    parser.add_argument("--keep", help="store what git blame said in this folder, and read it from there")
    parser.add_argument("--files", type=int, default=0, help="ask git blame about so many files only")
    parser.add_argument("--disagreements", help="write 50 lines of which both say something else to this file")
    chosen = parser.parse_args()
    for repo in chosen.repositories:
        row, disagreements = compare(repo, chosen.keep, chosen.files)
        print(json.dumps(row), flush=True)
        if chosen.disagreements:
            some = random.Random(1).sample(disagreements, min(50, len(disagreements)))  # noqa: S311 - not a secret
            with open(chosen.disagreements, "a", encoding="utf-8") as file:
                file.writelines(json.dumps({"repository": repo, **each}) + "\n" for each in some)


main()
