from __future__ import annotations

import sqlite3
from pathlib import Path

from ringfence.scan.decoders.sqlite import decode_sqlite


def build_database(path: Path, *statements: str) -> bytes:
    database = sqlite3.connect(path)
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()
    return path.read_bytes()


def test_texts_are_columns_and_other_fields_have_a_type(decode, tmp_path: Path) -> None:
    data = build_database(
        tmp_path / "db", "CREATE TABLE t (model TEXT, n INTEGER)", "INSERT INTO t VALUES ('one', 1), (NULL, 2)"
    )
    items = decode(decode_sqlite, data)
    assert [item for item in items if item[0] == "table t"] == [
        ("table t", b'{"model": "one"}\n{"model": ""}\n'),
        ("table t", b'{"n": {"type": "number"}}\n'),
    ]


def test_views_are_not_evaluated_but_their_definition_is_read(decode, tmp_path: Path) -> None:
    items = decode(decode_sqlite, build_database(tmp_path / "db", "CREATE VIEW v AS SELECT 'text'"))
    assert {place for place, _ in items} == {"table sqlite_schema"}
    assert ("table sqlite_schema", b"""{"sql": "CREATE VIEW v AS SELECT 'text'"}\n""") in items
