"""Parquet and Arrow: a mark in any column is reported by row and field, and counted by rows."""

from __future__ import annotations

import gzip
import io
import random
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq
import pytest
from pyarrow import feather, ipc

from .conftest import LINK, MARKER, Look

TEXT = LINK.decode()


def parquet(table: pa.Table, **how: Any) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file, **how)
    return file.getvalue()


def arrow_file(table: pa.Table, compression: str | None = None) -> bytes:
    file = io.BytesIO()
    with ipc.new_file(file, table.schema, options=ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(table, max_chunksize=7)
    return file.getvalue()


def arrow_stream(table: pa.Table) -> bytes:
    file = io.BytesIO()
    with ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=7)
    return file.getvalue()


def feathered(table: pa.Table) -> bytes:
    file = io.BytesIO()
    feather.write_feather(table, file, compression="zstd")
    return file.getvalue()


WRITERS: dict[str, Callable[[pa.Table], bytes]] = {
    "parquet": parquet,
    "row groups": lambda table: parquet(table, row_group_size=5, compression="zstd"),
    "plain pages": lambda table: parquet(table, use_dictionary=False, compression="gzip"),
    "page version 2": lambda table: parquet(table, data_page_version="2.0", compression="brotli"),
    "arrow": arrow_file,
    "arrow lz4": lambda table: arrow_file(table, "lz4"),
    "arrow stream": arrow_stream,
    "feather": feathered,
}
COLUMNS: dict[str, tuple[Any, str]] = {
    "string": (pa.array(["row"] * 12 + [TEXT] + ["row"] * 7), "x"),
    "large string": (pa.array(["row"] * 12 + [TEXT] + ["row"] * 7, pa.large_string()), "x"),
    "binary": (pa.array([b"\xff\x00row"] * 12 + [LINK] + [b"row"] * 7, pa.binary()), "x"),
    "nulls": (pa.array([None] * 12 + [TEXT] + [None] * 7, pa.string()), "x"),
    "dictionary": (pa.array(["row"] * 12 + [TEXT] + ["row"] * 7).dictionary_encode(), "x"),
    "list": (pa.array([["row", "row"]] * 11 + [[], ["row", TEXT]] + [None] * 7), "x"),
    "struct": (pa.array([{"content": "row"}] * 12 + [{"content": TEXT}] + [{"content": "row"}] * 7), "x.content"),
    "messages": (
        pa.array([[{"role": "user", "content": "row"}] * 2] * 12 + [[{"role": "user", "content": TEXT}]] + [[]] * 7),
        "x.content",
    ),
    "map": (pa.array([[("a", "row")]] * 12 + [[("a", TEXT)]] + [[]] * 7, pa.map_(pa.string(), pa.string())), "x.value"),
}

ROWS = ["row"] * 12 + [TEXT] * 2 + ["row"] * 6
LISTS = [["row", "row"]] * 11 + [[], ["row", TEXT], [TEXT]] + [None] * 6
# What Arrow has and Parquet hasn't, or writes as something else.
ONLY_ARROW: dict[str, tuple[Any, str, int]] = {
    "view of a list": (pa.array(LISTS, pa.list_view(pa.string())), "x", 2),
    "large view of a list": (pa.array(LISTS, pa.large_list_view(pa.string())), "x", 2),
    "runs": (pa.compute.run_end_encode(pa.array(ROWS)), "x", 2),
    "runs of objects": (
        pa.RunEndEncodedArray.from_arrays(
            pa.array([12, 14, 20], pa.int32()), pa.array([{"y": "row"}, {"y": TEXT}, {"y": "row"}])
        ),
        "x.y",
        1,
    ),
    "dictionary of objects": (
        pa.DictionaryArray.from_arrays(pa.array([0] * 12 + [1] * 2 + [0] * 6), pa.array([{"y": "row"}, {"y": TEXT}])),
        "x.y",
        1,
    ),
    "union": (
        pa.UnionArray.from_sparse(
            pa.array([0] * 20, pa.int8()), [pa.array(ROWS), pa.array([0] * 20)], ["text", "number"]
        ),
        "x.text",
        2,
    ),
    "dense union": (
        pa.UnionArray.from_dense(
            pa.array([1] * 12 + [0] * 2 + [1] * 6, pa.int8()),
            pa.array([*range(12), 0, 1, *range(12, 18)], pa.int32()),
            [pa.array([TEXT] * 2), pa.array([0] * 18)],
            ["text", "number"],
        ),
        "x.text",
        2,
    ),
}


@pytest.mark.parametrize("column", ONLY_ARROW)
@pytest.mark.parametrize("pack", [None, "zstd"])
def test_a_mark_is_found_in_kinds_that_only_arrow_has(look: Look, pack: str | None, column: str) -> None:
    values, field, rows = ONLY_ARROW[column]
    file = io.BytesIO()
    table = pa.table({"id": list(range(20)), "x": values})
    with ipc.new_file(file, table.schema, options=ipc.IpcWriteOptions(compression=pack)) as writer:
        writer.write_table(table)
    found = look(file.getvalue())
    assert found.hidden == []
    assert found.marks[MARKER] == (rows, f"row 13, field {field}", 0)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("writer", WRITERS)
def test_a_mark_is_found_by_row_and_field(look: Look, writer: str, column: str) -> None:
    values, field = COLUMNS[column]
    table = pa.table({"id": list(range(20)), "x": values, "other": ["clean"] * 20})
    found = look(WRITERS[writer](table))
    assert found.hidden == []
    count, place, line = found.marks[MARKER]
    assert (count, line) == (1, 0)
    assert place in (f"row 13, field {field}", f"row 13, field {field.replace('x.', 'x.list.element.')}")
    assert look(WRITERS[writer](table.drop_columns("x"))).marks == {}


def test_a_million_marked_rows_are_one_mark_with_their_number(look: Look) -> None:
    table = pa.table({"text": ["clean", TEXT] * 500_000})
    assert look(parquet(table)).marks == {MARKER: (500_000, "row 2, field text", 0)}


def test_long_values_come_in_batches(look: Look) -> None:
    text = random.Random(1)
    values = ["".join(text.choices("abcdef ", k=40_000)) for _ in range(600)]
    values[580] += TEXT
    for data in (parquet(pa.table({"text": values})), arrow_file(pa.table({"text": values}))):
        assert look(data).marks == {MARKER: (1, "row 581, field text", 0)}


@pytest.mark.parametrize("is_dictionary", [False, True])
def test_what_is_spelled_out_before_a_row_does_not_move_it(look: Look, is_dictionary: bool) -> None:
    rows = ["a &amp; b\n%20%20" * 50, "x"] * 3 + [TEXT, TEXT, "x"]
    assert look(parquet(pa.table({"text": rows}), use_dictionary=is_dictionary)).marks == {
        MARKER: (2, "row 7, field text", 0)
    }


def test_neighbouring_values_are_no_mark_together(look: Look) -> None:
    half = len(TEXT) // 2
    assert look(parquet(pa.table({"text": [TEXT[:half], TEXT[half:]]}))).marks == {}


def test_packed_parquet_is_read_too(look: Look) -> None:
    table = pa.table({"text": ["row", TEXT]})
    assert look(gzip.compress(parquet(table))).marks == {MARKER: (1, "row 2, field text", 0)}


@pytest.mark.parametrize("make", [parquet, arrow_file, arrow_stream])
def test_damaged_columns_are_unread(look: Look, make: Callable[[pa.Table], bytes]) -> None:
    data = make(pa.table({"text": ["row", "text"] * 200}))
    (reason,) = look(data[: len(data) // 2]).hidden
    assert "damaged" in reason


def test_a_parquet_file_with_a_vast_footer_is_unread(look: Look) -> None:
    data = parquet(pa.table({"text": ["row"]}))
    found = look(data[:-8] + b"\xff\xff\xff\x7fPAR1")
    assert found.hidden == ["Parquet: its footer has 2147483647 bytes; the limit is 67108864"]
    assert look(data[:-4] + b"PARE").hidden == ["Parquet: encrypted"]


def test_a_parquet_bomb_is_defused(look: Look) -> None:
    table = pa.table({"text": ["a" * 1_000_000 + str(number) for number in range(100)]})
    data = parquet(table, compression="zstd", use_dictionary=False)
    assert look(data).hidden == ["Parquet: it unpacks to more than 200 times its size (limits.ratio)"]
