"""A submodule is content kept elsewhere: read where a repository here has its commit, unread otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Work, init
from server.conftest import API_ID, judged, refused

MARK = f'{{"id": "{API_ID}"}}\n'
UNREAD = "is in no repository here"


@pytest.fixture
def other(tmp_path: Path) -> Work:
    """Another repository, with a clean commit."""
    (tmp_path / "srv/team").mkdir(parents=True)
    work = init(tmp_path / "srv/team/tables.git")
    work.commit("First", files={"a.txt": "row\n"})
    return work


def add(clone: Work, commit: str, path: str = "data/tables") -> None:
    """Commit a submodule without a clone of it."""
    clone.did("update-index", "--add", "--cacheinfo", f"160000,{commit},{path}")
    clone.did("commit", "-qm", "Point to tables")


def test_a_submodule_whose_commit_is_nowhere_here_is_unread(clone: Work, server: Work) -> None:
    add(clone, "1" * 40)
    said = judged(clone, server)
    assert said.status == 3
    assert f"data/tables: submodule: its commit 111111111111 {UNREAD}" in said.out
    assert "name its repository by `git` in [stores]" in said.out


@pytest.mark.parametrize("store", ["srv/team/tables.git", "srv/team", "srv"])
def test_a_submodule_is_read_where_the_policy_says_that_it_lies(clone: Work, policy, other: Work, store: str) -> None:
    policy(f'[stores]\ngit = ["{other.path.parents[2] / store}"]')
    add(clone, other.did("rev-parse", "HEAD"))
    clone.did("push", "-q", "origin", "main")
    add(clone, other.commit("Add", files={"deep/b.json": MARK}))
    refused(clone.git("push", "origin", "main"), "data/tables/deep/b.json")


def test_what_a_submodule_had_before_is_not_new(clone: Work, server: Work, policy, other: Work) -> None:
    marked = other.commit("Add", files={"b.json": MARK})
    server.did("config", "--unset-all", "ringfence.tag")
    add(clone, marked)
    clone.did("push", "-q", "origin", "main")
    server.tag("training-data")
    policy(f'[stores]\ngit = ["{other.path.parent}"]')
    add(clone, other.commit("Add", files={"c.json": "{}\n"}))
    clone.did("push", "-q", "origin", "main")
    add(clone, other.commit("Add", files={"b.json": MARK + MARK}))
    refused(clone.git("push", "origin", "main"), "data/tables/b.json")


def test_a_submodule_in_a_submodule_is_judged_likewise(clone: Work, policy, other: Work) -> None:
    policy(f'[stores]\ngit = ["{other.path.parent}"]')
    inner = init(other.path.parent / "inner")
    add(other, inner.commit("Add", files={"b.json": MARK}), "inner")
    add(clone, other.did("rev-parse", "HEAD"))
    refused(clone.git("push", "origin", "main"), "data/tables/inner/b.json")
    add(other, "2" * 40, "inner")
    add(clone, other.did("rev-parse", "HEAD"))
    assert f"data/tables/inner: submodule: its commit 222222222222 {UNREAD}" in clone.git("push", "origin", "main").out


def test_the_policy_lets_a_path_be(clone: Work, policy) -> None:
    policy('[stores]\nelsewhere = ["data/**"]')
    add(clone, "1" * 40)
    clone.did("push", "-q", "origin", "main")
    add(clone, "1" * 40, "evals/tables")
    assert UNREAD in clone.git("push", "origin", "main").out


def test_the_repository_itself_lets_no_path_be(clone: Work) -> None:
    clone.commit("Let it be", files={"ringfence.toml": 'version = 1\n[stores]\nelsewhere = ["**"]\n'})
    said = clone.git("push", "origin", "main")
    assert "stores: only the organisation's policy can set this" in said.out


def test_a_submodule_outside_of_a_zone_is_no_matter(clone: Work, server: Work, policy) -> None:
    server.did("config", "--unset-all", "ringfence.tag")
    policy('[[zone]]\ntag = "eval"\npaths = ["evals/**"]')
    add(clone, "1" * 40)
    clone.did("push", "-q", "origin", "main")
    add(clone, "1" * 40, "evals/tables")
    assert UNREAD in clone.git("push", "origin", "main").out


def test_status_says_which_submodules_will_be_unread(clone: Work, server: Work, policy) -> None:
    add(clone, "1" * 40)
    server.did("config", "--unset-all", "ringfence.tag")
    clone.did("push", "-q", "origin", "main")
    server.tag("training-data")
    said = server.ringfence("status", "--server", ".")
    assert "submodules" in said.out
    assert "data/tables" in said.out
    policy('[stores]\nelsewhere = ["data/**"]')
    assert "data/tables" not in server.ringfence("status", "--server", ".").out
