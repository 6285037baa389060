"""Bytes in columns are read as files are: packed texts, pictures, archives, and what can't be read."""

from __future__ import annotations

import gzip
import io
import random
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import ipc

from .conftest import LINK, MARKER, Look
from .test_archives import zipped

TEXT = b"a person's words " * 40 + LINK + b"\n"


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


PNG = (
    b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\0\0\0\1\0\0\0\1\x08\0\0\0\0")
    + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(TEXT)) + chunk(b"IEND", b"")
)  # fmt: skip
FILES = {
    "gzip": gzip.compress(TEXT),
    "zlib": zlib.compress(TEXT),
    "zip": zipped({"a.txt": TEXT}),
    "picture": PNG,
    "picture behind a head": b"\0\1\2\3" * 9 + PNG,
}
HIDDEN = {
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(range(100)), "7z: no decoder for this format"),
    "enciphered": (random.Random(5).randbytes(900), "packed or enciphered, in no known format"),
}


def parquet(values: pa.Array) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"image": values}), file)
    return file.getvalue()


def arrow(values: pa.Array) -> bytes:
    file = io.BytesIO()
    table = pa.table({"image": values})
    with ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table)
    return file.getvalue()


COLUMNS: dict[str, Callable[[bytes], pa.Array]] = {
    "bytes": lambda data: pa.array([b"", data], pa.binary()),
    "bytes and path": lambda data: pa.array([None, {"bytes": data, "path": "a"}]),
    "large": lambda data: pa.array([b"", data], pa.large_binary()),
    "fixed": lambda data: pa.array([bytes(len(data)), data], pa.binary(len(data))),
    "dictionary": lambda data: pa.array([b"", data], pa.binary()).dictionary_encode(),
    "list of numbers": lambda data: pa.array([[], list(data)], pa.list_(pa.uint8())),
    "list of signed numbers": lambda data: pa.array([None, [(n ^ 128) - 128 for n in data]], pa.list_(pa.int8())),
    "large list of numbers": lambda data: pa.array([None, list(data)], pa.large_list(pa.uint8())),
    "list of as many numbers": lambda data: pa.array([None, list(data)], pa.list_(pa.uint8(), len(data))),
    "view of numbers": lambda data: pa.array([None, list(data)], pa.list_view(pa.uint8())),
    "numbers in a list": lambda data: pa.array([[], [[], list(data)]], pa.list_(pa.list_(pa.uint8()))),
    "list of short numbers": lambda data: pa.array([[], list(data)], pa.list_(pa.int16())),
    "list of numbers, long": lambda data: pa.array([None, list(data)], pa.large_list(pa.int64())),
    "in a list": lambda data: pa.array([[], [data]], pa.list_(pa.binary())),
    "values of a map": lambda data: pa.array([[], [("a", data)]], pa.map_(pa.string(), pa.binary())),
}


@pytest.mark.parametrize("write", [parquet, arrow])
@pytest.mark.parametrize("column", COLUMNS.values(), ids=COLUMNS)
def test_a_file_in_a_column_is_unpacked(look: Look, write: Callable[[pa.Array], bytes], column: Callable) -> None:
    for name, data in FILES.items():
        found = look(write(column(data)))
        assert found.hidden == [], name
        count, place, _ = found.marks[MARKER]
        assert (count, place.startswith("row 2, field image")) == (1, True), name


@pytest.mark.parametrize("write", [parquet, arrow])
@pytest.mark.parametrize("kind", [pa.int32(), pa.uint32(), pa.int64()])
def test_letters_in_a_list_of_numbers_are_text(
    look: Look, write: Callable[[pa.Array], bytes], kind: pa.DataType
) -> None:
    rows = [None, [ord(letter) for letter in f"数据集: {TEXT.decode()}"], []]
    assert look(write(pa.array(rows, pa.list_(kind)))).marks[MARKER][:2] == (1, "row 2, field image")
    assert look(write(pa.array([[1, 300, 50_000], [0, 1, 1]], pa.list_(kind)))).marks == {}


@pytest.mark.parametrize("write", [parquet, arrow])
@pytest.mark.parametrize("data", HIDDEN.values(), ids=HIDDEN)
def test_a_file_in_a_column_that_cannot_be_read_is_unread(
    look: Look, write: Callable[[pa.Array], bytes], data: tuple[bytes, str]
) -> None:
    for column in COLUMNS.values():
        (reason,) = look(write(column(data[0]))).hidden
        assert reason.startswith("row 2, field image")
        assert reason.endswith(f": {data[1]}")


def test_blobs_of_a_database_are_files(look: Look, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.db") as database:
        database.execute("create table t(id, image)")
        database.executemany(
            "insert into t values(?, ?)", enumerate([*FILES.values(), *(one for one, _ in HIDDEN.values())])
        )
    database.close()
    found = look((tmp_path / "a.db").read_bytes())
    assert found.marks[MARKER][0] == len(FILES)
    assert found.marks[MARKER][1].startswith("table t, row 1, field image")
    assert found.hidden == [
        f"table t, row {number}, field image: {reason}"
        for number, (_, reason) in enumerate(HIDDEN.values(), len(FILES) + 1)
    ]


@pytest.mark.parametrize("write", [parquet, arrow])
def test_metadata_of_a_schema_and_of_fields_is_read(look: Look, write: Callable[..., bytes]) -> None:
    inner = pa.field("inner", pa.string(), metadata={"note": LINK})
    schemas = {
        "schema metadata": pa.schema([pa.field("a", pa.string())], metadata={"note": LINK}),
        "metadata of field a": pa.schema([pa.field("a", pa.string(), metadata={"note": LINK})]),
        "metadata of field a.inner": pa.schema([pa.field("a", pa.struct([inner]))]),
    }
    for place, schema in schemas.items():
        file = io.BytesIO()
        if write is parquet:
            pq.write_table(schema.empty_table(), file)
        else:
            with ipc.new_stream(file, schema):
                pass
        assert look(file.getvalue()).marks[MARKER][1].startswith(place)


@pytest.mark.parametrize("write", [ipc.new_file, ipc.new_stream])
def test_metadata_of_batches_and_of_a_file_is_read(
    look: Look, write: Callable[..., ipc.RecordBatchStreamWriter]
) -> None:
    schema = pa.schema([pa.field("a", pa.string())])
    batch, file = pa.record_batch([["x"]], schema=schema), io.BytesIO()
    with write(file, schema) as writer:
        writer.write_batch(batch)
        writer.write_batch(batch, custom_metadata={"note": LINK})
    assert look(file.getvalue()).marks[MARKER][1].startswith("metadata of batch 2")
    if write is ipc.new_file:
        file = io.BytesIO()
        with write(file, schema, metadata={"note": LINK}) as writer:
            writer.write_batch(batch)
        assert look(file.getvalue()).marks[MARKER][1].startswith("metadata of the file")


def test_numbers_and_hashes_in_columns_are_no_files(look: Look) -> None:
    chance = random.Random(2)
    numbers = pa.array([chance.gauss(0, 1) for _ in range(4096)]).cast(pa.float32()).buffers()[1].to_pybytes()
    for values in ([chance.randbytes(32) for _ in range(200)], [numbers], [b"plain text, " * 90]):
        assert look(parquet(pa.array(values, pa.binary()))).hidden == []
