from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ringfence.model import Limits
from ringfence.scan.decoders.base import Budget, Piece, Stream, UnreadableError
from ringfence.scan.decoders.parquet_arrow import decode_arrow, decode_parquet

TABLE = pa.table({"text": ["one", None, "three"], "n": [1, 2, 3], "list": [["a"], [], ["b", "c"]]})


def read(pieces) -> dict[str, tuple[Piece, bytes]]:
    return {piece.field: (piece, b"".join(window for window, _, _ in piece.windows)) for piece in pieces}


def write_parquet(table: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


def write_arrow(table: pa.Table) -> bytes:
    file = io.BytesIO()
    with pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table)
    return file.getvalue()


@pytest.mark.parametrize(("decoder", "write"), [(decode_parquet, write_parquet), (decode_arrow, write_arrow)])
def test_strings_are_json_lines_with_their_rows(decoder, write) -> None:
    data = write(TABLE)
    fields = read(decoder(Stream([data]), Budget(Limits(), len(data))))
    piece, text = fields["text"]
    assert text == b'{"text": "one"}\n{"text": ""}\n{"text": "three"}\n'
    assert piece.get_place
    assert piece.get_place(text.index(b"three")) == "row 3"
    piece, text = next(fields[name] for name in fields if name.startswith("list"))
    assert piece.get_place
    assert piece.get_place(text.index(b'"c"')) == "row 3"
    assert fields[""][1] == b'{"n": {"type": "int64"}}\n'


def test_a_dictionary_column_has_each_value_once() -> None:
    data = write_arrow(pa.table({"text": pa.array(["one", "two", "one"]).dictionary_encode()}))
    piece, text = read(decode_arrow(Stream([data]), Budget(Limits(), len(data))))["text"]
    assert text == b'{"text": "one"}\n{"text": "two"}\n'
    assert piece.get_count
    assert [piece.get_count(text.index(value)) for value in (b"one", b"two")] == [2, 1]


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (b"\0\0\0\0PARE", "encrypted"),
        (b"\0\0\0\0PAR", r"damaged \(truncated\)"),
        (b"\xff\xff\xff\x7fPAR1", "its footer has 2147483647 bytes; the limit is 67108864"),
    ],
)
def test_a_bad_footer_is_refused(end: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        list(decode_parquet(Stream([b"PAR1" + bytes(100) + end]), Budget(Limits(), 108)))
