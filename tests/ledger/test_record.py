"""Every decision of the gate is in the ledger before git acts on it."""

from __future__ import annotations

import contextlib
import getpass
import sqlite3
import sys
from pathlib import Path

import pytest

from conftest import SHARE_LINK, TRAILER, Work, kept, run
from ringfence.records import ledger

ZERO = "0" * 40


def test_an_accepted_push_has_its_record(clone: Work, server: Work, book: Path) -> None:
    old, new = clone.did("rev-parse", "HEAD"), clone.commit("Add rows", files={"rows.txt": "a person's row\n"})
    clone.did("push", "-q", "origin", "main")
    [entry] = kept(book)
    assert entry["kind"] == "push"
    assert entry["who"] == getpass.getuser()
    assert entry["repository"] == str(server.path).removesuffix(".git")
    assert entry["outcome"] == "allowed"
    assert entry["body"]["refs"] == [{"ref": "refs/heads/main", "old": old, "new": new}]
    assert entry["body"]["commits"] == [new]
    assert entry["body"]["tags"] == ["training-data"]
    assert entry["body"]["examined"]["commits"] == 1


def test_a_refused_push_has_its_record_with_what_was_found(clone: Work, book: Path) -> None:
    commit = clone.commit(f"Add rows\n\n{TRAILER}", files={"a.md": SHARE_LINK})
    clone.git("push", "origin", "main").assert_refused()
    [entry] = kept(book)
    assert entry["outcome"] == "blocked"
    assert {(item["commit"], item["vendor"], item["excerpt"]) for item in entry["body"]["findings"]} == {
        (commit, "anthropic", TRAILER),
        (commit, "openai", SHARE_LINK),
    }


def test_a_deletion_has_its_record(clone: Work, book: Path) -> None:
    clone.did("push", "-q", "origin", "main:topic")
    clone.did("push", "-q", "origin", ":topic")
    assert kept(book)[1]["body"]["refs"] == [
        {"ref": "refs/heads/topic", "old": clone.did("rev-parse", "HEAD"), "new": ZERO}
    ]


def test_every_ref_of_a_push_is_in_one_entry(clone: Work, book: Path) -> None:
    clone.commit("Add rows")
    clone.did("push", "-q", "origin", "main", "main:b", "main:a")
    [entry] = kept(book)
    assert sorted(item["ref"] for item in entry["body"]["refs"]) == ["refs/heads/a", "refs/heads/b", "refs/heads/main"]


def test_excerpts_can_be_left_out(clone: Work, server: Work, book: Path) -> None:
    server.did("config", "ringfence.ledgerExcerpts", "false")
    clone.commit(f"Add rows\n\n{TRAILER}")
    clone.git("push", "origin", "main").assert_refused("refused, 1 mark")
    [entry] = kept(book)
    assert [item["excerpt"] for item in entry["body"]["findings"]] == [""]
    assert b"noreply@anthropic.com" not in book.read_bytes()


def test_without_its_record_a_push_is_refused(clone: Work, server: Work, book: Path) -> None:
    book.parent.write_text("a file where the folder should be")
    clone.commit("Add rows")
    said = clone.git("push", "origin", "main")
    assert not said
    assert f"ringfence: the ledger {book} can't be written: " in said.out
    assert "Refused because of this error, not because of what was found." in said.out
    assert server.did("rev-parse", "main") != clone.did("rev-parse", "main")


def test_a_ledger_that_somebody_keeps_locked_refuses_in_the_end(clone: Work, server: Work, book: Path) -> None:
    """A ledger that stays locked refuses the push as an error, after 20 s that are cut to 0.1 s here."""
    assert ledger._LOCK_TIMEOUT == 20
    hook = server.path / "hooks/pre-receive"
    impatient = "from ringfence.records import ledger\nledger._LOCK_TIMEOUT = 0.1\nmain()'"
    hook.write_text(hook.read_text().replace("main()'", impatient))
    clone.commit("Add rows")
    clone.did("push", "-q", "origin", "main")
    clone.commit("Add more")
    with contextlib.closing(sqlite3.connect(book)) as locked:
        locked.execute("BEGIN IMMEDIATE")
        said = clone.git("push", "origin", "main")
    assert f"ringfence: the ledger {book} can't be written: database is locked." in said.out
    assert "See its permissions and its disk." in said.out
    assert "Refused because of this error, not because of what was found." in said.out
    assert server.did("rev-parse", "main") == clone.did("rev-parse", "main~1")
    assert len(kept(book)) == 1


def test_a_ledger_without_an_absolute_path_refuses(clone: Work, server: Work, book: Path) -> None:
    server.did("config", "ringfence.ledger", "ledger.db")
    clone.commit("Add rows")
    clone.git("push").assert_refused("git config ringfence.ledger: 'ledger.db' must be an absolute path.")


def test_an_untagged_repository_records_nothing(clone: Work, server: Work, book: Path) -> None:
    server.did("config", "--unset-all", "ringfence.tag")
    clone.commit(f"Add rows\n\n{TRAILER}")
    clone.did("push", "-q", "origin", "main")
    assert not book.exists()


def test_a_pushers_own_settings_dont_say_where_the_ledger_lies(
    clone: Work, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "theirs").write_text(f"[ringfence]\n\tledger = {tmp_path}/elsewhere.db\n\tledgerExcerpts = false\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "theirs"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "ringfence.ledger")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(tmp_path / "third.db"))
    clone.commit("Add rows")
    clone.did("push", "-q", "origin", "main")
    assert [entry["outcome"] for entry in kept(book)] == ["allowed"]
    assert sorted(path.name for path in tmp_path.glob("*.db")) == []


def test_a_push_that_an_error_refuses_has_its_record(clone: Work, server: Work, book: Path, tmp_path: Path) -> None:
    server.did("config", "ringfence.policy", f"{tmp_path}/no-such.toml")
    clone.commit("Add rows")
    clone.git("push", "origin", "main").assert_refused(f"{tmp_path}/no-such.toml", "can't be read")
    [entry] = kept(book)
    assert (entry["outcome"], entry["body"]["code"]) == ("error", 4)
    assert entry["body"]["reason"].startswith(f"{tmp_path}/no-such.toml (git config ringfence.policy): can't be read")
    assert entry["body"]["refs"][0]["ref"] == "refs/heads/main"


def test_an_error_that_cant_be_recorded_is_told_all_the_same(
    clone: Work, server: Work, book: Path, tmp_path: Path
) -> None:
    """A ledger that can't be written doesn't hide the error that was there first, and never lets the push pass."""
    server.did("config", "ringfence.policy", f"{tmp_path}/no-such.toml")
    book.parent.write_text("a file where the folder should be")
    clone.commit("Add rows")
    said = clone.git("push", "origin", "main")
    said.assert_refused(f"{tmp_path}/no-such.toml", "can't be read")


def test_the_update_hook_records_each_ref(clone: Work, server: Work, book: Path) -> None:
    (server.path / "hooks/pre-receive").unlink()
    assert server.ringfence("install", "--server", str(server.path), "--update")
    clone.commit("Add rows")
    clone.did("push", "-q", "origin", "main", "main:b")
    assert sorted(entry["body"]["refs"][0]["ref"] for entry in kept(book)) == ["refs/heads/b", "refs/heads/main"]


def test_a_run_in_ci_has_its_record(clone: Work, tmp_path: Path) -> None:
    path = tmp_path / "ci.db"
    old, new = clone.did("rev-parse", "HEAD"), clone.commit(f"Add rows\n\n{TRAILER}")
    clone.did("config", "ringfence.ledger", str(path))
    assert clone.ringfence("ci", "--range", "HEAD~1..HEAD", "--tag", "eval").status == 1
    [entry] = kept(path)
    assert (entry["kind"], entry["outcome"], entry["body"]["commits"]) == ("ci", "blocked", [new])
    assert entry["body"]["refs"] == [{"ref": "", "old": old, "new": new}]


def test_without_a_ledger_the_gate_does_not_even_load_sqlite(clone: Work, server: Work, tmp_path: Path) -> None:
    new = clone.commit("Add rows")
    clone.did("push", "-q", "origin", "main")
    code = (
        "import os, sys; os._exit = lambda code: (print(code, *sys.modules), sys.stdout.flush(), sys.exit(code));"
        "from ringfence.hook import main; main()"
    )

    def loaded() -> set[str]:
        line = f"{new} {new} refs/heads/again\n".encode()
        return set(run(sys.executable, "-I", "-c", code, "pre-receive", cwd=server.path, stdin=line).out.split())

    assert not {"sqlite3", "ringfence.records.ledger"} & loaded()
    server.did("config", "ringfence.ledger", str(tmp_path / "ledger.db"))
    assert {"sqlite3", "ringfence.records.ledger"} <= loaded()
