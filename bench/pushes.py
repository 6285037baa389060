"""How long a server's hook takes for a push: of one commit, of a thousand, under one name or a thousand."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import git
import synthetic
from timing import Row, forget, piped, seconds

from ringfence.setup import client_hooks

ZERO = "0" * 40


def server(folder: Path, commits: int, files: int) -> tuple[Path, list[str]]:
    """Make a tagged server that holds commits which no ref points to yet but the first; return them, oldest first."""
    path = folder / f"server-{commits}-{files}.git"
    synthetic.imported(path, synthetic.wide(commits, files))
    listed = subprocess.run(["git", "rev-list", "--reverse", "main"], cwd=path, capture_output=True, check=True)
    oids = listed.stdout.decode().split()
    subprocess.run(["git", "update-ref", "refs/heads/main", oids[0]], cwd=path, check=True)
    repo = git.Repo(path)
    client_hooks.install_hooks(repo, client_hooks.SERVER)
    client_hooks.add_tags(repo, ["training-data"])
    return path, oids


def receive(path: Path, lines: list[str]) -> float:
    """Ask the gate about a push; return the seconds it took."""
    forget()
    return seconds([path / "hooks/pre-receive"], path, "".join(f"{line}\n" for line in lines).encode())


def own_calls(path: Path, new: str) -> float:
    """Return the seconds of three bare interpreters and of what git has to tell of a push."""
    bare = seconds([sys.executable, "-I", "-c", "pass"], path)
    asked = "".join(f"contents {name}\nflush\n" for name in ("HEAD^{tree}", new, f"{new}^{{tree}}")).encode()
    git_time = seconds(["git", "config", "-z", "--show-scope", "--list"], path)
    git_time += seconds(["git", "cat-file", "--batch-command", "--buffer"], path, asked)
    walk = ["git", "diff-tree", "--stdin", "--root", "-c", "-z", "-r", "--raw", "--no-renames"]
    return (
        3 * bare + git_time + piped(["git", "rev-list", "--stdin", "--not", "--all"], walk, path, f"{new}\n".encode())
    )


def rows(folder: Path, tools: dict[str, str], rules: Path) -> Iterator[Row]:
    """Yield the rows."""
    path, oids = server(folder, 1_001, 10)
    one = [f"{oids[0]} {oids[1]} refs/heads/main"]
    floor = "3 bare Pythons and git's own calls"
    yield Row("pre-receive, 1 commit", floor, 1, lambda: receive(path, one), lambda: own_calls(path, oids[1]), runs=21)
    all_of_it = [f"{oids[0]} {oids[-1]} refs/heads/main"]
    work = "pre-receive, 1,000 commits, 10,000 files"
    yield Row(work, "1 second", 1, lambda: receive(path, all_of_it), lambda: 1.0)
    if tool := tools.get("betterleaks"):
        theirs = [
            tool,
            "git",
            "--no-banner",
            "--silent",
            "--config",
            str(rules),
            f"--log-opts={oids[0]}..{oids[-1]}",
            ".",
        ]
        yield Row(
            work,
            "betterleaks, our rules",
            0.25,
            lambda: receive(path, all_of_it),
            lambda: seconds(theirs, path),
            runs=1,
        )
    refs = [f"{ZERO} {oid} refs/heads/b{number}" for number, oid in enumerate(oids[1:])]
    yield Row(
        "pre-receive, 1,000 commits by 1,000 refs", "by one ref", 1.1, lambda: receive(path, refs),
        lambda: receive(path, all_of_it), runs=15,
    )  # fmt: skip
