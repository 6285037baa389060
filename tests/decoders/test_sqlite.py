"""SQLite: marks are reported by table, row and field, and no code in the file is run."""

from __future__ import annotations

import gzip
import json
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from conftest import Work

from .conftest import LINK, MARKER, Look

TEXT = LINK.decode()
ROWS = "CREATE TABLE rows (id INTEGER PRIMARY KEY, model TEXT, answer TEXT)"


def database(*statements: str, encoding: str = "UTF-8", journal: str = "DELETE") -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "made.db"
        made = sqlite3.connect(path)
        for statement in (f"PRAGMA encoding = '{encoding}'", f"PRAGMA journal_mode = {journal}", *statements):
            made.execute(statement)
        made.commit()
        made.close()
        return path.read_bytes()


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le"])
@pytest.mark.parametrize("kind", ["TEXT", "BLOB"])
@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
def test_a_mark_is_told_by_table_row_and_field(look: Look, encoding: str, kind: str, journal: str) -> None:
    insert = "INSERT INTO rows (model, answer) VALUES ('ours', CAST('{}' AS " + kind + "))"
    rows = [insert.format(text) for text in ["a row"] * 11 + [TEXT] + ["a row"] * 3]
    data = database(ROWS, *rows, encoding=encoding, journal=journal)
    found = look(data)
    assert (found.marks, found.hidden) == ({MARKER: (1, "table rows, row 12, field answer", 0)}, [])
    assert look(gzip.compress(data)) == found
    clean = database(ROWS, *rows[:11], encoding=encoding, journal=journal)
    assert (look(clean).marks, look(clean).hidden) == ({}, [])


def test_long_tables_come_in_batches(look: Look) -> None:
    many = "INSERT INTO rows (answer) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000) "
    data = database(ROWS, many + f"SELECT iif(i > 39990, '{TEXT}', 'a row of words') FROM n")
    assert look(data).marks == {MARKER: (10, "table rows, row 39991, field answer", 0)}


def test_the_text_in_a_search_index_and_in_a_table_without_rowids_is_read(look: Look) -> None:
    index = ("CREATE VIRTUAL TABLE found USING fts5(body)", f"INSERT INTO found VALUES ('{TEXT}')")
    assert look(database(*index)).marks == {MARKER: (1, "table found_content, row 1, field c0", 0)}
    keyed = ('CREATE TABLE "a ""b" (k TEXT PRIMARY KEY) WITHOUT ROWID', f'INSERT INTO "a ""b" VALUES (\'{TEXT}\')')
    assert look(database(*keyed)).marks == {MARKER: (1, 'table a "b, row 1, field k', 0)}


def test_nothing_in_a_database_is_run(look: Look) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    assert look(database(f"CREATE VIEW endless AS {endless}")).hidden == []
    vast = ("CREATE TABLE vast (a, b AS (zeroblob(900000000)))", "INSERT INTO vast VALUES (1)")
    assert look(database(*vast)).hidden == ["SQLite: damaged (string or blob too big)"]


def test_a_damaged_database_is_unread(look: Look) -> None:
    data = database(ROWS, *["INSERT INTO rows (answer) VALUES ('a row of words')"] * 500)
    assert look(data[:8192]).hidden == ["SQLite: damaged (database disk image is malformed)"]
    assert look(data, seconds=0).hidden != []


def test_what_made_a_row_is_read_from_its_column(laptop: Work) -> None:
    data = database(ROWS, "INSERT INTO rows (model) VALUES ('ours'), ('gpt-4o'), ('gpt-4o')")
    laptop.write("rows.db", data)
    said = laptop.ringfence("check", "--files", "rows.db", "--format", "json")
    (item,) = json.loads(said.out)["findings"]
    assert (item["marker"], item["place"], item["count"]) == (
        "generator-of-a-rival", "table rows, row 2, field model", 2,
    )  # fmt: skip
