"""However large a file is, reading it takes no more memory than was promised."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

PROMISED = 300  # MB
LARGE = 400 << 20  # bytes of rows: well above it
READ = """
import sys
from ringfence.policy.load import load_plan
from ringfence.policy.inputs import Inputs
from ringfence.scan import contents
from ringfence.sources.files import File
found = contents.scan_object(File(sys.argv[1]), load_plan(Inputs(tags=(("eval", "a test"),))))
assert not found.matches and not found.unread, (found.matches, found.unread)
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
"""


def peak(path: Path) -> int:
    """Return how many MB a process held at most that read a clean file."""
    done = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout) // 1024


@pytest.fixture(scope="module")
def rows() -> bytes:
    """Return a few MB of rows, to be repeated."""
    return b"".join(json.dumps({"id": n, "answer": f"row {n} " * 40}).encode() + b"\n" for n in range(12_000))


@pytest.mark.slow
def test_a_large_gzip_is_read_in_bounded_memory(tmp_path: Path, rows: bytes) -> None:
    path, packed = tmp_path / "rows.jsonl.gz", gzip.compress(rows, 1)
    path.write_bytes(packed * (LARGE // len(rows)))
    assert peak(path) <= PROMISED


@pytest.mark.slow
@pytest.mark.long
def test_a_large_table_of_columns_is_read_in_bounded_memory(tmp_path: Path, rows: bytes) -> None:
    path = tmp_path / "rows.parquet"
    table = pa.Table.from_pylist([json.loads(line) for line in rows.splitlines()])
    with pq.ParquetWriter(path, table.schema, compression="zstd", use_dictionary=False) as writer:
        for _ in range(LARGE // len(rows)):
            writer.write_table(table)
    assert peak(path) <= PROMISED


@pytest.mark.slow
def test_a_large_row_group_is_read_in_bounded_memory(tmp_path: Path, rows: bytes) -> None:
    path = tmp_path / "rows.parquet"
    table = pa.Table.from_pylist([json.loads(line) for line in rows.splitlines()])
    pq.write_table(pa.concat_tables([table] * (LARGE // len(rows))), path, row_group_size=1 << 30)
    assert peak(path) <= PROMISED


@pytest.mark.slow
@pytest.mark.long
def test_a_long_table_is_read_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    with path.open("wb") as file:
        file.write(b"id,model,answer\n")
        lines = b"".join(b'%d,ours-%d,"a row of some words"\n' % (n, n) for n in range(100_000))
        for _ in range(20):
            file.write(lines)
    assert peak(path) <= PROMISED


@pytest.mark.slow
@pytest.mark.long
def test_a_line_without_end_is_read_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    with path.open("wb") as file:
        for _ in range(LARGE >> 20):
            file.write(b'{"answer": "a row of some words"}, ' * (1 << 15))
    assert peak(path) <= PROMISED
