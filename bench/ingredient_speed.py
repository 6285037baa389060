"""What fingerprinting and looking up cost, one core.

    python bench/ingredient_speed.py [--text FOLDER] [--keys 10000000]

Rates are of text with all three kinds of fingerprint and the keyed hash, by CPU time, best of three. Where it is
installed, `scanoss-winnowing` reads the same files. The look-up asks for random fingerprints, one in a thousand of
which the index has.
"""

from __future__ import annotations

import argparse
import sysconfig
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np

from ringfence.scan.ingredients import engine, keyed_hash, segment, vectorised_lookup

KEY = bytes(range(16))
BATCH = 1 << 20
MOST_PURE = 4 << 20  # bytes of text for pure Python


def measure(work: Callable[[], object]) -> float:
    """Return the least CPU time of three runs, in seconds."""
    times = []
    for _ in range(3):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def group_texts(texts: list[bytes]) -> list[list[bytes]]:
    """Return texts in batches of a megabyte, as recording has them."""
    batches: list[list[bytes]] = [[]]
    size = 0
    for text in texts:
        batches[-1].append(text)
        size += len(text)
        if size >= BATCH:
            batches.append([])
            size = 0
    return batches


def fingerprint_by(module: ModuleType, batches: list[list[bytes]]) -> None:
    """Fingerprint and key all batches by numpy or numba."""
    for batch in batches:
        for values, *_ in module.fingerprint_texts(batch).values() if batch else ():
            module.hash_values(values, KEY)


def fingerprint_by_python(batches: list[list[bytes]]) -> None:
    """Do the same without numpy."""
    for batch in batches:
        rows = list(engine._iter_fingerprints(batch))  # noqa: SLF001 - the reference
        keyed_hash.hash_values([value for _, _, value, _, _ in rows], KEY)


def measure_look_up(count: int) -> None:
    """Print how many fingerprints are looked up in a second, by numpy and without."""
    chosen = np.random.default_rng(1)
    keys = np.sort(chosen.integers(0, 2**64, count, dtype=np.uint64))
    queries = chosen.integers(0, 2**64, 1_000_000, dtype=np.uint64)
    queries[::1000] = keys[chosen.integers(0, count, 1000)]
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "1.fp")
        zeros = np.zeros(count, np.uint32)
        segment.write_columns(path, _Column(keys), _Column(zeros), _Column(zeros))
        opened = segment.Segment(path)
        del keys, zeros  # else freed pages could be used again, and nothing would be seen
        before = read_anonymous_memory()
        spent = measure(lambda: vectorised_lookup._find_present(opened, queries))  # noqa: SLF001
        print(f"look-up in {count:,}: {len(queries) / spent / 1e6:.1f} million a second by numpy")
        few = queries[:100_000].tolist()
        spent = measure(lambda: opened.find_entries(few))
        print(f"look-up in {count:,}: {len(few) / spent / 1e6:.1f} million a second in pure Python")
        more = max(read_anonymous_memory() - before, 0)
        print(f"index: {Path(path).stat().st_size / count:.1f} bytes a fingerprint")
        print(f"memory: {more / 1024:.0f} MB more than before, beyond the mapped file")


def read_anonymous_memory() -> int:
    """Return the resident memory of this process beyond mapped files, in KiB."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon"))


class _Column:
    """An array of numpy with the part of `array.array` that writing a segment uses."""

    def __init__(self, values: np.ndarray) -> None:
        self._values = values

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self):  # noqa: ANN204
        return iter(self._values.tolist())

    def tobytes(self) -> bytes:
        """Return the bytes of the array."""
        return self._values.tobytes()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", default=sysconfig.get_path("stdlib"), help="a folder of Python files")
    parser.add_argument("--keys", type=int, default=10_000_000)
    given = parser.parse_args()
    texts = [path.read_bytes() for path in sorted(Path(given.text).rglob("*.py"))[:2000]]
    size = sum(map(len, texts))
    batches = group_texts(texts)
    spent = measure(lambda: fingerprint_by(vectorised_lookup, batches))
    print(f"{size / 1e6:.0f} MB of text: {size / spent / 1e6:.1f} MB/s by numpy")
    try:
        from ringfence.scan.ingredients import compiled
    except ImportError:
        print("numba isn't installed")
    else:
        fingerprint_by(compiled, batches[:1])  # compiles, or loads what was compiled before
        spent = measure(lambda: fingerprint_by(compiled, batches))
        print(f"{size / 1e6:.0f} MB of text: {size / spent / 1e6:.1f} MB/s by numba")
    few: list[bytes] = []
    while sum(map(len, few)) < MOST_PURE and len(few) < len(texts):
        few.append(texts[len(few)])
    size = sum(map(len, few))
    spent = measure(lambda: fingerprint_by_python(group_texts(few)))
    print(f"{size / 1e6:.0f} MB of text: {size / spent / 1e6:.1f} MB/s in pure Python")
    try:
        from scanoss_winnowing.winnowing import Winnowing
    except ImportError:
        print("scanoss-winnowing isn't installed")
    else:
        winnowing = Winnowing()
        spent = measure(lambda: [winnowing.wfp_for_contents("a.py", False, text) for text in few])
        print(f"{size / 1e6:.0f} MB of text: {size / spent / 1e6:.1f} MB/s by scanoss-winnowing")
    measure_look_up(given.keys)


if __name__ == "__main__":
    main()
