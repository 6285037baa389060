"""Counts uses of rivals' models in repositories: `python bench/rival_use.py [--markdown] [--show N] REPOSITORY …`.

Each is judged by the files of its HEAD, read from its objects, as under the tag `training-pipeline`; nothing of it is
checked out or run. A repository counts as refused if one use does.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import time
from typing import TYPE_CHECKING

from ringfence.check.check import check_changes
from ringfence.git.repo import Repo
from ringfence.model import Change
from ringfence.policy.inputs import Inputs
from ringfence.policy.load import load_plan
from ringfence.repository import Repository
from ringfence.sources.commits import read_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ringfence.model import Finding
    from ringfence.policy.plan import Plan


def run_git(folder: str, *arguments: str) -> str:
    """Run git in a folder and return what it prints."""
    return subprocess.run(["git", "-C", folder, *arguments], check=True, capture_output=True, text=True).stdout


def iter_uses(path: str, commit: str, plan: Plan) -> Iterator[Finding]:
    """Yield the uses in the files of a repository's commit."""
    repository = Repository(Repo(path), tags=("training-pipeline",))
    change = Change("tree", commit, paths=read_tree(repository.repo, commit))
    for finding in check_changes([change], plan, repository.objects).findings:
        if finding.kind in ("use", "extraction"):
            yield finding


def main() -> None:
    """Judge the repositories and print a line for each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--markdown", action="store_true", help="print the rows of a table")
    parser.add_argument("--show", type=int, default=0, help="print so many findings of each")
    parser.add_argument("repository", nargs="+")
    options = parser.parse_args()
    plan = load_plan(Inputs(tags=(("training-pipeline", "bench"),)))
    refused = 0
    for path in options.repository:
        began = time.monotonic()
        commit, day = run_git(path, "log", "-1", "--format=%H %cs").split()
        found = sorted(iter_uses(path, commit, plan), key=lambda item: (item.action, item.product, item.path))
        blocked = [item for item in found if item.action == "block"]
        refused += bool(blocked)
        name = os.path.basename(os.path.dirname(os.path.abspath(path)))
        name = name.replace("+", "/") if os.path.basename(path) == "repo" else os.path.basename(path)
        first = f"{blocked[0].product}, {blocked[0].path}:{blocked[0].line}" if blocked else ""
        counts = len(blocked), len(found) - len(blocked)
        if options.markdown:
            print(f"| {name} | {commit[:12]} | {day} | {counts[0]} | {counts[1]} | {first} |", flush=True)
        else:
            print(f"{name:40} block {counts[0]:3} warn {counts[1]:3} {time.monotonic() - began:5.1f} s", flush=True)
        for item in found[: options.show]:
            print(f"    {item.action:5} {item.product}: {item.path}:{item.line} [{item.excerpt}]")
    print(f"{refused} of {len(options.repository)} refused")


if __name__ == "__main__":
    main()
