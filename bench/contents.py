"""What the catalogue finds in the contents of histories that are older than the tools: all of it is false."""

from __future__ import annotations

import os
import subprocess
import tempfile
import unittest.mock
from pathlib import Path
from typing import NamedTuple

from ringfence.gate import history
from ringfence.git.repo import Repo
from ringfence.repository import Repository

BEFORE = "2021-01-01"


class History(NamedTuple):
    """A history up to 2021: how much of it was judged, and what definitive or strong was found in it."""

    name: str
    tip: str
    commits: int
    files: int  # changed ones: a path with its content, once for each commit that changes it
    false: list[str]
    unread: int


def judged(repo: Path) -> History:
    """Judge everything that a repository's main line held before 2021, as in a tag on all of it."""
    ask = ["git", "rev-list", "-1", "--first-parent", f"--before={BEFORE}", "HEAD"]
    tip = subprocess.run(ask, cwd=repo, capture_output=True, text=True, check=True).stdout.strip()
    # What an earlier run found clean isn't counted again.
    with tempfile.TemporaryDirectory() as cache, unittest.mock.patch.dict(os.environ, XDG_CACHE_HOME=cache):
        verdict = history.check_range(Repository(Repo(str(repo)), tags=("training-data",)), "", tip)
    if verdict is None:
        raise RuntimeError("the tag didn't hold")
    false = [
        f"{item.commit[:12]} {item.path or item.part}: {item.marker}"
        for item in verdict.findings
        if item.strength != "weak"
    ]
    name = next(part for part in reversed(repo.resolve().parts) if part not in ("repo", ".git"))
    seen = verdict.examined
    return History(name.replace("+", "/"), tip[:12], seen.commits, seen.paths, false, len(verdict.unread))
