"""How fast an audit of data is, beside reading and unpacking it alone with as many processes.

`python bench/lake.py [MEGABYTES] [FOLDER]`. Clean rows from a fixed seed, a third each as JSONL in zstd, Parquet and
tar shards of about 64 MB of text. Processor time, of all processes, stands beside the clock's, since it doesn't depend
on what else the machine does.
"""

from __future__ import annotations

import io
import json
import os
import random
import resource
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from timing import OURS

from audit import audit, measure, show

MEGABYTES = 1_000
JOBS = 2
RUNS = 3
SHARD = 64 << 20
_DOCUMENT = 25  # rows of a sample of a tar shard, some 12 kB

FLOOR = """
import sys, os
from concurrent.futures import ProcessPoolExecutor
def read(path):
    import pyarrow as pa, pyarrow.parquet as pq
    if path.endswith(".parquet"):
        for _ in pq.ParquetFile(path).iter_batches(use_threads=False): pass
        return
    with pa.input_stream(path, compression="zstd" if path.endswith(".zst") else None, buffer_size=1 << 20) as file:
        while file.read(1 << 20): pass
if __name__ == "__main__":
    folder, jobs = sys.argv[1], int(sys.argv[2])
    with ProcessPoolExecutor(jobs) as pool:
        list(pool.map(read, [os.path.join(folder, name) for name in sorted(os.listdir(folder))]))
"""


def make_shards(folder: Path, megabytes: int) -> int:
    """Make shards, or keep those of an earlier run; return the bytes of text in them."""
    chance = random.Random(7)  # noqa: S311 - it has to be the same text each time
    words = [f"{chance.choice('bcdfgklmnprst')}{chance.choice('aeiou')}{chance.choice('ndrst')}" for _ in range(3_000)]
    lines = [" ".join(chance.choices(words, k=chance.randint(20, 200))) for _ in range(20_000)]
    folder.mkdir(parents=True, exist_ok=True)
    count = max(3, (megabytes << 20) // SHARD)
    for number in range(count):
        path = folder / f"{number:04}.{('jsonl.zst', 'parquet', 'tar')[number % 3]}"
        if path.exists():
            continue
        rows, size = [], 0
        while size < SHARD:
            text = chance.choice(lines)
            rows.append({"id": len(rows), "text": text, "source": f"https://example.org/{len(rows)}"})
            size += len(text) + 40
        part = path.with_suffix(".part")
        part.write_bytes(pack(path.suffix, rows))
        part.rename(path)
    return count * SHARD


def pack(suffix: str, rows: list[dict[str, object]]) -> bytes:
    """Return rows as a shard."""
    sink = io.BytesIO()
    if suffix == ".zst":
        text = "".join(json.dumps(row) + "\n" for row in rows).encode()
        return bytes(pa.Codec("zstd").compress(text, asbytes=True))
    if suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), sink, compression="zstd", row_group_size=50_000)
    else:
        with tarfile.open(fileobj=sink, mode="w") as tar:
            for first in range(0, len(rows), _DOCUMENT):
                text = "\n".join(str(row["text"]) for row in rows[first : first + _DOCUMENT]).encode()
                about = json.dumps({"id": first, "source": rows[first]["source"]}).encode()
                for kind, data in (("txt", text), ("json", about)):
                    info = tarfile.TarInfo(f"{first:08}.{kind}")
                    info.size = len(data)
                    tar.addfile(info, io.BytesIO(data))
    return sink.getvalue()


def peak(folder: Path) -> float:
    """Return the most memory that a process held while it judged a shard, in MB."""
    out = tempfile.mkdtemp()
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    measure([*OURS, "audit", str(folder), "--out", out, "--jobs", "1"])
    shutil.rmtree(out)
    return max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


def main() -> None:
    """Print how long an audit takes beside the floor."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else MEGABYTES
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[2] if len(sys.argv) > 2 else temporary).absolute() / "shards"  # noqa: PLR2004
        os.environ.setdefault("XDG_CACHE_HOME", str(Path(temporary) / "cache"))
        text = make_shards(folder, megabytes)
        most = peak(folder)
        floors, audits = [], []
        for _ in range(RUNS):
            floors.append(measure([sys.executable, "-c", FLOOR, str(folder), str(JOBS)]))
            audits.append(audit(folder, JOBS))
        packed = sum(path.stat().st_size for path in folder.iterdir())
        print(f"{text >> 20:,} MiB of text in {packed >> 20:,} MiB of shards, best of {RUNS}, {JOBS} processes")
        show("audit / reading and unpacking", audits, floors)
        wall = min(taken for taken, _ in audits)
        print(f"{'speed':34}{text / wall / 1e6:7.0f} MB of text a second; memory {most:.0f} MB at most")


if __name__ == "__main__":
    main()
