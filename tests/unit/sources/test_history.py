from __future__ import annotations

import pytest

from conftest import Work, cloned, init
from ringfence.errors import GitError, IncompleteError
from ringfence.git.objects import Objects
from ringfence.git.repo import Repo
from ringfence.sources import history


def test_all_refs_and_a_detached_head_are_listed(clone: Work) -> None:
    base = clone.did("rev-parse", "HEAD")
    clone.did("tag", "v1")
    clone.did("update-ref", "refs/quarantine/1", "HEAD")
    clone.did("checkout", "-q", "--detach")
    detached = clone.commit("Detached")
    refs = history.list_all_refs(Repo(str(clone.path)))
    assert ("", base, b"refs/tags/v1") in refs
    assert refs[-1] == ("", detached, b"HEAD")
    assert not [ref for _, _, ref in refs if b"quarantine" in ref]


def test_a_repository_without_commits_is_incomplete(tmp_path) -> None:
    init(tmp_path / "empty")
    with pytest.raises(IncompleteError, match=r"the repository has no commits: nothing to check\."):
        history.list_all_refs(Repo(str(tmp_path / "empty")))


def test_a_range_has_the_commits_between(clone: Work) -> None:
    base = clone.did("rev-parse", "HEAD")
    new = clone.commit("New")
    repo = Repo(str(clone.path))
    assert [change.commit for change in history.iter_range_changes(repo, Objects(repo), base, "HEAD")] == [new]
    assert history.count_commits(repo, base, "HEAD") == 1


def test_an_empty_range_is_incomplete_unless_it_may_be(clone: Work) -> None:
    repo = Repo(str(clone.path))
    assert list(history.iter_range_changes(repo, Objects(repo), "HEAD", "HEAD", may_be_empty=True)) == []
    with pytest.raises(IncompleteError, match="no commits between HEAD and HEAD: nothing was checked"):
        list(history.iter_range_changes(repo, Objects(repo), "HEAD", "HEAD"))


def test_a_range_beyond_a_shallow_boundary_is_incomplete(clone: Work, server: Work, tmp_path) -> None:
    clone.commit("Second")
    clone.did("push", "-q", "origin", "HEAD:refs/heads/other", "--no-verify")
    shallow = cloned(Work(server.path), tmp_path / "copy")
    shallow.did("fetch", "-q", "--depth=1", f"file://{server.path}", "other")
    shallow.did("checkout", "-q", "FETCH_HEAD")
    repo = Repo(str(shallow.path))
    with pytest.raises(IncompleteError, match="this clone is shallow and lacks the commits before"):
        list(history.iter_range_changes(repo, Objects(repo), "", "HEAD"))


def test_an_unknown_revision(clone: Work) -> None:
    repo = Repo(str(clone.path))
    assert history.resolve_revision(repo, "none") == ""
    with pytest.raises(IncompleteError) as raised:
        history.require_revision(repo, "none")
    assert raised.value.advice == "Check its spelling, or fetch it: git fetch --all."
    with pytest.raises(GitError, match="'--all' is not a revision"):
        history.resolve_revision(repo, "--all")


def test_dates_of_commits(clone: Work) -> None:
    head, tree = clone.did("rev-parse", "HEAD", "HEAD^{tree}").split()
    repo = Repo(str(clone.path))
    assert history.read_commit_times(repo, [head, tree, head]) == ((head, 1700000000),)
    assert history.read_commit_times(repo, []) == ()
    assert history.read_authors(repo, [head, head]) == ((head, "Ann Example"),)
    assert history.read_authors(repo, []) == ()
