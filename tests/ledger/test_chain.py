"""Tampering with any row is found, and pruning leaves a chain that still holds."""

from __future__ import annotations

import re
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import Work, kept
from ringfence.records import ledger, verify
from ringfence.records.ledger import Decision


def decision(number: int) -> Decision:
    finding = {"commit": "c" * 40, "vendor": "acme", "marker": "acme-trailer", "excerpt": f"row {number}"}
    ref = {"ref": f"refs/heads/b{number}", "old": "0" * 40, "new": "a" * 40}
    body = {"refs": [ref], "commits": ["c" * 40], "findings": [finding]}
    return Decision("push", "ann", "srv/git/rows", "blocked" if number % 2 else "allowed", body)


LIKE_THE_LAST = "at, kind, 'bob', repository, outcome, body, previous, digest FROM entries WHERE id = 5"


@pytest.fixture
def five(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.db"
    for number in range(1, 6):
        ledger.append_entry(str(path), decision(number))
    return path


def tampered(path: Path, *statements: str) -> list[str]:
    """Tamper with a ledger file by SQL, and return what the verification reports."""
    connection = sqlite3.connect(path)
    for name in ("entries_follow", "entries_stay", "entries_stay_as_they_are"):
        [sql] = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        connection.execute(f"DROP TRIGGER {name}")
        statements += (sql,)  # and covers the tracks
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return list(verify.find_faults(str(path)))


def test_what_was_written_holds(five: Path) -> None:
    assert list(verify.find_faults(str(five))) == []
    assert [entry["id"] for entry in kept(five)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("number", range(1, 6))
@pytest.mark.parametrize("column", ["at", "kind", "who", "repository", "outcome", "body", "previous", "digest"])
def test_a_change_of_any_column_of_any_row_is_found(five: Path, number: int, column: str) -> None:
    assert tampered(five, f"UPDATE entries SET {column} = {column} || ' ' WHERE id = {number}")


@pytest.mark.parametrize("number", range(1, 6))
def test_any_row_that_was_taken_away_is_found(five: Path, number: int) -> None:
    assert tampered(five, f"DELETE FROM entries WHERE id = {number}")


def test_the_last_row_is_missed_even_after_others_were_added(five: Path) -> None:
    assert tampered(five, "DELETE FROM entries WHERE id = 5") == ["the last entry should be 5, but is 4."]
    ledger.append_entry(str(five), decision(6))
    assert list(verify.find_faults(str(five))) == ["entries 5 to 5 are missing."]


def test_a_row_that_was_put_between_is_found(five: Path) -> None:
    copied = "SELECT 6, at, kind, who, repository, 'allowed', body, previous, digest FROM entries WHERE id = 3"
    assert tampered(five, f"INSERT INTO entries {copied}")


def test_rows_that_changed_places_are_found(five: Path) -> None:
    swap = "UPDATE entries SET id = CASE id WHEN 2 THEN -3 ELSE -2 END WHERE id IN (2, 3)"
    assert tampered(five, swap, "UPDATE entries SET id = -id WHERE id < 0")


def test_a_row_whose_digest_was_made_to_fit_is_found_by_the_next(five: Path) -> None:
    entry = next(ledger.iter_entries(str(five), "id = 3"))
    changed = ledger.replace(entry, outcome="allowed")
    assert tampered(
        five, f"UPDATE entries SET outcome = 'allowed', digest = '{changed.compute_digest()}' WHERE id = 3"
    ) == ["entry 4 doesn't follow the entry before it: it holds another digest."]


def test_a_ledger_that_was_made_anew_is_found_by_the_tip_that_was_kept(five: Path, tmp_path: Path) -> None:
    tip = verify.read_tip(str(five))
    anew = tmp_path / "anew.db"
    for number in (1, 2, 3, 4, 6):
        ledger.append_entry(str(anew), decision(number))
    assert list(verify.find_faults(str(anew))) == []
    assert list(verify.find_faults(str(anew), tip)) == [
        f"entry 5 isn't the one of the tip: its digest is {verify.read_tip(str(anew))[2:]}."
    ]
    assert list(verify.find_faults(str(five), tip)) == []
    ledger.append_entry(str(five), decision(6))
    assert list(verify.find_faults(str(five), tip)) == []


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE entries SET who = 'bob'", "an entry cannot be changed"),
        ("DELETE FROM entries WHERE id = 5", "an entry cannot be taken away without a checkpoint"),
        (f"INSERT INTO entries SELECT 9, {LIKE_THE_LAST}", "an entry must follow the last one"),
        (f"INSERT OR REPLACE INTO entries SELECT id, {LIKE_THE_LAST}", "an entry must follow the last one"),
    ],
)
def test_the_file_itself_refuses_what_is_no_addition(five: Path, statement: str, told: str) -> None:
    connection = sqlite3.connect(five)
    with pytest.raises(sqlite3.IntegrityError, match=told):
        connection.execute(statement)
    connection.close()


def test_a_trigger_that_was_taken_away_is_found(five: Path) -> None:
    connection = sqlite3.connect(five)
    connection.execute("DROP TRIGGER entries_stay")
    connection.close()
    [told] = verify.find_faults(str(five))
    assert told == "entries_stay differs from ringfence's schema: what it refuses, or shows, may have been changed."


def test_after_pruning_the_chain_still_holds(five: Path) -> None:
    assert ledger.prune_entries(str(five), "2999-01-01", "bob", "kept for a year") == 5
    ledger.append_entry(str(five), decision(7))
    [checkpoint, after] = kept(five)
    assert (checkpoint["id"], checkpoint["kind"], checkpoint["who"]) == (6, "checkpoint", "bob")
    assert checkpoint["body"].keys() == {"through", "digest", "entries", "until", "reason"}
    assert after["id"] == 7
    assert list(verify.find_faults(str(five))) == []
    assert ledger.prune_entries(str(five), "2999-01-01", "bob", "and again") == 2
    assert list(verify.find_faults(str(five))) == []
    assert b"row 1" not in five.read_bytes()


def test_what_was_pruned_without_a_checkpoint_is_found(five: Path) -> None:
    assert tampered(five, "DELETE FROM entries WHERE id < 3") == ["entries 1 to 2 are missing."]


def test_nothing_old_is_nothing_pruned(five: Path) -> None:
    assert ledger.prune_entries(str(five), "2000-01-01", "bob", "kept for a year") == 0
    assert len(kept(five)) == 5


def test_only_its_owner_can_read_a_new_ledger(five: Path) -> None:
    assert stat.S_IMODE(five.stat().st_mode) == 0o600
    assert sorted(path.name for path in five.parent.iterdir()) == ["ledger.db"]


def test_many_that_make_the_ledger_at_once_make_one(tmp_path: Path) -> None:
    start = "from ringfence.records.ledger import *; "
    code = f"{start}append_entry({str(tmp_path / 'l.db')!r}, Decision('push', 'a', 'b', 'c', {{}}))"
    running = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(8)]
    assert [child.wait(60) for child in running] == [0] * 8
    assert [entry["id"] for entry in kept(tmp_path / "l.db")] == list(range(1, 9))
    assert {path.name for path in tmp_path.iterdir()} <= {"l.db", "l.db-wal", "l.db-shm"}


# --- as people use it ---


def test_show_lists_the_last_entries(five: Path) -> None:
    said = Work(five.parent).ringfence("ledger", "show", "--last", "2", "--ledger", str(five))
    assert re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME", said.out) == (
        "4  TIME  push  allowed (1 finding)  ann  srv/git/rows  refs/heads/b4\n"
        "5  TIME  push  blocked (1 finding)  ann  srv/git/rows  refs/heads/b5\n"
    )


def test_show_tells_all_of_one_entry(five: Path) -> None:
    said = Work(five.parent).ringfence("ledger", "show", "3", "--ledger", str(five))
    assert '"excerpt": "row 3",' in said.out
    assert Work(five.parent).ringfence("ledger", "show", "9", "--ledger", str(five)).status == 2


def test_query_answers_in_json_and_cant_write(five: Path) -> None:
    work = Work(five.parent)
    said = work.ringfence(
        "ledger", "query", "SELECT id, vendor FROM findings WHERE ref LIKE '%b2'", "--ledger", str(five)
    )
    assert (said.status, "the query can't be run: no such column: ref." in said.out) == (2, True)
    said = work.ringfence(
        "ledger",
        "query",
        "SELECT f.id, vendor, ref FROM findings f JOIN refs USING (id) WHERE f.outcome = 'allowed'",
        "--ledger",
        str(five),
    )
    assert said.out == (
        '{"id": 2, "vendor": "acme", "ref": "refs/heads/b2"}\n{"id": 4, "vendor": "acme", "ref": "refs/heads/b4"}\n'
    )
    said = work.ringfence("ledger", "query", "DELETE FROM entries", "--ledger", str(five))
    assert (said.status, "attempt to write a readonly database" in said.out) == (2, True)


def test_verify_says_what_is_wrong_and_ends_with_6(five: Path) -> None:
    work = Work(five.parent)
    said = work.ringfence("ledger", "verify", "--ledger", str(five))
    assert said.out == f"ringfence: {five} is intact. Keep its tip elsewhere: {verify.read_tip(str(five))}\n"
    tampered(five, "UPDATE entries SET outcome = 'allowed' WHERE id = 3")
    said = work.ringfence("ledger", "verify", "--ledger", str(five))
    assert said.status == 6
    assert said.out == (
        "ringfence: entry 3 was changed: its digest doesn't match its columns.\n"
        "  Keep this file unchanged, and compare it with a copy.\n"
    )


def test_a_ledger_that_isnt_there_is_told(tmp_path: Path) -> None:
    said = Work(tmp_path).ringfence("ledger", "verify", "--ledger", str(tmp_path / "no.db"))
    assert (said.status, "can't be read: unable to open database file." in said.out) == (6, True)
    assert not (tmp_path / "no.db").exists()


def test_export_writes_every_entry_in_each_form(five: Path) -> None:
    work = Work(five.parent)
    lines = work.ringfence("ledger", "export", "--ledger", str(five)).out.splitlines()
    assert len(lines) == 5
    work.ringfence("ledger", "export", "--format", "csv", "--output", "out.csv", "--ledger", str(five))
    assert (five.parent / "out.csv").read_text().splitlines()[0] == ",".join(ledger.COLUMNS)
    parquet = pytest.importorskip("pyarrow.parquet")
    assert work.ringfence("ledger", "export", "--format", "parquet", "--output", "out.parquet", "--ledger", str(five))
    assert parquet.read_table(five.parent / "out.parquet").column("id").to_pylist() == [1, 2, 3, 4, 5]


def test_prune_is_signed_off(five: Path) -> None:
    work = Work(five.parent)
    said = work.ringfence(
        "ledger", "prune", "--before", "2999-01-01", "--by", "bob", "--reason", "a year", "--ledger", str(five)
    )
    assert said.out == "ringfence: 5 entries removed.\n"
    assert kept(five)[0]["who"] == "bob"
