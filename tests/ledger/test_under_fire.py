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

from conftest import PYTHON, TRAILER, Work, kept, run
from ringfence.records import verify


@pytest.fixture(params=[10, pytest.param(500, marks=pytest.mark.long)])
def kills(request: pytest.FixtureRequest) -> int:
    """How many processes are killed: a few, and as many as the promise says."""
    return int(request.param)


@pytest.fixture
def aside(clone: Work, server: Work, book: Path, tmp_path: Path) -> Work:
    """`server` with its ledger, which puts aside what it refuses."""
    path = tmp_path / "policy.toml"
    path.write_text(
        'version = 1\n[tag.training-data]\non_block = "quarantine"\napprovers = ["bob"]\n'
        "[approvals]\nsame_login = true\n"
    )
    server.did("config", "ringfence.policy", str(path))
    assert server.ringfence("install", "--server", str(server.path))
    return server


def lost(server: Work, book: Path, done: frozenset[str] = frozenset()) -> set[str]:
    """Return the pushes that the ledger records as quarantined and that aren't held in full."""
    told = {entry["body"]["quarantine"]: entry for entry in kept(book, "kind = 'push' AND outcome = 'blocked'")}
    held = server.did("for-each-ref", "--format=%(refname) %(objectname)", "refs/quarantine").splitlines()
    wanted = {
        number: {f"refs/quarantine/{number}/{item['ref']} {item['new']}" for item in entry["body"]["refs"]}
        for number, entry in told.items()
    }
    return {number for number, refs in wanted.items() if number not in done and not refs <= set(held)}


def killed(command: list[str], cwd: Path, after: float) -> float:
    """Run a command, and kill it with all that it started; return by how much the next may take longer.

    So half of them end before they are killed, however busy the machine becomes.
    """
    running = subprocess.Popen(
        command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    time.sleep(after)
    has_ended = os.waitid(os.P_PID, running.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)  # leaves its group to be killed
    os.killpg(running.pid, signal.SIGKILL)
    running.wait(60)
    return 0.9 if has_ended else 1.1


def timed(clone: Work, *push: str) -> float:
    """Return how long a push takes, in seconds."""
    begun = time.monotonic()
    clone.git("push", "-q", "origin", *push)
    return time.monotonic() - begun


def moved_without_record(server: Work, book: Path, before: dict[str, str]) -> list[str]:
    """Return the refs of a server that moved, and whose last record doesn't say so."""
    lines = server.did("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads").splitlines()
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


@pytest.mark.long
def test_fifty_pushes_at_once_are_all_recorded_in_one_chain(clone: Work, server: Work, book: Path) -> None:
    names = branches(clone, 50)
    running = [
        subprocess.Popen(["git", "push", "-q", "origin", name], cwd=clone.path, stderr=subprocess.DEVNULL)
        for name in names
    ]
    codes = [child.wait(120) for child in running]
    assert [code == 0 for code in codes] == [number % 5 != 0 for number in range(50)]
    assert list(verify.find_faults(str(book))) == []
    entries = kept(book)
    assert sorted(entry["outcome"] for entry in entries) == ["allowed"] * 40 + ["blocked"] * 10
    assert moved_without_record(server, book, {}) == ["refs/heads/main"]  # pushed before there was a ledger


@pytest.mark.slow
def test_killed_at_any_instant_no_ref_moves_without_its_record(
    clone: Work, server: Work, book: Path, kills: int
) -> None:
    chance = random.Random(2026)
    before = {"refs/heads/main": server.did("rev-parse", "main")}
    names = branches(clone, 20)
    length = timed(clone, "b1")
    for number in range(kills):
        name = names[number % len(names)]
        command = ["git", "push", "-q", "-f", "origin", f"{name}:refs/heads/k{number}"]
        length *= killed(command, clone.path, chance.uniform(0, 1.2 * length))
    arrived = len(server.did("for-each-ref", "refs/heads/k*").splitlines())
    assert 0 < arrived < kills * 4 / 5  # some were killed before their end, and some after it
    clone.did("push", "-q", "origin", "main:after")  # no lock of a killed process is left
    assert list(verify.find_faults(str(book))) == []
    assert moved_without_record(server, book, before) == []
    assert server.git("fsck", "--connectivity-only")


@pytest.mark.long
def test_fifty_pushes_at_once_are_taken_or_put_aside(clone: Work, aside: Work, book: Path) -> None:
    running = [
        subprocess.Popen(["git", "push", "-q", "origin", name], cwd=clone.path, stderr=subprocess.DEVNULL)
        for name in branches(clone, 50)
    ]
    codes = [child.wait(120) for child in running]
    assert [code == 0 for code in codes] == [number % 5 != 0 for number in range(50)]
    assert list(verify.find_faults(str(book))) == []
    assert len({entry["body"]["quarantine"] for entry in kept(book, "outcome = 'blocked'")}) == 10
    assert lost(aside, book) == set()
    assert moved_without_record(aside, book, {}) == ["refs/heads/main"]  # pushed before there was a ledger


@pytest.mark.slow
def test_killed_at_any_instant_no_push_that_was_put_aside_is_lost(
    clone: Work, aside: Work, book: Path, kills: int
) -> None:
    chance = random.Random(2026)
    names = branches(clone, 20, marked=2)
    before = {"refs/heads/main": aside.did("rev-parse", "main")}
    length = timed(clone, "b0")
    for number in range(kills):
        command = ["git", "push", "-q", "origin", f"{names[number % 20]}:refs/heads/k{number}"]
        length *= killed(command, clone.path, chance.uniform(0, 1.2 * length))
    entries = kept(book)
    assert {"allowed", "blocked"} == {entry["outcome"] for entry in entries}
    assert len(entries) < kills  # some were killed before their end
    assert list(verify.find_faults(str(book))) == []
    assert lost(aside, book) == set()
    assert moved_without_record(aside, book, before) == []
    assert aside.ringfence("quarantine", "list")
    assert aside.git("fsck", "--connectivity-only")


@pytest.mark.slow
def test_killed_while_it_is_decided_a_push_is_held_or_has_moved(
    clone: Work, aside: Work, book: Path, kills: int
) -> None:
    chance = random.Random(2026)
    count = max(6, kills // 10)
    for name in branches(clone, count, marked=1):
        clone.git("push", "-q", "origin", name).assert_refused("refused, 1 mark")
    numbers = [entry["body"]["quarantine"] for entry in kept(book)]
    for number in numbers:
        assert aside.ringfence("quarantine", "release", number, "--reason", "Licensed.", "--by", "ann")
    begun = time.monotonic()
    assert aside.ringfence("quarantine", "release", numbers[0], "--approve", "--by", "bob")
    length = time.monotonic() - begun
    for number in numbers[1:]:
        command = [*PYTHON, "quarantine", "release", number, "--approve", "--by", "bob"]
        length *= killed(command, aside.path, chance.uniform(0.5, 1.1) * length)
    before = {"refs/heads/main": aside.did("rev-parse", "main")}
    heads = set(aside.did("for-each-ref", "--format=%(refname)", "refs/heads").splitlines())
    blocked = kept(book, "kind = 'push'")
    moved = {entry["body"]["quarantine"] for entry in blocked if entry["body"]["refs"][0]["ref"] in heads}
    assert lost(aside, book, frozenset(moved)) == set()
    assert moved_without_record(aside, book, before) == []
    # What git leaves where it is killed while it moves a ref, and says how to mend.
    for lock in (aside.path / "refs").rglob("*.lock"):
        lock.unlink()
    for number in set(numbers) - moved:
        aside.ringfence("quarantine", "release", number, "--approve", "--by", "bob")
    assert len(aside.did("for-each-ref", "refs/heads/b*").splitlines()) == count
    assert list(verify.find_faults(str(book))) == []


@pytest.mark.slow
def test_killed_at_any_instant_what_is_noted_was_accepted_and_can_be_noted_still(
    clone: Work, server: Work, book: Path, kills: int
) -> None:
    server.did("config", "ringfence.notes", "true")
    assert server.ringfence("install", "--server", str(server.path))
    chance = random.Random(2026)
    names = branches(clone, max(10, kills // 3), marked=3)
    length = timed(clone, "b1")
    for name in names[2:]:
        length *= killed(["git", "push", "-q", "origin", name], clone.path, chance.uniform(0.5, 1.2) * length)
    # What git leaves where it is killed while it moves a ref, and says how to mend.
    (server.path / "refs/notes/ringfence.lock").unlink(missing_ok=True)
    clone.did("checkout", "-q", "-b", "b-after", "main")
    after = clone.commit("After all that")
    clone.did("push", "-q", "origin", "b-after")  # no lock of a killed process is left
    assert after in noted(server)
    arrived = dict(
        line.split()
        for line in server.did("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads/b*").splitlines()
    )
    assert noted(server) <= set(arrived)
    line = "".join(f"{'0' * 40} {oid} {ref}\n" for oid, ref in arrived.items()).encode()
    assert run(str(server.path / "hooks/post-receive"), cwd=server.path, stdin=line)
    assert noted(server) == set(arrived)
    assert server.git("fsck", "--connectivity-only")


def noted(server: Work) -> set[str]:
    """Return which commits have a note of the server's."""
    return {line.split()[1] for line in server.did("notes", "--ref=ringfence", "list").splitlines()}


def test_killed_while_it_writes_the_ledger_holds(tmp_path: Path, kills: int) -> None:
    chance, path = random.Random(2026), tmp_path / "ledger.db"
    code = (
        "import sys; from ringfence.records.ledger import *\n"
        "decision = Decision('push', 'a', 'b', 'c', {'x': 'x' * 9000})\n"
        "while True: print(append_entry(sys.argv[1], decision).id, flush=True)"
    )
    told = 0
    for _ in range(max(8, kills // 5)):
        with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) as child:
            assert child.stdout
            child.stdout.readline()
            time.sleep(chance.uniform(0, 0.03))
            child.kill()
            told = max([told, *map(int, child.stdout.read().splitlines()[:-1])])
        assert list(verify.find_faults(str(path))) == []
        assert len(kept(path)) >= told
