from __future__ import annotations

import pytest

from conftest import Work
from ringfence.errors import GitError
from ringfence.git.repo import Repo
from ringfence.model import SUBMODULE
from ringfence.sources.commits import diff_commits, iter_commits, parse_record, read_tree

OLD, NEW, ZERO = b"1" * 40, b"2" * 40, b"0" * 40


@pytest.mark.parametrize(
    ("record", "content", "parents"),
    [
        (b":100644 100644 %b %b M" % (OLD, NEW), NEW.decode(), (OLD.decode(),)),
        (b":000000 100644 %b %b A" % (ZERO, NEW), NEW.decode(), ("",)),
        (b":100644 000000 %b %b D" % (OLD, ZERO), "", (OLD.decode(),)),
        (b":000000 160000 %b %b A" % (ZERO, NEW), SUBMODULE + NEW.decode(), ("",)),
        (b"::100644 100644 100644 %b %b %b MM" % (OLD, OLD, NEW), NEW.decode(), (OLD.decode(), OLD.decode())),
    ],
)
def test_raw_records_are_parsed(record: bytes, content: str, parents: tuple[str, ...]) -> None:
    assert parse_record(record, b"a path") == (b"a path", content, parents)


def test_commits_come_newest_first_with_their_paths(clone: Work) -> None:
    base = clone.did("rev-parse", "HEAD")
    first = clone.commit("First", files={"a": "one\n", "b": "two\n"})
    second = clone.commit("Second", files={"a": "three\n"})
    empty = clone.commit("Empty")
    changes = list(iter_commits(Repo(str(clone.path)), ["HEAD"], ["--not", base]))
    assert [change.commit for change in changes] == [empty, second, first]
    assert [[path for path, _, _ in change.paths] for change in changes] == [[], [b"a"], [b"a", b"b"]]
    assert all(change.raw for change in changes)


def test_a_missing_commit_is_an_error(clone: Work) -> None:
    with pytest.raises(GitError, match="git rev-list exited with 128"):
        list(iter_commits(Repo(str(clone.path)), ["1" * 40]))


def test_a_tree_and_the_difference_of_commits(clone: Work) -> None:
    base = clone.did("rev-parse", "HEAD")
    clone.commit("First", files={"a": "one\n"})
    blob = clone.did("rev-parse", "HEAD:a")
    repo = Repo(str(clone.path))
    assert diff_commits(repo, base, "HEAD") == [(b"a", blob, ("",))]
    assert (b"a", blob, ()) in read_tree(repo, "HEAD")
