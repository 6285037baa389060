"""Many pushes at once, and kills at any instant: the ledger holds, and no ref moved without its record."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conftest import TRAILER, Work, kept
from ringfence import chain

# CI kills a few; RINGFENCE_KILLS=500 kills as many as the promise says.
KILLS = int(os.environ.get("RINGFENCE_KILLS", "25"))


def moved_without_record(server: Work, book: Path, before: dict[str, str]) -> list[str]:
    """Return the refs of a server that moved, and whose last record doesn't say so."""
    lines = server.did("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    now = dict(line.split(" ") for line in lines)
    told = {(item["ref"], item["new"]) for entry in kept(book, "outcome = 'allowed'") for item in entry["body"]["refs"]}
    return [ref for ref, oid in now.items() if before.get(ref) != oid and (ref, oid) not in told]


def branches(clone: Work, count: int, marked: int = 5) -> list[str]:
    """Make branches of one commit each, every `marked`th with a mark; return their names."""
    names = []
    for number in range(count):
        message = f"Row {number}\n\n{TRAILER}" if number % marked == 0 else f"Row {number}"
        clone.did("checkout", "-q", "-B", f"b{number}", "main")
        clone.commit(message, files={f"row{number}.txt": f"row {number}\n"})
        names.append(f"b{number}")
    return names


@pytest.mark.slow
def test_fifty_pushes_at_once_are_all_recorded_in_one_chain(clone: Work, server: Work, book: Path) -> None:
    names = branches(clone, 50)
    running = [
        subprocess.Popen(["git", "push", "-q", "origin", name], cwd=clone.path, stderr=subprocess.DEVNULL)
        for name in names
    ]
    codes = [child.wait(120) for child in running]
    assert [code == 0 for code in codes] == [number % 5 != 0 for number in range(50)]
    assert list(chain.faults(str(book))) == []
    entries = kept(book)
    assert sorted(entry["outcome"] for entry in entries) == ["allowed"] * 40 + ["blocked"] * 10
    assert moved_without_record(server, book, {}) == ["refs/heads/main"]  # pushed before there was a ledger


@pytest.mark.slow
def test_killed_at_any_instant_no_ref_moves_without_its_record(clone: Work, server: Work, book: Path) -> None:
    chance = random.Random(2026)
    before = {"refs/heads/main": server.did("rev-parse", "main")}
    names = branches(clone, 20)
    begun = time.monotonic()
    clone.did("push", "-q", "origin", "b1")
    length = time.monotonic() - begun
    for number in range(KILLS):
        name = names[number % len(names)]
        command = ["git", "push", "-q", "-f", "origin", f"{name}:refs/heads/k{number}"]
        push = subprocess.Popen(command, cwd=clone.path, stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(chance.uniform(0, 1.2 * length))
        os.killpg(push.pid, signal.SIGKILL)
        push.wait(60)
    arrived = len(server.did("for-each-ref", "refs/heads/k*").splitlines())
    assert 0 < arrived < KILLS * 4 / 5  # some were killed before their end, and some after it
    clone.did("push", "-q", "origin", "main:after")  # nothing that was killed stands in the way
    assert list(chain.faults(str(book))) == []
    assert moved_without_record(server, book, before) == []
    assert server.git("fsck", "--connectivity-only")


def test_killed_while_it_writes_the_ledger_holds(tmp_path: Path) -> None:
    chance, path = random.Random(2026), tmp_path / "ledger.db"
    code = (
        "import sys; from ringfence.ledger import *\n"
        "while True: print(append(sys.argv[1], Decision('push', 'a', 'b', 'c', {'x': 'x' * 9000})).id, flush=True)"
    )
    told = 0
    for _ in range(max(8, KILLS // 5)):
        with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) as child:
            assert child.stdout
            child.stdout.readline()
            time.sleep(chance.uniform(0, 0.03))
            child.kill()
            told = max([told, *map(int, child.stdout.read().splitlines()[:-1])])
        assert list(chain.faults(str(path))) == []
        assert len(kept(path)) >= told
