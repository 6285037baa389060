"""A reader that ends its process costs the file that it read, and nothing else."""

from __future__ import annotations

import io
import os
import signal
import sqlite3
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Never

import c2pa
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import SHARE_LINK
from ringfence.policy.plan import Plan
from ringfence.scan import isolation
from ringfence.scan.batches import scan_objects
from ringfence.scan.decoders import sqlite
from ringfence.sources.files import Files

from .conftest import LINK, MARKER, Look
from .signed import picture, signed


def make_database(path: Path) -> bytes:
    with sqlite3.connect(path) as database:
        database.execute("create table t(a)")
        database.execute("insert into t values(?)", (SHARE_LINK,))
    database.close()
    return path.read_bytes()


def kill_itself(*_: Any) -> Iterator[Never]:
    os.kill(os.getpid(), signal.SIGABRT)
    yield from ()


def touch_what_is_gone(*_: Any) -> Iterator[Never]:
    """Read behind the end of a mapped file, as when somebody cuts it meanwhile."""
    import mmap
    import tempfile

    with tempfile.TemporaryFile() as file:
        file.truncate(1 << 16)
        with mmap.mmap(file.fileno(), 0) as view:
            file.truncate(0)
            view[0:1]
    yield from ()


@pytest.mark.parametrize(("reader", "number"), [(kill_itself, 6), (touch_what_is_gone, 7)])
def test_a_reader_that_dies_leaves_its_file_unread(
    look: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: Any, number: int
) -> None:
    data = make_database(tmp_path / "a.db")
    monkeypatch.setattr(sqlite, "decode_sqlite", reader)
    found = look(data)
    assert found.hidden == [f"SQLite: its reader ended with signal {number}"]
    assert found.marks == {MARKER: (1, "", 0)}  # in the bytes as they are


def test_other_files_and_members_are_read_all_the_same(
    plan: Plan, look: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = make_database(tmp_path / "a.db")
    (tmp_path / "rows.txt").write_bytes(LINK)
    monkeypatch.setattr(sqlite, "decode_sqlite", kill_itself)
    paths = [str(tmp_path / name) for name in ("a.db", "rows.txt")]
    result = scan_objects(Files(), plan, paths)  # type: ignore[arg-type]  # it reads like Objects
    assert (set(result.unread), set(result.matches)) == ({paths[0]}, set(paths))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.db", data)
        archive.writestr("rows.txt", LINK)
    found = look(packed.getvalue())
    assert found.hidden == ["a.db: SQLite: its reader ended with signal 6"]
    assert found.marks[MARKER][0] == 2


def test_a_reader_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "_GRACE", 0.1)
    with pytest.raises(isolation.ReaderDiedError, match=r"more than 0\.1 seconds"):
        isolation.call_isolated(lambda: time.sleep(60), 0.1)


def test_what_a_reader_raises_is_raised_here() -> None:
    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        isolation.call_isolated(fail, 10)


def test_what_a_reader_has_unpacked_counts(look: Look, tmp_path: Path) -> None:
    for name in ("a.parquet", "b.parquet"):
        pq.write_table(pa.table({"text": ["x" * 5000]}), tmp_path / name)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("a.parquet", "b.parquet"):
            archive.write(tmp_path / name, name)
    size = len(packed.getvalue())
    assert look(packed.getvalue(), unpacked=10_100 + size).hidden == []
    assert "limits.unpacked" in look(packed.getvalue(), unpacked=5_100 + size).hidden[0]


def test_a_library_of_manifests_that_dies_costs_the_picture(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    data = signed(picture(), "image/png", "Leica M11-P", "digitalCapture")
    monkeypatch.setattr(c2pa.Reader, "try_create", kill_itself_at_once)
    assert look(data).hidden == ["image/png: its C2PA manifest: its reader ended with signal 6"]


def kill_itself_at_once(*_: Any, **__: Any) -> Never:
    os.kill(os.getpid(), signal.SIGABRT)
    raise AssertionError
