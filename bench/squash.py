"""How much is still traced after each merge of a history was squashed into a commit without a mark.

    python bench/squash.py REPOSITORY [--merges 300]

The first parents of HEAD are committed anew: each merge becomes an ordinary commit with the same files and the message
"Request (#n)", other commits keep theirs. The truth is what the trace of the real history says. Lines count as traced
if they are a tool's in the squashed one: with a ref to each request, and without, by an index of the real history.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

RINGFENCE = (sys.executable, "-I", "-m", "ringfence")
SHORT = 5  # lines in a run


def git(repo: str, *args: str, feed: bytes | None = None) -> str:
    """Return what git prints."""
    done = subprocess.run(["git", "-C", repo, *args], input=feed, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode("utf-8", "replace").strip()


def squash(source: str, target: str) -> int:
    """Make the squashed repository, and return how many merges it had."""
    git(os.path.dirname(target), "clone", "-q", "--bare", "--shared", source, target)
    for ref in git(target, "for-each-ref", "--format=%(refname)").splitlines():
        git(target, "update-ref", "-d", ref)
    parent, number = "", 0
    listed = git(source, "rev-list", "--first-parent", "--reverse", "--parents", "HEAD").splitlines()
    for commit, *parents in (line.split() for line in listed):
        is_merge = len(parents) > 1
        number += is_merge
        message = f"Request (#{number})" if is_merge else git(source, "log", "-1", "--format=%B", commit)
        if is_merge:
            git(target, "update-ref", f"refs/pull/{number}/head", parents[1])
        options = ["-p", parent] if parent else []
        parent = git(target, "commit-tree", f"{commit}^{{tree}}", *options, feed=message.encode())
    git(target, "update-ref", "refs/heads/main", parent)
    git(target, "symbolic-ref", "HEAD", "refs/heads/main")
    return number


def trace(repo: str, *options: str) -> dict[str, set[int]]:
    """Return the lines of each file that come from tools."""
    done = subprocess.run([*RINGFENCE, "trace", "--repo", repo, "--format", "jsonl", *options], stdout=subprocess.PIPE)  # noqa: PLW1510
    found: dict[str, set[int]] = {}
    for row in map(json.loads, done.stdout.splitlines()):
        if row["start_line"] and not row["edited"]:
            found.setdefault(row["path"], set()).update(range(row["start_line"], row["end_line"] + 1))
    return found


def split_runs(lines: set[int]) -> tuple[set[int], set[int]]:
    """Return the lines in runs of five and more, and those in shorter ones."""
    long: set[int] = set()
    run: list[int] = []
    for line in [*sorted(lines), -1]:
        if run and line != run[-1] + 1:
            long.update(run if len(run) >= SHORT else ())
            run = []
        run.append(line)
    return long, lines - long


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repository")
    source = os.path.abspath(parser.parse_args().repository)
    with tempfile.TemporaryDirectory() as folder:
        target, index = str(Path(folder, "squashed.git")), str(Path(folder, "index"))
        os.environ["XDG_CACHE_HOME"] = str(Path(folder, "cache"))
        merges = squash(source, target)
        plain = str(Path(folder, "plain.git"))
        head = git(source, "rev-parse", "HEAD")
        git(folder, "clone", "-q", "--bare", "--shared", source, plain)
        for ref in git(plain, "for-each-ref", "--format=%(refname)").splitlines():
            git(plain, "update-ref", "-d", ref)  # no notes, as the other has none, and no other branches
        git(plain, "update-ref", "refs/heads/main", head)
        git(plain, "symbolic-ref", "HEAD", "refs/heads/main")
        truth = trace(plain)
        subprocess.run(
            [*RINGFENCE, "ingredients", "record", "--all", "--repo", plain, "--name", "lab", "--index", index],
            stdout=sys.stderr, check=False,
        )  # fmt: skip
        by_refs = trace(target)
        for ref in git(target, "for-each-ref", "--format=%(refname)", "refs/pull/").splitlines():
            git(target, "update-ref", "-d", ref)
        without = trace(target)
        by_index = trace(target, "--index", index)
    figures: dict[str, object] = {"repository": source, "requests": merges}
    for name, found in {"refs": by_refs, "nothing": without, "index": by_index}.items():
        both = {path: lines & found.get(path, set()) for path, lines in truth.items()}
        figures[name] = _share(both, truth)
        for kind, part in (("runs of 5", 0), ("shorter", 1)):
            figures[f"{name}, {kind}"] = _share(
                {path: lines & split_runs(truth[path])[part] for path, lines in both.items()},
                {path: split_runs(lines)[part] for path, lines in truth.items()},
            )
        false = sum(len(lines - truth.get(path, set())) for path, lines in found.items())
        figures[f"{name}, not in the truth"] = round(false / max(1, sum(map(len, found.values()))), 4)
    print(json.dumps(figures, indent=1))


def _share(found: dict[str, set[int]], whole: dict[str, set[int]]) -> float:
    return round(sum(map(len, found.values())) / max(1, sum(map(len, whole.values()))), 4)


main()
