"""What the ledger's entries hold."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from conftest import Work, init, kept
from reports.conftest import finding, verdict
from ringfence.errors import PolicyError
from ringfence.git.repo import Repo
from ringfence.records import recorder
from ringfence.repository import Repository

UPDATES = [("0" * 40, "a" * 40, b"refs/heads/caf\xe9")]


@pytest.fixture
def recorded(tmp_path: Path) -> Work:
    work = init(tmp_path / "work")
    work.did("config", "ringfence.ledger", str(tmp_path / "ledger.db"))
    return work


def open_work(work: Work) -> Repository:
    return Repository(Repo(str(work.path)), names=["lab/rows"])


def test_an_actor_is_the_account_or_the_login_or_the_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", "mallory")
    monkeypatch.setenv("LOGNAME", "mallory")
    assert recorder.get_actor("ann") == "ann"
    assert recorder.get_actor() == pwd.getpwuid(os.getuid()).pw_name
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)
    assert recorder.get_actor() == str(os.getuid())


def test_a_verdict_is_recorded_with_the_account_and_further_fields(recorded: Work, tmp_path: Path) -> None:
    recorder.record_verdict(
        open_work(recorded), "push", verdict(finding()), UPDATES, ["a" * 40], "ann", {"quarantine": "1"}
    )
    [entry] = kept(tmp_path / "ledger.db")
    assert [entry[name] for name in ("kind", "who", "repository", "outcome")] == ["push", "ann", "lab/rows", "blocked"]
    body = entry["body"]
    assert body["refs"] == [{"ref": "refs/heads/caf\\xe9", "old": "0" * 40, "new": "a" * 40}]
    assert (body["commits"], body["quarantine"], body["tags"]) == (["a" * 40], "1", ["eval"])
    assert body["findings"][0]["account"] == "bot@acme.example"
    assert not {"why", "also"} & body["findings"][0].keys()


def test_without_excerpts_an_entry_holds_nothing_that_people_wrote() -> None:
    body = recorder.build_verdict_body(verdict(finding()), UPDATES, [], excerpts=False)
    assert (body["findings"][0]["excerpt"], body["findings"][0]["account"]) == ("", "")
    assert body["findings"][0]["marker"] == "acme-code-address"


@pytest.mark.parametrize(
    ("kind", "excerpt", "account"),
    [
        ("trailer", "Co-authored-by: Acme <bot@acme.example>", "bot@acme.example"),
        ("account", "acme-bot", "acme-bot"),
        ("identity", "no address", ""),
        ("content", "Ann <ann@example.org>", ""),
    ],
)
def test_an_account_is_the_address_of_an_identity(kind: str, excerpt: str, account: str) -> None:
    body = recorder.build_verdict_body(verdict(finding(kind=kind, excerpt=excerpt)), (), ())
    assert body["findings"][0]["account"] == account


def test_a_failure_is_recorded_with_its_exit_code(recorded: Work, tmp_path: Path) -> None:
    recorder.record_failure(open_work(recorded), "push", UPDATES, PolicyError("bad policy."), "ann")
    recorder.record_failure(open_work(recorded), "push", [], KeyError(), "ann")
    first, second = kept(tmp_path / "ledger.db")
    assert (first["outcome"], first["body"]["code"], first["body"]["reason"]) == ("error", 4, "bad policy.")
    assert (second["body"]["code"], second["body"]["reason"]) == (70, "KeyError")


def test_a_failure_that_cannot_be_recorded_raises_nothing(recorded: Work, tmp_path: Path) -> None:
    (tmp_path / "ledger.db").mkdir()
    recorder.record_failure(open_work(recorded), "push", UPDATES, PolicyError("bad policy."), "ann")
