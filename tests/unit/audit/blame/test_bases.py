"""Where branches left a history is found as `git merge-base` finds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Work, init
from ringfence.audit.blame.bases import find_bases
from ringfence.git.repo import Repo


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """A history with a branch, one that the history was merged into twice, a merged one and an unrelated one."""
    made = init(tmp_path / "work")
    made.commit("First", files={"a": "1"})
    for branch in ("plain", "fed", "merged"):
        made.did("branch", branch)
    made.did("switch", "-q", "plain")
    made.commit("Plain", files={"b": "1"})
    made.did("switch", "-q", "merged")
    made.commit("Merged", files={"c": "1"})
    made.did("switch", "-q", "main")
    made.did("merge", "-q", "--no-ff", "merged")
    made.did("switch", "-q", "fed")
    made.commit("Fed", files={"d": "1"})
    for number in range(2):
        made.did("switch", "-q", "main")
        made.commit("Main", files={"a": f"{number}, later"})
        made.did("switch", "-q", "fed")
        made.did("merge", "-q", "main")
    made.did("switch", "-q", "--orphan", "alone")
    made.commit("Alone", files={"e": "1"})
    made.did("switch", "-q", "main")
    made.commit("Last", files={"a": "last"})
    return made


def test_bases_are_those_of_git(work: Work) -> None:
    head = work.did("rev-parse", "main")
    tips = {branch: work.did("rev-parse", branch) for branch in ("plain", "fed", "merged", "alone")}
    bases = find_bases(Repo(str(work.path)), head, [*tips.values(), head])
    assert bases == {tips[branch]: work.did("merge-base", "main", branch) for branch in ("plain", "fed")}
