"""Lance: the files of a data set are read one by one, deleted rows and older versions too; manifests are clean."""

from __future__ import annotations

import struct
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from conftest import Work

from .conftest import LINK, MARKER, Look

TEXT = f"Sure.\n{LINK.decode()}\n"
MISSING = "Lance: decoder not installed: pip install 'ringfence[lance]'"
OLD = "Lance, in a version that isn't read: no decoder for this format"


def end(position: int, major: int, minor: int) -> bytes:
    return struct.pack("<QHH", position, major, minor) + b"LANC"


def manifest(message: bytes, position: int = 4) -> bytes:
    return bytes(position) + struct.pack("<I", len(message)) + message + end(position, 0, 2)


def without_lance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lance", None)
    monkeypatch.delitem(sys.modules, "ringfence.scan.decoders.lance_rows", raising=False)


@pytest.mark.parametrize("version", [(0, 3), (2, 1), (2, 2)])
@pytest.mark.parametrize("begin", [b"ab\0\1", b"\x89PNG\r\n\x1a\n", b"PAR1", b"\x1f\x8b\x08"])
def test_a_file_is_known_by_its_end_whatever_its_first_value_begins_with(
    look: Look, monkeypatch: pytest.MonkeyPatch, begin: bytes, version: tuple[int, int]
) -> None:
    without_lance(monkeypatch)
    assert look(begin + bytes(99) + end(4, *version)).hidden == [MISSING]


@pytest.mark.parametrize("version", [(0, 1), (0, 2)])
def test_files_of_the_first_version_are_unread(look: Look, version: tuple[int, int]) -> None:
    assert look(b"ab\0\1" * 30 + struct.pack("<I", 4) + b"\x08\1\x12\0" + end(120, *version)).hidden == [OLD]


def test_a_manifest_is_read_as_it_is(look: Look) -> None:
    message = b"\x0a\x05\x12\x04text"
    assert look(manifest(message)).hidden == []
    assert look(manifest(message + LINK)).marks[MARKER][0] == 1
    assert look(manifest(b"\x12\x05" + message)).hidden == [OLD]


def test_a_text_that_ends_in_the_same_letters_is_text(look: Look) -> None:
    assert look(b"nobody sings like the band of Jean de FREELANC").hidden == []


@pytest.mark.parametrize("name", ["rows.lance", "rows.tar"])
def test_a_large_file_is_told_wherever_it_lies(laptop: Work, name: str) -> None:
    """Its end comes when all of it has been read; git has it still, an archive hasn't."""
    content = b"\x89PNG\r\n\x1a\n" + bytes(3 << 20) + end(4, 2, 1)
    if name.endswith("tar"):
        (laptop.path / "a").write_bytes(content)
        with tarfile.open(laptop.path / name, "w") as tar:
            tar.add(laptop.path / "a", "rows.lance")
        content = (laptop.path / name).read_bytes()
    (laptop.path / name).write_bytes(content)
    laptop.did("add", name)
    said = laptop.ringfence("check", "--staged", "--tag", "eval")
    assert said.status == 3
    if name == "rows.tar":
        assert "rows.lance: Lance: larger than 1 MiB and inside another file" in said.out
    else:  # it has no rows, or there is no reader
        assert "rows.lance: Lance: " in said.out or "pip install 'ringfence[lance]'" in said.out


def write(folder: Path, rows: dict[str, Any], **how: Any) -> Any:
    import lance
    import pyarrow as pa

    return lance.write_dataset(pa.table(rows), str(folder), **how)


def list_marks(work: Work, folder: Path) -> tuple[int, str]:
    said = work.ringfence("check", "--files", str(folder), "--tag", "eval")
    return said.status, said.out


@pytest.mark.needs("lance")
@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_rows_are_read(laptop: Work, tmp_path: Path, version: str) -> None:
    rows = {"n": [1, 2, 3], "deep": [[{"text": "a"}], [], [{"text": TEXT}]], "vector": [[1.0, 2.0]] * 3}
    write(tmp_path / "rows.lance", rows, data_storage_version=version)
    status, said = list_marks(laptop, tmp_path / "rows.lance")
    assert status == 1
    assert "row 3, field deep.text" in said


@pytest.mark.needs("lance")
def test_deleted_rows_and_older_versions_are_read(laptop: Work, tmp_path: Path) -> None:
    """They are in the files still, and whoever opens an older version gets them."""
    folder = tmp_path / "rows.lance"
    write(folder, {"text": ["a", TEXT, "c"]}).delete("text != 'a'")
    assert "row 2, field text" in list_marks(laptop, folder)[1]
    write(folder, {"text": ["only this"]}, mode="overwrite")
    assert "row 2, field text" in list_marks(laptop, folder)[1]


@pytest.mark.needs("lance")
def test_files_in_columns_are_files(laptop: Work, tmp_path: Path) -> None:
    import gzip

    write(tmp_path / "rows.lance", {"image": [gzip.compress(TEXT.encode()), b"x"]})
    assert "row 1, line 2, field image" in list_marks(laptop, tmp_path / "rows.lance")[1]


@pytest.mark.needs("lance")
def test_metadata_is_read(laptop: Work, tmp_path: Path) -> None:
    import lance
    import pyarrow as pa

    schema = pa.schema([pa.field("n", pa.int64(), metadata={"made": TEXT})], metadata={"card": TEXT})
    lance.write_dataset(pa.table([[1]], schema=schema), str(tmp_path / "rows.lance"))
    status, said = list_marks(laptop, tmp_path / "rows.lance")
    assert (status, "metadata of field n" in said) == (1, True)


@pytest.mark.needs("lance")
def test_clean_rows_with_indexes_pass(laptop: Work, tmp_path: Path) -> None:
    folder = tmp_path / "rows.lance"
    data = write(folder, {"text": [f"row {number}" for number in range(300)], "n": list(range(300))})
    data.create_scalar_index("n", "BTREE")
    data.create_scalar_index("text", "INVERTED")
    status, said = list_marks(laptop, folder)
    assert status == 0, said


@pytest.mark.needs("lance")
def test_a_file_out_of_git_is_read(laptop: Work, tmp_path: Path) -> None:
    """A large one is fetched from git once more, when its end has told what it is."""
    import random

    chance = random.Random(1)
    rows = [chance.randbytes(100).hex() for _ in range(20_000)]
    write(laptop.path / "rows.lance", {"text": [*rows, TEXT]})
    (file,) = (laptop.path / "rows.lance/data").iterdir()
    assert file.stat().st_size > 2 << 20
    laptop.did("add", "rows.lance")
    said = laptop.ringfence("check", "--staged", "--tag", "eval")
    assert said.status == 1
    assert "row 20001, field text" in said.out


@pytest.mark.needs("lance")
def test_a_damaged_file_is_unread(laptop: Work, tmp_path: Path) -> None:
    folder = tmp_path / "rows.lance"
    write(folder, {"text": ["a" * 50] * 50})
    (file,) = (folder / "data").iterdir()
    content = file.read_bytes()
    file.write_bytes(bytes(64) + content[64:-60] + bytes(20) + content[-40:])
    status, said = list_marks(laptop, folder)
    assert (status, "Lance: " in said) == (3, True), said
