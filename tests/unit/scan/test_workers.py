"""Worker processes that scan objects: their answers, and what happens when they fail."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import SHARE_LINK, Work
from ringfence.check import check
from ringfence.errors import GitError, IncompleteError
from ringfence.gate import history
from ringfence.git.objects import Object
from ringfence.git.repo import Repo
from ringfence.policy.plan import Plan
from ringfence.repository import Repository
from ringfence.scan import contents, matches, reader, workers
from ringfence.scan.hits import Hits
from ringfence.scan.workers import Worker
from ringfence.sources.files import _OPENING


def joined() -> Callable[[list[str]], str]:
    return "+".join


def failing() -> Callable[[list[str]], str]:
    def fail(words: list[str]) -> str:
        raise GitError(f"git fails on {words[0]}.", "See what it says.")

    return fail


def dying() -> Callable[[list[str]], str]:
    return lambda words: os._exit(len(words))


def test_answers_come_in_the_order_of_the_questions() -> None:
    worker = Worker(joined)
    for number in range(50):
        worker.send_request([str(number), "a\nb\0c \udcff"] * 1000)
    assert [worker.receive_answer()[:2].strip("+") for _ in range(50)] == [str(number) for number in range(50)]


def test_an_error_of_a_worker_is_ours() -> None:
    worker = Worker(failing)
    worker.send_request(["x"])
    with pytest.raises(GitError) as raised:
        worker.receive_answer()
    assert (raised.value.message, raised.value.advice) == ("git fails on x.", "See what it says.")


def test_a_worker_that_was_killed_is_no_clean_answer() -> None:
    worker = Worker(dying)
    worker.send_request(["x"])
    with pytest.raises(IncompleteError, match="was killed"):
        worker.receive_answer()


def test_workers_find_what_one_process_finds(clone: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mark that an older version had is known, though that version is read with a later batch."""
    for number in range(12):
        link = f"{SHARE_LINK}\n" * (number > 3)
        clone.commit(f"Row {number}", files={"rows.txt": f"{link}{number}\n", "rows.gz": b"\x1f\x8b%d" % number})
    monkeypatch.setattr(check, "_BATCH_COMMITS", 3)
    found = []
    for many in (1000, 1):
        monkeypatch.setattr(reader, "_WORKERS_FROM", many)
        verdict = history.check_history(Repository(Repo(str(clone.path)), tags=["eval"]))
        assert verdict is not None
        found.append((verdict.findings, verdict.unread, verdict.examined.collect_counts()))
    assert found[0] == found[1]
    assert [finding.line for finding in found[0][0]] == [1]
    assert len(found[0][1]) == 12


def test_a_few_large_files_are_read_side_by_side(clone: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [tmp_path / name for name in "abcd"]
    for path in paths:
        path.write_text(f"{SHARE_LINK}\n" + "a row\n" * 1000)
    who = tmp_path / "who"
    real = contents.scan_object

    def noted(item: Object, plan: Plan, known: Hits | None = None) -> matches.Contents:
        with who.open("a") as file:
            file.write(f"{os.getpid()} {Path(item.path).name}\n")
        return real(item, plan, known)

    monkeypatch.setattr(contents, "scan_object", noted)
    monkeypatch.setattr(workers, "count_workers", lambda: 2)
    place = Repository(Repo(str(clone.path)), tags=["eval"])
    alone = history.check_files(place, list(map(str, paths)))
    assert set(who.read_text().split()) == {str(os.getpid()), *"abcd"}
    who.unlink()
    monkeypatch.setattr(reader, "_WORKERS_FROM_BYTES", 2 * _OPENING)
    monkeypatch.setattr(check, "_BATCH_BYTES", 3 * _OPENING)
    together = history.check_files(place, list(map(str, paths)))
    assert alone is not None
    assert together is not None
    assert together.findings == alone.findings
    assert len(alone.findings) == 4
    pids = dict(line.split()[::-1] for line in who.read_text().splitlines())
    assert pids["a"] == pids["c"] != pids["b"] == pids["d"]
    assert str(os.getpid()) not in pids.values()


def test_standard_input_is_read_beside_large_files(laptop: Work) -> None:
    laptop.write("large.txt", b"a row\n" * (3 << 20))
    said = laptop.ringfence("check", "--files", "large.txt", "-", stdin=SHARE_LINK.encode())
    assert (said.status, "  -, line 1\n" in said.out) == (1, True)
