"""How long a client's hooks take, beside a bare interpreter and beside other tools' hooks."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

import git
from timing import Row, seconds

from ringfence.git.repo import Repo
from ringfence.repository import Repository, load_local_plan
from ringfence.scan.prefilter import load_prefilter
from ringfence.setup import client_hooks, sandbox

RUNS = 21
MESSAGE = "fix: Add rows\n\nCounted by hand, and checked twice.\n"


def repository(path: Path, *, tagged: bool) -> Path:
    """Make a repository with hooks and ten staged files of a person's text."""
    sandbox.run(str(path.parent), "init", "-q", "-b", "main", str(path))
    repo = git.Repo(path)
    sandbox.write_file(str(path), "first.txt", "A place for rows.\n")
    sandbox.run(str(path), "add", ".")
    sandbox.run(str(path), "commit", "-q", "-m", "First")
    client_hooks.install_hooks(repo, client_hooks.CLIENT)
    if tagged:
        client_hooks.add_tags(repo, ["training-data"])
        if plan := load_local_plan(Repository(Repo(str(path)))):
            load_prefilter(plan)  # as `ringfence install` does
    words = random.Random(7)  # noqa: S311 - it has to be the same text each time
    for number in range(10):
        lines = (" ".join(words.choices(["row", "of", "plain", "text", "by", "hand"], k=12)) for _ in range(200))
        sandbox.write_file(str(path), f"data/{number}.txt", "\n".join(lines))
    sandbox.write_file(str(path), "message.txt", MESSAGE)
    sandbox.run(str(path), "add", "data")
    return path


def rows(folder: Path, tools: dict[str, str], rules: Path) -> Iterator[Row]:
    """Yield the rows."""
    work, untagged = repository(folder / "tagged", tagged=True), repository(folder / "untagged", tagged=False)

    def bare() -> float:
        return seconds([sys.executable, "-I", "-c", "pass"], work)

    def commit() -> float:
        return seconds([work / ".git/hooks/pre-commit"], work)

    def message() -> float:
        return seconds([work / ".git/hooks/commit-msg", "message.txt"], work)

    yield Row("pre-commit, 10 files", "bare Python", 2.5, commit, bare, runs=RUNS)
    yield Row("commit-msg", "bare Python", 2.5, message, bare, runs=RUNS)
    without = [untagged / ".git/hooks/pre-commit"]
    yield Row(
        "pre-commit, untagged repository", "bare Python", 1.6, lambda: seconds(without, untagged), bare, runs=RUNS
    )
    if tool := tools.get("betterleaks"):
        theirs = [tool, "git", "--staged", "--no-banner", "--config", str(rules), "."]
        yield Row("pre-commit, 10 files", "betterleaks, our rules", 1, commit, lambda: seconds(theirs, work), runs=RUNS)
    if tool := tools.get("detect-secrets"):
        files = [str(path) for path in (work / "data").iterdir()]
        hook = [str(Path(tool).parent / "detect-secrets-hook"), *files]
        yield Row("pre-commit, 10 files", "detect-secrets", 1, commit, lambda: seconds(hook, work), runs=RUNS)
    if tool := tools.get("commit-check"):
        check = [tool, "--message", "message.txt"]
        yield Row("commit-msg", "commit-check", 0.4, message, lambda: seconds(check, work, ok=(0, 1)), runs=RUNS)
    if tool := tools.get("gitlint"):
        lint = [tool, "--msg-filename", "message.txt"]
        yield Row("commit-msg", "gitlint", 0.4, message, lambda: seconds(lint, work, ok=(0, 1)), runs=RUNS)
