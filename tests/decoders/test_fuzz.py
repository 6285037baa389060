"""On arbitrary bytes a decoder ends within its limits, and reports what it can't read."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from ringfence.model import Limits
from ringfence.policy.plan import Plan
from ringfence.scan import contents
from ringfence.sources.files import File

from .signed import picture, signed
from .test_archives import CLEAN, tarred, zipped, zstd
from .test_columns import arrow_file, arrow_stream, parquet
from .test_media import WIDE, frame, pdf, sound
from .test_notebooks import PACKED, book, code, v4
from .test_sqlite import ROWS, database

TABLE = pa.table({"model": ["ours", None] * 20, "messages": [[{"content": "a row"}], []] * 20})
WHOLE: dict[str, bytes] = {
    "gzip": gzip.compress(CLEAN * 9), "bzip2": bz2.compress(CLEAN * 9), "xz": lzma.compress(CLEAN * 9),
    "zstd": zstd.compress(CLEAN * 9), "zip": zipped({"a": CLEAN, "b": CLEAN}), "tar": tarred({"a": CLEAN, "b": CLEAN}),
    "notebook": book(code(v4.new_output("display_data", {"application/gzip": PACKED}))),
    "sqlite": database(ROWS, *["INSERT INTO rows (model) VALUES ('a')"] * 300),
    "csv": b'id,model\n1,"ours"\n' * 20,
    "png": signed(picture(), "image/png", "Leica", "digitalCapture"), "pdf": pdf(attached=CLEAN),
    "mp3": sound(frame("TIT2", b"\0a song", 3), frame("TXXX", WIDE, 3), frame("TXXX", WIDE, 3, 0x80)),
    "parquet": parquet(TABLE), "arrow": arrow_file(TABLE), "arrow stream": arrow_stream(TABLE),
}  # fmt: skip
Damage = Callable[[bytes], bytes]


@st.composite
def damages(draw: st.DrawFn) -> Damage:
    """Cut, overwrite or repeat bytes at places between 0 and 1 of a file's length."""
    steps = draw(st.lists(st.tuples(st.sampled_from("cor"), st.floats(0, 1), st.binary(max_size=8)), min_size=1))

    def damage(data: bytes) -> bytes:
        for kind, place, new in steps:
            at = int(place * len(data))
            head = data[: max(at, 8)]  # the bytes that identify the format stay
            if kind == "c":
                data = head
            elif kind == "o":
                data = head + new + data[len(head) + len(new) :]
            else:
                data = head + data[at:][:1000] + data[len(head) :]
        return data

    return damage


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("count", [30, pytest.param(300, marks=pytest.mark.long)])
@pytest.mark.long
def test_damaged_files_end_in_a_reason_or_in_text(name: str, count: int, plan: Plan, tmp_path: Path) -> None:
    plan.limits = Limits(unpacked=1 << 20, members=100, seconds=20)
    path = tmp_path / "content"

    @seed(7)
    @settings(max_examples=count, deadline=None, database=None)
    @given(damage=damages())
    def read_damaged(damage: Damage) -> None:
        path.write_bytes(damage(WHOLE[name]))
        found = contents.scan_object(File(str(path)), plan)  # type: ignore[arg-type]  # it reads like an Object
        assert len(found.unread) <= 11
        assert all(item.reason and len(item.reason) < 400 for item in found.unread)

    read_damaged()
