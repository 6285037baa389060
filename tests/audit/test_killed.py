"""An audit that is killed at any instant and started again comes to what an undisturbed one comes to."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from conftest import PYTHON, TRAILER, init

KILLS = 50
TIMES = ("audited", "seconds")


def make(folder: Path) -> Path:
    """Make repositories and data, some of them damaged."""
    for number in range(12):
        work = init(folder / f"repo{number}")
        for turn in range(3):
            work.commit(f"Turn {turn}\n\n{TRAILER if number % 3 == turn else ''}", files={f"{turn}.md": f"{number}\n"})
    (folder / "repo3" / ".git" / "HEAD").unlink()
    for number in range(300):
        rows = [{"text": f"row {row} of {number}", "model": "gpt-4o" if row == number else "ours"} for row in range(40)]
        path = folder / f"d{number % 7}" / f"{number}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "d0" / "cut.gz").write_bytes(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03abc")
    return folder


def command(folder: Path, out: Path, *more: str) -> list[str]:
    return [*PYTHON, "audit", str(folder), "--out", str(out), "--jobs", "2", *more]


def results(out: Path) -> dict[str, object]:
    """Return all that an audit has written, but for times."""
    units = pq.read_table(out / "units.parquet")
    return {
        "units": units.drop_columns(list(TIMES)).to_pylist(),
        **{name: (out / name).read_bytes() for name in ("findings.parquet", "unread.parquet", "summary.json")},
    }


def list_parts(out: Path) -> list[str]:
    """Return what is half written in the folder of an audit."""
    return [name for _, folders, names in os.walk(out) for name in folders + names if "part" in name]


@pytest.mark.parametrize("name", ["summary.json", "results.json", "units.parquet"])
def test_what_a_killed_audit_left_half_written_is_gone_after_the_next(tmp_path: Path, name: str) -> None:
    work = init(tmp_path / "repo")
    work.commit("One", files={"a.md": "a\n"})
    out = tmp_path / "out"
    (out / name).mkdir(parents=True)  # nothing can be renamed onto a folder: the audit ends before it does
    first = subprocess.run(command(work.path, out), check=False, capture_output=True, text=True)
    assert first.returncode not in (0, 1, 3), first.stderr
    assert list_parts(out)
    (out / name).rmdir()
    subprocess.run(command(work.path, out), check=True, capture_output=True)
    assert not list_parts(out)


def kill_repeatedly(folder: Path, out: Path, chance: random.Random, longest: float, *more: str) -> int:
    """Run an audit until it comes to its end, killed at random instants before; return how often it was killed."""
    kills = 0
    while True:
        started = subprocess.Popen(command(folder, out, *more), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            status = started.wait(chance.uniform(0.3, 1) * longest)
        except subprocess.TimeoutExpired:
            started.send_signal(signal.SIGKILL)
            started.wait()
            kills += 1
        else:
            assert status == 3
            return kills


@pytest.mark.long
@pytest.mark.slow
def test_a_killed_audit_comes_to_the_same(tmp_path: Path) -> None:
    folder = make(tmp_path / "all")
    for name in ("first", "whole"):  # the first compiles the catalogue, which takes longer than all else
        began = time.monotonic()
        assert subprocess.run(command(folder, tmp_path / name), check=False, capture_output=True).returncode == 3
        longest = time.monotonic() - began
    undisturbed = results(tmp_path / "whole")
    chance = random.Random(3)
    kills = runs = 0
    while kills < KILLS and runs < 3 * KILLS:
        out = tmp_path / f"run{runs}"
        began = time.monotonic()
        times = kill_repeatedly(folder, out, chance, longest)
        longest = longest if times else time.monotonic() - began  # the machine has become faster
        kills += times
        assert results(out) == undisturbed
        assert not list_parts(out)
        runs += 1
    assert kills >= KILLS
