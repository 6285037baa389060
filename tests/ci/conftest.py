"""What a CI service gives: a clone, made as it makes it, and variables or an event that say what the run is about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import stock
from conftest import Said, Work, cloned, init

TAGGED = 'version = 1\ntags = ["training-data"]\n'


class Run:
    """A CI run's clone, and what the service would tell it."""

    def __init__(self, path: Path) -> None:
        self.work, self.path = Work(path), path

    def github(self, event: dict[str, Any], *args: str, **env: str) -> Said:
        told = self.path.parent / "event.json"
        told.write_text(json.dumps({"repository": {"default_branch": "main"}} | event))
        given = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_PATH": str(told), "GITHUB_SHA": self.head()} | env
        return self.work.ringfence("ci", *args, **given)

    def gitlab(self, *args: str, **env: str) -> Said:
        given = {"GITLAB_CI": "true", "CI_COMMIT_SHA": self.head(), "CI_DEFAULT_BRANCH": "main"} | env
        return self.work.ringfence("ci", *args, **given)

    def head(self) -> str:
        return self.work.did("rev-parse", "HEAD")

    def base(self) -> str:
        """Return where the clone's branch left the default branch, as a forge knows it."""
        forge = Work(self.path.parent / "forge.git")
        return forge.did("merge-base", "main", "topic")

    def pulled(self, work: Work) -> str:
        """Push the branch, bring it here, and return its head."""
        work.did("push", "-q", "-f", "origin", "--all")
        self.work.did("fetch", "-q")
        self.work.did("reset", "-q", "--hard", "@{upstream}")
        return self.head()


@pytest.fixture
def forge(tmp_path: Path) -> Work:
    """A clone of a forge's repository without a gate, whose own file tags it, on a new branch `topic`."""
    stock.copy(tmp_path, _forge)
    return Work(tmp_path / "work")


def _forge(folder: Path) -> None:
    work = cloned(init(folder / "forge.git", "--bare"), folder / "work")
    work.commit("First", files={"ringfence.toml": TAGGED, "README.md": "A place for rows.\n"})
    work.did("push", "-q", "origin", "main")
    work.did("switch", "-q", "-c", "topic")


def ci(work: Work, *options: str, branch: str = "topic") -> Run:
    """Push everything and clone it as a CI service would."""
    work.did("push", "-q", "-f", "origin", "--all")
    path = work.path.parent / "ci"
    work.did("clone", "-q", *options, "-b", branch, f"file://{work.did('config', 'remote.origin.url')}", str(path))
    return Run(path)


def pull(work: Work, ref: str = "topic", **head: str) -> dict[str, Any]:
    base, sha = work.did("rev-parse", "main"), work.did("rev-parse", "topic")
    return {"pull_request": {"base": {"sha": base, "ref": "main"}, "head": {"sha": sha, "ref": ref} | head}}


def pushed(work: Work, before: str, **more: Any) -> dict[str, Any]:
    return {"before": before, "after": work.did("rev-parse", "HEAD"), "ref": "refs/heads/topic"} | more
