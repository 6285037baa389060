from __future__ import annotations

import pytest

from conftest import Work
from ringfence.errors import GitError
from ringfence.git.objects import Objects
from ringfence.git.repo import Repo
from ringfence.sources.receive import iter_group_changes, iter_new_changes, parse_updates

ZERO, ID = "0" * 40, "1" * 40


def test_updates_are_parsed() -> None:
    data = f"{ZERO} {ID} refs/heads/a b\n{ID} {ZERO} refs/tags/v1\n".encode()
    assert parse_updates(data) == [(ZERO, ID, b"refs/heads/a b"), (ID, ZERO, b"refs/tags/v1")]


@pytest.mark.parametrize("line", [b"refs/heads/main", b"1 2 refs/heads/main", f"{ID} {ID}".encode()])
def test_another_line_is_an_error(line: bytes) -> None:
    with pytest.raises(GitError, match="pre-receive got a line that is not a ref update"):
        parse_updates(line + b"\n")


def test_new_commits_tags_trees_and_ref_names(clone: Work) -> None:
    base = clone.did("rev-parse", "HEAD")
    commit = clone.commit("New", files={"a": "one\n"})
    clone.did("tag", "-a", "-m", "Release", "v1")
    tag, tree, blob = clone.did("rev-parse", "refs/tags/v1", "HEAD^{tree}", "HEAD:a").split()
    updates = [
        (ZERO, tag, b"refs/tags/v1"),
        (ZERO, tree, b"refs/tags/tree"),
        (ZERO, blob, b"refs/tags/blob"),
        (base, ZERO, b"refs/heads/old"),
    ]
    repo = Repo(str(clone.path))
    changes = list(iter_new_changes(repo, Objects(repo), updates, ("--not", base)))
    assert sorted((change.kind, change.commit) for change in changes) == [
        ("commit", commit), ("ref", ""), ("ref", ""), ("ref", ""), ("tag", tag), ("tree", ""), ("tree", ""),
    ]  # fmt: skip
    assert changes[0].commit == commit
    assert [text for change in changes for _, text, _ in change.texts] == [b"v1", b"tree", b"blob"]


def test_a_missing_object_is_an_error(clone: Work) -> None:
    repo = Repo(str(clone.path))
    with pytest.raises(GitError, match="can't be read: the object is missing"):
        list(iter_new_changes(repo, Objects(repo), [(ZERO, ID, b"refs/heads/a")]))


def test_a_commit_comes_again_only_for_more_zones(clone: Work) -> None:
    base = clone.did("rev-parse", "HEAD")
    commit = clone.commit("New")
    groups = [
        ([(ZERO, commit, f"refs/heads/{zones}".encode())], ("--not", base), frozenset(zones))
        for zones in ((1,), (1, 2), (2,))
    ]
    repo = Repo(str(clone.path))
    changes = list(iter_group_changes(repo, Objects(repo), groups))
    assert [change.within for change in changes if change.kind == "commit"] == [{1}, {1, 2}]
    assert [change.kind for change in changes[2:]] == ["ref", "ref", "ref"]
