"""Refused pushes in hidden refs and in bundles."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Work, init
from reports.conftest import finding, verdict
from ringfence.errors import GitError, UsageError
from ringfence.git.repo import Repo
from ringfence.records import quarantine
from ringfence.repository import Repository

ZERO = "0" * 40


@pytest.fixture
def work(tmp_path: Path) -> Work:
    made = init(tmp_path / "work")
    made.commit("First")
    made.did("config", "transfer.hideRefs", "refs/quarantine")
    return made


def open_work(work: Work) -> Repository:
    return Repository(Repo(str(work.path)), names=["lab/rows"])


def store(work: Work, commit: str) -> str:
    """Store a push of a commit to main; return its id."""
    updates = [(ZERO, commit, b"refs/heads/main"), (commit, ZERO, b"refs/heads/old")]
    noted, number = quarantine.store_push(open_work(work), verdict(finding()), updates, [commit], "ann")
    assert noted.about.notes == (f"quarantined as {number}; the server's administrator can release it",)
    return number


def test_a_stored_push_is_found_with_its_updates_and_findings(work: Work) -> None:
    commit = work.did("rev-parse", "HEAD")
    number = store(work, commit)
    push = quarantine.find_push(open_work(work), number)
    assert push.updates == [(ZERO, commit, b"refs/heads/main"), (commit, ZERO, b"refs/heads/old")]
    assert (push.record["who"], push.record["outcome"]) == ("ann", "blocked")
    assert [row["marker"] for row in push.record["findings"]] == ["acme-code-address"]
    assert push.refs[f"refs/quarantine/{number}/refs/heads/main".encode()] == commit
    assert push.asked == {}
    assert not push.is_overdue


def test_a_later_request_replaces_an_earlier_one(work: Work) -> None:
    number = store(work, work.did("rev-parse", "HEAD"))
    for act in ("release", "drop"):
        push = quarantine.find_push(open_work(work), number)
        quarantine.store_request(open_work(work), push, {"act": act, "by": "bob", "reason": "Licensed."})
    asked = quarantine.find_push(open_work(work), number).asked
    assert (asked["act"], asked["by"], asked["reason"]) == ("drop", "bob", "Licensed.")


def test_without_hidden_refs_a_push_goes_into_a_bundle_and_is_imported_once_they_are_hidden(work: Work) -> None:
    work.did("config", "--unset", "transfer.hideRefs")
    number = store(work, work.did("rev-parse", "HEAD"))
    assert work.did("for-each-ref", "refs/quarantine") == ""
    with pytest.raises(UsageError, match=r"^bundles in quarantine: 1; git wouldn't hide their refs from clients\.$"):
        quarantine.list_pushes(open_work(work))
    work.did("config", "transfer.hideRefs", "refs/quarantine")
    assert [push.id for push in quarantine.list_pushes(open_work(work))] == [number]
    assert list((work.path / ".git/quarantine").iterdir()) == []


def test_a_push_that_cannot_be_stored_says_so(work: Work) -> None:
    updates = [(ZERO, "1" * 40, b"refs/heads/main")]
    noted, number = quarantine.store_push(open_work(work), verdict(finding()), updates, [], "ann")
    assert number == ""
    assert noted.about.notes[0].startswith("couldn't be quarantined: git update-ref exited with 128: ")


def test_a_push_without_a_record_is_incomplete_and_never_overdue(work: Work) -> None:
    work.did("update-ref", "refs/quarantine/20260131-00000000/refs/heads/main", "HEAD")
    [push] = quarantine.list_pushes(open_work(work))
    assert (push.record, push.is_overdue) == ({}, False)


def test_a_push_is_overdue_from_the_day_after_its_due_day() -> None:
    assert quarantine.QuarantinedPush("1", {"due": "2020-01-01"}, {}, {}).is_overdue
    assert not quarantine.QuarantinedPush("1", {"due": quarantine._format_day(0)}, {}, {}).is_overdue


def test_an_unknown_id_is_a_usage_error(work: Work) -> None:
    with pytest.raises(UsageError, match=r"^20260131-00000000 isn't in quarantine\.$"):
        quarantine.find_push(open_work(work), "20260131-00000000")


def test_refs_change_together_or_not_at_all(work: Work) -> None:
    head = work.did("rev-parse", "HEAD")
    repo = Repo(str(work.path))
    with pytest.raises(GitError):
        quarantine.update_refs(repo, create={b"refs/heads/a": head}, update={b"refs/heads/main": ("", "1" * 40)})
    assert work.did("for-each-ref", "--format=%(refname)") == "refs/heads/main"
    quarantine.update_refs(repo, create={b"refs/heads/a": head}, update={b"refs/heads/b": (head, "")})
    quarantine.update_refs(repo, delete=[b"refs/heads/a"], update={b"refs/heads/main": (head, head)})
    assert work.did("for-each-ref", "--format=%(refname)") == "refs/heads/b\nrefs/heads/main"
