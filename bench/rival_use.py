"""Counts uses of rivals' models in repositories: `python bench/rival_use.py [--markdown] [--show N] REPOSITORY …`.

Each is judged by the files of its HEAD, read from its objects, as under the tag `training-pipeline`; nothing of it is
checked out or run. A repository counts as refused if one use does.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ringfence.check.uses import build_use_marker
from ringfence.git.objects import MissingObject
from ringfence.git.repo import Repo
from ringfence.policy.inputs import Inputs
from ringfence.policy.load import load_plan
from ringfence.repository import Repository
from ringfence.scan.matches import Contents
from ringfence.scan.uses import UseFinder

if TYPE_CHECKING:
    from ringfence.policy.plan import Plan

_SLOW = 0.5  # seconds for one file


class Found(NamedTuple):
    """A use in a file."""

    action: str
    what: str
    where: str


def run_git(folder: str, *arguments: str) -> str:
    """Run git in a folder and return what it prints."""
    return subprocess.run(["git", "-C", folder, *arguments], check=True, capture_output=True, text=True).stdout


def iter_uses(path: str, plan: Plan) -> Iterator[Found]:
    """Yield the uses in the files of a repository's HEAD."""
    rows = run_git(path, "-c", "core.quotePath=false", "ls-tree", "-r", "-z", "HEAD").split("\0")[:-1]
    files = {row.split("\t")[0].split()[2]: row.partition("\t")[2] for row in rows if " blob " in row.split("\t")[0]}
    for item in Repository(Repo(path), tags=("training-pipeline",)).objects.iter_objects(files):
        if isinstance(item, MissingObject):
            continue
        data, name = item.read(), files[item.name]
        if not plan.use_scanner.find_matches(data):
            continue
        began = time.monotonic()
        finder, result = UseFinder(plan), Contents()
        list(finder.watch(iter([(data, 0, True, None)])))
        finder.add_uses(result, "")
        if time.monotonic() - began > _SLOW:
            print(f"    slow: {name} {len(data)} bytes {time.monotonic() - began:.1f} s")
        for match in result.matches.values():
            if marker := build_use_marker(match.marker, os.fsencode(name)):
                action = "block" if marker.strength == "strong" else "warn"
                place = match.places[0]
                yield Found(action, marker.product, f"{name}:{place.line} [{place.excerpt}]")


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
        found = sorted(iter_uses(path, plan))
        blocked = [item for item in found if item.action == "block"]
        refused += bool(blocked)
        name = os.path.basename(os.path.dirname(os.path.abspath(path)))
        name = name.replace("+", "/") if os.path.basename(path) == "repo" else os.path.basename(path)
        first = f"{blocked[0].what}, {blocked[0].where.partition(' [')[0]}" if blocked else ""
        counts = len(blocked), len(found) - len(blocked)
        if options.markdown:
            print(f"| {name} | {commit[:12]} | {day} | {counts[0]} | {counts[1]} | {first} |", flush=True)
        else:
            print(f"{name:40} block {counts[0]:3} warn {counts[1]:3} {time.monotonic() - began:5.1f} s", flush=True)
        for item in found[: options.show]:
            print(f"    {item.action:5} {item.what}: {item.where}")
    print(f"{refused} of {len(options.repository)} refused")


if __name__ == "__main__":
    main()
