from __future__ import annotations

import os
from pathlib import Path

import pytest

from conftest import init
from ringfence.errors import IncompleteError
from ringfence.git.objects import Objects
from ringfence.git.repo import Repo
from ringfence.model import SUBMODULE
from ringfence.sources import links
from ringfence.sources.links import LinkedTree, read_commit_links, read_staged_links

FILES = {b"scratch/q": "1", b"scratch/deep/r": "2", b"evals/ok": "3", b"top": "4"}


@pytest.mark.parametrize(
    ("made", "reached"),
    [
        ({b"evals/q": b"../scratch/q"}, {b"evals/q": b"scratch/q"}),
        ({b"evals/q": b".././/scratch/./q"}, {b"evals/q": b"scratch/q"}),
        ({b"data": b"scratch"}, {b"data/q": b"scratch/q", b"data/deep/r": b"scratch/deep/r"}),
        ({b"data": b"scratch/deep/"}, {b"data/r": b"scratch/deep/r"}),
        ({b"a": b"b", b"b": b"c", b"c": b"top"}, {b"a": b"top", b"b": b"top", b"c": b"top"}),
        ({b"data": b"scratch", b"x": b"data/deep/../q"}, {b"x": b"scratch/q", b"data/q": b"scratch/q",
                                                          b"data/deep/r": b"scratch/deep/r"}),
        ({b"d": b"scratch/deep", b"x": b"d/../q"}, {b"x": b"scratch/q", b"d/r": b"scratch/deep/r"}),
        ({b"evals/q": b"/etc/passwd", b"evals/r": b"../../top", b"evals/s": b"../missing"}, {}),
        ({b"a": b"b", b"b": b"a"}, {}),
        ({b"a": b""}, {}),
    ],
)  # fmt: skip
def test_links_are_followed_as_systems_do(made: dict[bytes, bytes], reached: dict[bytes, bytes]) -> None:
    found = LinkedTree(FILES, made).list_files()
    assert {name: path for name, (path, _) in found.items()} == reached
    assert all(FILES[path] == oid for path, oid in found.values())


def test_links_in_linked_folders_are_followed() -> None:
    tree = LinkedTree(FILES, {b"scratch/more": b"../top", b"data": b"scratch"})
    assert tree.list_files()[b"data/more"] == (b"top", "4")
    assert set(tree.mounts) == {(b"scratch/more", b"top"), (b"data", b"scratch"), (b"data/more", b"top")}


def test_a_link_to_the_top_is_followed_once() -> None:
    found = LinkedTree(FILES, {b"evals/up": b".."}).list_files()
    assert found[b"evals/up/scratch/q"] == (b"scratch/q", "1")
    assert len(found) == len(FILES)


def test_links_that_lead_to_too_many_files_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "_MOST_PATHS", 3)
    with pytest.raises(IncompleteError, match="links lead to more than"):
        LinkedTree(FILES, {b"a": b"scratch", b"b": b"scratch"}).list_files()


def test_links_multiply_no_work_without_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten folders, each with ten links to the next, are 10^10 paths."""
    made = {b"d%d/l%d" % (level, number): b"../d%d" % (level + 1) for level in range(10) for number in range(10)}
    monkeypatch.setattr(links, "_MOST_PATHS", 5000)
    with pytest.raises(IncompleteError):
        LinkedTree({b"d10/file": "1"}, made)


def test_links_are_read_from_commits_and_from_the_index(tmp_path: Path) -> None:
    work = init(tmp_path / "work")
    empty = work.commit("First", files={"scratch/q": "row\n"})
    os.symlink("scratch", work.path / "data")
    work.did("update-index", "--add", "--cacheinfo", f"160000,{empty},scratch/sub")
    work.did("add", "data")
    repo = Repo(str(work.path))
    objects = Objects(repo)
    assert read_commit_links(repo, objects, empty) is None
    staged = read_staged_links(repo, objects)
    work.did("commit", "-qm", "Link")
    made = read_commit_links(repo, objects, "HEAD")
    assert staged
    assert made
    blob = work.did("rev-parse", "HEAD:scratch/q")
    expected = {b"data/q": (b"scratch/q", blob), b"data/sub": (b"scratch/sub", SUBMODULE + empty)}
    assert staged.list_files() == made.list_files() == expected
    assert read_commit_links(repo, objects, blob) is None
