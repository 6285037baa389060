from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Work
from ringfence.errors import IncompleteError
from ringfence.git.repo import Repo
from ringfence.sources.message import cleanup_message, find_message_file, iter_changes, read_message

SCISSORS = b"# ------------------------ >8 ------------------------\ndiff\n"


@pytest.mark.parametrize(
    ("settings", "stored"),
    [
        ({}, b"Subject\n"),
        ({"commit.cleanup": "verbatim"}, b"Subject\n# a comment\n" + SCISSORS),
        ({"commit.cleanup": "scissors"}, b"Subject\n# a comment"),
        ({"core.commentchar": "auto"}, b"Subject\n# a comment"),
        ({"core.commentchar": ";"}, b"Subject\n# a comment\n" + SCISSORS),
    ],
)
def test_an_edited_message_loses_what_git_removes(settings: dict[str, str], stored: bytes) -> None:
    message = b"Subject\n# a comment\n" + SCISSORS
    triples = [("local", key, value) for key, value in settings.items()]
    assert cleanup_message(message, triples, edited=True).strip() == stored.strip()
    assert cleanup_message(message, triples, edited=False) == message


def test_a_message_falls_under_the_staged_paths() -> None:
    (change,) = iter_changes(b"Subject", "latin-1", [(b"rows.txt", "id", ("old",))])
    assert change.texts == (("message", b"Subject", "latin-1"),)
    assert change.paths == [(b"rows.txt", "", ())]


def test_the_newest_message_file_is_found(clone: Work) -> None:
    folder = clone.path / ".git"
    (folder / "COMMIT_EDITMSG").unlink(missing_ok=True)
    repo = Repo(str(clone.path))
    with pytest.raises(IncompleteError, match="no message file found"):
        find_message_file(repo)
    (folder / "MERGE_MSG").write_text("Merge\n")
    assert Path(find_message_file(repo)).name == "MERGE_MSG"
    assert read_message(find_message_file(repo)) == b"Merge\n"


def test_a_message_file_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(IncompleteError, match="can't be read: No such file or directory"):
        read_message(str(tmp_path / "none"))
