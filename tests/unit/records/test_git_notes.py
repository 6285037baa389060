"""Git notes from the ledger."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import Work, init
from reports.conftest import verdict
from ringfence.errors import PolicyError, UsageError
from ringfence.git.repo import Repo
from ringfence.records import git_notes, recorder
from ringfence.repository import Repository

ZERO = "0" * 40


def open_work(work: Work) -> Repository:
    return Repository(Repo(str(work.path)), names=["lab/rows"])


def test_each_commit_of_an_accepted_update_gets_one_note(tmp_path: Path) -> None:
    work = init(tmp_path / "work")
    commits = [work.commit("One"), work.commit("Two")]
    updates = [(ZERO, commits[1], b"refs/heads/main")]
    work.did("config", "ringfence.ledger", str(tmp_path / "ledger.db"))
    recorder.record_verdict(open_work(work), "push", verdict(), updates, commits, "ann")

    assert git_notes.write_notes(open_work(work), updates) == 2
    assert git_notes.write_notes(open_work(work), updates) == 0

    note = json.loads(work.did("notes", "--ref=ringfence", "show", commits[0]))
    assert (note["verdict"], note["ruleset"], note["entry"]) == ("allowed", "abc123abc123", 1)


def test_an_update_without_an_entry_gets_no_note(tmp_path: Path) -> None:
    work = init(tmp_path / "work")
    commit = work.commit("One")
    work.did("config", "ringfence.ledger", str(tmp_path / "ledger.db"))
    recorder.record_verdict(open_work(work), "push", verdict(), [(ZERO, commit, b"refs/heads/a")], [commit], "ann")
    assert git_notes.write_notes(open_work(work), [(ZERO, commit, b"refs/heads/b")]) == 0


def test_notes_need_a_ledger(tmp_path: Path) -> None:
    work = init(tmp_path / "work")
    with pytest.raises(UsageError, match="none is configured here"):
        git_notes.write_notes(open_work(work), [])


def test_a_push_of_the_notes_is_refused() -> None:
    git_notes.refuse_pushed_notes([(ZERO, "a" * 40, b"refs/notes/other")])
    with pytest.raises(PolicyError, match=r"^refs/notes/ringfence is written by the server and can't be pushed\.$"):
        git_notes.refuse_pushed_notes([("a" * 40, ZERO, b"refs/notes/ringfence")])
