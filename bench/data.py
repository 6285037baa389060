"""How fast data files are read, beside what they can't be faster than: `make bench`.

Clean files, made here from a fixed seed, one core, in turn with their floor; median of several. The last row is what a
process that checks a large file holds in memory at most.
"""

from __future__ import annotations

import gzip
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ringfence.policy.inputs import Inputs
from ringfence.policy.load import load_plan
from ringfence.policy.plan import Plan
from ringfence.scan import contents
from ringfence.sources.files import File

RUNS = 5
ROWS = 150_000
LARGE = 2 << 30  # bytes


def rows() -> list[dict[str, str | int]]:
    """Make rows of a conversation, as people keep them."""
    chance = random.Random(7)  # noqa: S311 - it has to be the same text each time
    words = [f"{chance.choice('bcdfgklmnprst')}{chance.choice('aeiou')}{chance.choice('ndrst')}" for _ in range(500)]
    return [
        {
            "id": number,
            "prompt": " ".join(chance.choices(words, k=60)),
            "answer": " ".join(chance.choices(words, k=150)),
        }
        for number in range(ROWS)
    ]


def ours(path: Path, plan: Plan) -> Callable[[], int]:
    """Return what reads a file as the gate does, and how many bytes that are."""

    def run() -> int:
        found = contents.scan_object(File(str(path)), plan)  # type: ignore[arg-type]  # it reads like an Object
        if found.matches or found.unread:
            sys.exit(f"the rows aren't clean: {found.matches} {found.unread}")
        return path.stat().st_size

    return run


def read_gzip(path: Path) -> None:
    """Read a gzip file with Python's own module."""
    with gzip.open(path) as file:
        while file.read(1 << 20):
            pass


def read_columns(path: Path) -> None:
    """Read the string columns of a Parquet file with pyarrow."""
    for _ in pq.ParquetFile(path).iter_batches(columns=["prompt", "answer"], use_threads=False):
        pass


def read_plain(path: Path) -> None:
    """Read a file."""
    with path.open("rb") as file:
        while file.read(1 << 20):
            pass


def timed(run: Callable[[], object]) -> float:
    """Run something once and return how long it took, in seconds."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def peak(path: Path) -> float:
    """Return the most memory that a process held while it checked a file, in MB."""
    code = (
        "import sys; from ringfence.scan import contents\n"
        "from ringfence.policy.inputs import Inputs; from ringfence.policy.load import load_plan\n"
        "from ringfence.sources.files import File\n"
        "contents.scan_object(File(sys.argv[1]), load_plan(Inputs(tags=(('eval', 'the benchmark'),))))\n"
        "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=True, capture_output=True)
    return int(done.stdout) / 1024


def main() -> None:
    """Print how fast each kind of file is read, beside its floor."""
    plan = load_plan(Inputs(tags=(("eval", "the benchmark"),)))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = rows()
        lines = "".join(json.dumps(row) + "\n" for row in made).encode()
        plain, packed, table = folder / "rows.jsonl", folder / "rows.jsonl.gz", folder / "rows.parquet"
        plain.write_bytes(lines)
        packed.write_bytes(gzip.compress(lines, 6))
        pq.write_table(pa.Table.from_pylist(made), table, compression="zstd", row_group_size=20_000)
        measures = {
            "JSONL, reading it": (plain, read_plain),
            "gzip, Python's gzip": (packed, read_gzip),
            "Parquet, pyarrow": (table, read_columns),
        }
        print(f"{'':24}{'ours':>12}{'floor':>12}{'ours / floor':>15}   ({len(lines) >> 20} MiB of rows)")
        for label, (path, floor) in measures.items():
            run = ours(path, plan)
            run()
            pairs = [(timed(run), timed(lambda: floor(path))) for _ in range(RUNS)]  # noqa: B023 - called at once
            mine, least = (statistics.median(times) for times in zip(*pairs, strict=True))
            speed = len(lines) / 1e6
            print(f"{label:24}{speed / mine:>8.0f} MB/s{speed / least:>8.0f} MB/s{least / mine:>15.2f}")
        large = folder / "large.jsonl.gz"
        with large.open("wb") as file:
            for _ in range(LARGE // len(lines)):
                file.write(packed.read_bytes())
        print(f"{'memory, 2 GiB of rows':24}{peak(large):>8.0f} MB")


if __name__ == "__main__":
    main()
