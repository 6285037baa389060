"""A format is read wherever it begins: behind a script, a program, a picture, a line."""

from __future__ import annotations

import gzip
import io
import random
import sqlite3
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Work
from ringfence.git.objects import WINDOW

from .conftest import LINK, MARKER, Look
from .test_archives import PACKERS, zipped
from .test_blobs import PNG

CHANCE = random.Random(3)
TEXT = b"words of people, " * 50 + LINK + b"\n" + b"and more of them, " * 50
PROGRAM = b"MZ\x90\0\3\0\0\0" + b"\x48\x89\xe5\x90\0\0" * 200
SCRIPT = b'#!/bin/sh\ntail -n +3 "$0" | tar xz; exit\n'
PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(17) + b"\0\0\0\0IEND\xaeB\x60\x82"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0" + bytes(50) + b"\xff\xd9"
BEFORE = {"a script": SCRIPT, "a program": PROGRAM, "a picture": PICTURE, "a photo": JPEG, "a line": b"x\n"}


@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)
@pytest.mark.parametrize("pack", [*PACKERS.values(), lambda data: zipped({"a.txt": data})], ids=[*PACKERS, "zip"])
def test_what_is_packed_behind_something_is_read(look: Look, before: bytes, pack: Callable[[bytes], bytes]) -> None:
    found = look(before + pack(TEXT))
    count, place, _ = found.marks[MARKER]
    assert (count, found.hidden) == (1, [])
    assert place.startswith(f"at byte {len(before)}")


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_other_bytes_may_follow_it(look: Look, pack: Callable[[bytes], bytes]) -> None:
    found = look(PROGRAM + pack(TEXT) + PROGRAM + pack(TEXT) + PROGRAM)
    assert (found.marks[MARKER][0], found.hidden) == (2, [])


@pytest.mark.parametrize("at", [WINDOW - 70_000, WINDOW - 3, WINDOW, WINDOW + 5, 3 * WINDOW - 32_768])
def test_it_may_begin_anywhere_in_a_large_file(look: Look, at: int) -> None:
    rows = b"a row of people\n\0" * (at // 17 + 1)
    found = look(rows[:at] + gzip.compress(TEXT) + rows)
    assert (found.marks[MARKER][0], found.hidden) == (1, [])


def test_a_picture_in_records_is_read(look: Look) -> None:
    record = len(PNG).to_bytes(8, "little") + b"\1\2\3\4" + PNG + b"\5\6\7\0"
    assert look(record * 3).marks[MARKER][0] == 3


def test_a_package_is_read(look: Look) -> None:
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w:xz") as archive:
        info = tarfile.TarInfo("usr/share/a.txt")
        info.size = len(TEXT)
        archive.addfile(info, io.BytesIO(TEXT))
    data = tar.getvalue()
    head = b"!<arch>\n" + b"data.tar.xz     0           0     0     100644  %-10d`\n" % len(data)
    assert look(head + data).marks[MARKER][1].endswith("usr/share/a.txt")


@pytest.mark.parametrize(
    "data",
    [
        PROGRAM + b"7z\xbc\xaf\x27\x1c\0\4" + zlib.crc32(bytes(20)).to_bytes(4, "little") + bytes(20),
        PROGRAM + b"Rar!\x1a\x07\0\xcf\x90\x73" + bytes(20),
        PROGRAM + b"hsqs" + bytes(24) + b"\4\0\0\0" + bytes(50),
        b"\n%PDF-1.4\n1 0 obj<</Length 9/Filter/FlateDecode>>stream\n" + zlib.compress(TEXT) + b"\nendstream endobj\n",
    ],
)
def test_what_has_no_decoder_is_unread_wherever_it_begins(look: Look, data: bytes) -> None:
    assert look(data).hidden != []


@pytest.mark.parametrize(
    "data",
    [
        b"".join(
            (b"PK\3\4", b"\x1f\x8b\x08", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x28\xb5\x2f\xfd\x04", b"\0" * 99)
        ),
        b'MAGIC = b"\\x1f\\x8b"; PDF = "%PDF-1.4"\n\0',
    ],
)
def test_a_table_of_signatures_is_no_archive(look: Look, data: bytes) -> None:
    assert look(PROGRAM + data).hidden == []


def test_a_folder_of_a_zip_that_holds_data_is_read(look: Look) -> None:
    assert look(zipped({"x.txt": TEXT}).replace(b"x.txt", b"data/")).marks[MARKER][0] == 1


def test_entries_that_the_directory_of_a_zip_does_not_list_are_unread(look: Look) -> None:
    whole = zipped({"x.txt": TEXT})
    entry = whole[: whole.index(b"PK\1\2")]
    clean = zipped({"clean.txt": b"clean"})
    assert look(entry + clean).hidden == ["it has 1 entries that its directory doesn't list"]
    assert look(whole + clean).hidden == ["it has 1 entries that its directory doesn't list"]
    inner = zipped({"inner.zip": zipped({"x.txt": b"people"})}, zipfile.ZIP_STORED)
    assert look(inner).hidden == []


def test_a_member_of_a_tar_in_an_unknown_type_is_read(look: Look) -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        info = tarfile.TarInfo("x.gz")
        data = gzip.compress(TEXT)
        info.size, info.type = len(data), b"Z"
        archive.addfile(info, io.BytesIO(data))
    assert look(file.getvalue()).marks[MARKER][:2] == (1, "x.gz")


def test_what_is_packed_in_a_file_of_code_is_no_code(laptop: Work) -> None:
    said = b"Hello. I am Claude, an AI assistant made by Anthropic. " * 9
    (laptop.path / "install.sh").write_bytes(SCRIPT + gzip.compress(said))
    assert laptop.ringfence("check", "--files", "install.sh", "--tag", "training-data").status == 1
    (laptop.path / "install.sh").write_bytes(SCRIPT + b"# " + said)
    assert laptop.ringfence("check", "--files", "install.sh", "--tag", "training-data").status == 0


def test_a_log_of_a_database_is_read_as_it_is(look: Look, tmp_path: Path) -> None:
    """It holds a copy of the database's first page for each change of it, and none of them is a database."""
    file = tmp_path / "x.db"
    base = sqlite3.connect(file)
    base.execute("PRAGMA journal_mode = wal")
    for number in range(30):
        base.execute(f"CREATE TABLE t{number} (x TEXT)")
    base.execute("INSERT INTO t1 VALUES (?)", (LINK.decode(),))
    base.commit()
    log = Path(f"{file}-wal").read_bytes()
    base.close()
    assert log.count(b"SQLite format 3") > 10
    found = look(log)
    assert found.hidden == []
    assert MARKER in found.marks


def test_formats_whose_end_is_unknown_are_read_only_so_often(look: Look, tmp_path: Path) -> None:
    """Each is read to the end of the content: without a bound, time would be quadratic."""
    base = sqlite3.connect(tmp_path / "x.db")
    base.execute("CREATE TABLE t (x TEXT)")
    base.commit()
    base.close()
    header = (tmp_path / "x.db").read_bytes()[:100]
    endless = header[:28] + bytes(4) + header[32:] + b"a" * 924
    hidden = look(b"\1" + endless * 600).hidden
    assert int(hidden[-1].split()[1]) < 100  # and 30 more parts of it
