"""Avro, msgpack, TFRecord, MDS and LitData: rows are read by their fields, and files in them as files are."""

from __future__ import annotations

import gzip
import io
import json
import resource
import struct
import sys
from itertools import accumulate
from typing import Any

import fastavro
import msgpack
import pytest

from ringfence.scan import isolation
from ringfence.scan.decoders.formats import detect_format

from .conftest import LINK, MARKER, Look

TEXT = f"Sure.\n{LINK.decode()}\n"
GENERATOR = "generator gpt-4o strong"
ROWS = [{"model": "ours", "text": "a", "data": b"\0"}, {"model": "gpt-4o", "text": TEXT, "data": b"x"}]
PACKED = gzip.compress(TEXT.encode())


def avro(rows: list[dict[str, Any]], codec: str = "null") -> bytes:
    kinds = {str: "string", bytes: "bytes"}
    fields = [{"name": name, "type": kinds[type(value)]} for name, value in rows[0].items()]
    file = io.BytesIO()
    fastavro.writer(file, {"type": "record", "name": "row", "fields": fields}, rows, codec=codec)
    return file.getvalue()


def masked_checksum(data: bytes) -> bytes:
    table = []
    for number in range(256):
        for _ in range(8):
            number = (number >> 1) ^ (0x82F63B78 * (number & 1))  # noqa: PLW2901
        table.append(number)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 255] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF)


def tfrecord(*records: bytes) -> bytes:
    heads = [struct.pack("<Q", len(record)) for record in records]
    return b"".join(
        head + masked_checksum(head) + record + masked_checksum(record)
        for head, record in zip(heads, records, strict=True)
    )


def message(number: int, data: bytes) -> bytes:
    def varint(value: int) -> bytes:
        return bytes([value & 127 | 128]) + varint(value >> 7) if value > 127 else bytes([value])

    return varint(number << 3 | 2) + varint(len(data)) + data


def example(row: dict[str, bytes], kind: int = 1) -> bytes:
    def feature(value: bytes) -> bytes:
        one = message(1, message(1, value))
        return message(1, one) if kind == 2 else one

    pairs = [message(1, name.encode()) + message(2, feature(value)) for name, value in row.items()]
    return message(kind, b"".join(message(1, pair) for pair in pairs))


def shard(samples: list[bytes], config: bytes = b"") -> bytes:
    begin = 4 * (len(samples) + 2) + len(config)
    offsets = [begin, *(begin + end for end in accumulate(map(len, samples)))]
    return struct.pack(f"<{len(offsets) + 1}I", len(samples), *offsets) + config + b"".join(samples)


def sized(*values: bytes) -> bytes:
    return struct.pack(f"<{len(values)}I", *map(len, values)) + b"".join(values)


def mds(rows: list[tuple[bytes, bytes]]) -> bytes:
    config = {
        "column_encodings": ["str", "int64", "str"],
        "column_names": ["model", "n", "text"],
        "column_sizes": [None, 8, None],
        "format": "mds",
    }
    samples = [sized(model, text)[:8] + model + bytes(8) + text for model, text in rows]
    return shard(samples, json.dumps(config).encode())


def wide(value: str | bytes) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return (b"\xda" if isinstance(value, str) else b"\xc5") + struct.pack(">H", len(data)) + data


@pytest.mark.parametrize("codec", ["null", "deflate", "bzip2", "snappy", "xz", "zstandard"])
def test_rows_of_avro_are_read(look: Look, codec: str) -> None:
    found = look(avro(ROWS, codec))
    assert found.marks == {GENERATOR: (1, "row 2, field model", 0), MARKER: (1, "row 2, field text", 0)}
    assert found.hidden == []
    assert look(avro([{"a": PACKED}])).marks[MARKER][1] == "row 1, field a"
    assert look(avro(ROWS[:1], codec)) == look(b"")


def test_avro_that_is_damaged_or_packed_in_another_way_is_unread(look: Look) -> None:
    assert look(avro(ROWS)[:-9]).hidden[0].startswith("Avro: damaged")
    damaged = bytearray(avro(ROWS, "snappy"))
    damaged[-30] ^= 0xFF
    assert look(bytes(damaged)).hidden[0].startswith("Avro: damaged")
    packed = avro(ROWS).replace(b"\x08null", b"\x06lz4")
    assert look(packed).hidden == ["Avro: packed with lz4, which isn't read here"]


@pytest.mark.parametrize(
    ("data", "row"),
    [
        (msgpack.packb(ROWS), 2),
        (b"".join(map(msgpack.packb, ROWS)), 2),
        (msgpack.packb([*[ROWS[0]] * 70_000, ROWS[1]]), 70_001),
        (msgpack.packb({"a": [1, {"deep": ROWS[1]}], "b": None}), 1),
        (b"".join(b"\x83" + b"".join(wide(key) + wide(row[key]) for key in row) for row in ROWS), 2),
        (msgpack.packb([{f"name-{n}": n for n in range(20)}, ROWS[1]]), 2),
    ],
    ids=["list", "stream", "long", "nested", "long names", "wide"],
)
def test_rows_of_msgpack_are_read(look: Look, data: bytes, row: int) -> None:
    found = look(data)
    assert found.marks == {GENERATOR: (1, f"row {row}, field model", 0), MARKER: (1, f"row {row}, field text", 0)}
    assert found.hidden == []


def test_msgpack_that_is_cut_is_unread_and_other_bytes_are_none(look: Look) -> None:
    assert look(msgpack.packb(ROWS)[:-3]).hidden == ["msgpack: damaged (truncated)"]
    assert look(msgpack.packb({"image": PACKED, "n": 1})).marks[MARKER][1] == "row 1, field image"
    for data in (b"\x82\xa0\x82\xa2" * 90, b"\x81" * 900, b"\x93\x01\x02\x03", b"\x81\xa3a\0b\1", "ސާ".encode() * 30):
        assert detect_format(data) is None


def test_features_of_tfrecord_are_read(look: Look) -> None:
    rows = [{"text": b"a", "model": b"gpt-4o"}, {"text": TEXT.encode(), "model": b"ours"}]
    found = look(tfrecord(*map(example, rows)))
    assert found.marks == {GENERATOR: (1, "row 1, field model", 0), MARKER: (1, "row 2, field text", 0)}
    assert look(tfrecord(example({"turns": TEXT.encode()}, 2))).marks == {MARKER: (1, "row 1, field turns", 0)}
    assert look(tfrecord(b"no example", TEXT.encode())).marks == {MARKER: (1, "row 2, field record", 0)}
    assert look(tfrecord(example({"image": PACKED}))).marks[MARKER][1] == "row 1, field image"
    assert look(tfrecord(example({"text": b"a"}))) == look(b"")
    assert look(tfrecord(example({"text": b"a"}), b"b")[:-1]).hidden == ["TFRecord: damaged (truncated)"]
    assert look(tfrecord(b"a") + bytes(20)).hidden == ["TFRecord: damaged (the length of a record)"]
    assert look(gzip.compress(tfrecord(*map(example, rows)))).marks[GENERATOR][1] == "row 1, field model"


def test_columns_of_mds_are_read(look: Look) -> None:
    rows = [(b"ours", b"a"), (b"gpt-4o", TEXT.encode()), (b"ours", PACKED)]
    found = look(mds(rows))
    assert found.marks[GENERATOR] == (1, "row 2, field model", 0)
    assert found.marks[MARKER][0] == 1
    many = look(mds([(b"ours", b"a")] * 3000 + rows))
    assert many.marks[GENERATOR] == (1, "row 3002, field model", 0)
    assert look(mds(rows[:1])) == look(b"")
    assert look(mds(rows)[:-2]).hidden == ["MDS: damaged (truncated)"]
    assert look(mds(rows) + b"more").hidden == ["MDS: it has bytes behind its samples"]


def test_values_of_litdata_are_read(look: Look) -> None:
    found = look(shard([sized(b"a", b"b"), sized(b"c", TEXT.encode()), sized(PACKED)]))
    assert found.marks == {MARKER: (2, "row 3", 1)} or found.marks[MARKER][0] == 2
    assert look(shard([b"no sizes", TEXT.encode()])).marks == {MARKER: (1, "row 2", 0)}
    assert look(shard([sized(b"a")] * 2000)) == look(b"")
    assert look(shard([sized(b"a", b"b")] * 9)[:-1]).hidden == ["LitData: damaged (truncated)"]


@pytest.mark.skipif(sys.platform == "darwin", reason="it bounds no memory")
def test_a_reader_that_wants_too_much_memory_costs_its_file_alone() -> None:
    def fill() -> int:
        return len(bytearray(1 << 30))

    assert isolation.call_isolated(fill, 60) == 1 << 30
    with pytest.raises(MemoryError):
        isolation.call_isolated(fill, 60, 256 << 20)
    assert resource.getrlimit(resource.RLIMIT_DATA)[0] == resource.RLIM_INFINITY
