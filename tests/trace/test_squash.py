"""What a squashed request was made of is found again by the forge's refs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import TRAILER, Work, init
from ringfence.audit.trace.squash import find_number
from samples import FUNCTION, HUMAN

LINES = FUNCTION.count("\n")
HAND = "\n\ndef by_hand():\n    return 1\n"


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """A request with a commit of a tool and one of a person, which isn't merged yet."""
    made = init(tmp_path / "work")
    made.commit("Routes", files={"routes.py": HUMAN})
    made.did("switch", "-q", "-c", "topic")
    made.commit(f"Settle invoices\n\n{TRAILER}", files={"src/z.py": FUNCTION})
    made.commit(
        "Mine", files={"src/z.py": FUNCTION + "\n\ndef by_hand():\n    return 1\n", "routes.py": HUMAN + "# Ann\n"}
    )
    made.did("switch", "-q", "main")
    made.commit("Meanwhile", files={"other.py": HUMAN})
    return made


def squash(work: Work, message: str, ref: str = "", branch: str = "topic") -> None:
    work.did("merge", "-q", "--squash", branch)
    work.commit(message)
    if ref:
        work.did("update-ref", ref, branch)
    work.did("branch", "-D", branch)


def trace(work: Work) -> list[tuple[str, int, int]]:
    said = work.ringfence("trace", "--format", "jsonl")
    assert said, said.out
    rows = [json.loads(line) for line in said.out.splitlines()]
    return [(row["path"], row["start_line"], row["end_line"]) for row in rows if not row["edited"]]


@pytest.mark.parametrize(
    ("message", "ref"),
    [
        ("Settle invoices (#12)", "refs/pull/12/head"),
        ("Settle invoices (#12)\n\n* Settle\n* Mine\n", "refs/remotes/origin/pull/12/head"),
        ("Settle invoices\n\nSee merge request lab/pay!12\n", "refs/merge-requests/12/head"),
        ("Settle invoices (pull request #12)", "refs/pull-requests/12/from"),
        ("Settle invoices", "refs/pull/12/head"),  # by what both add
    ],
)
def test_the_requests_commits_are_found(work: Work, message: str, ref: str) -> None:
    tool = work.did("rev-parse", "topic~1")
    squash(work, message, ref)
    assert trace(work) == [("src/z.py", 1, LINES)]
    assert tool in work.ringfence("trace", "--format", "jsonl").out


def test_nothing_is_found_without_the_ref(work: Work) -> None:
    squash(work, "Settle invoices (#12)")
    assert trace(work) == []


def test_another_requests_ref_isnt_taken(work: Work) -> None:
    work.did("switch", "-q", "--orphan", "strange")
    work.commit(f"Strange\n\n{TRAILER}", files={"src/z.py": "nothing = 'alike'\n" * 9})
    work.did("switch", "-q", "main")
    work.did("update-ref", "refs/pull/7/head", "strange")
    squash(work, "Settle invoices")
    assert trace(work) == []


def test_a_ref_that_is_fetched_later_counts(work: Work) -> None:
    tip = work.did("rev-parse", "topic")
    squash(work, "Settle invoices (#12)")
    assert trace(work) == []
    work.did("update-ref", "refs/pull/12/head", tip)
    assert trace(work) == [("src/z.py", 1, LINES)]


def test_a_later_squash_is_found_from_a_kept_trace(work: Work) -> None:
    assert trace(work) == []
    squash(work, "Settle invoices (#12)", "refs/pull/12/head")
    assert trace(work) == [("src/z.py", 1, LINES)]
    work.commit("After", files={"src/z.py": "import os\n" + FUNCTION})
    assert trace(work) == [("src/z.py", 2, LINES + 1)]


def test_a_request_that_goes_on_from_its_own_squash_is_no_circle(work: Work) -> None:
    squash(work, "Settle invoices (#12)")
    work.did("switch", "-q", "-c", "again")
    work.commit("Later", files={"later.py": "x = 1\n"})
    work.did("update-ref", "refs/pull/12/head", "again")
    work.did("switch", "-q", "main")
    work.commit(f"Tool\n\n{TRAILER}", files={"tool.py": FUNCTION})
    assert trace(work) == [("tool.py", 1, LINES)]


def test_a_squash_with_a_mark_is_the_tools_as_a_whole(work: Work) -> None:
    squash(work, f"Settle invoices (#12)\n\n{TRAILER}", "refs/pull/12/head")
    assert ("src/z.py", 1, LINES + 4) in trace(work)


def test_lines_that_changed_on_both_sides_keep_their_own_origins(work: Work) -> None:
    work.commit("Here too", files={"routes.py": "# Bob\n" + HUMAN})
    squash(work, "Settle invoices (#12)", "refs/pull/12/head")
    assert trace(work) == [("src/z.py", 1, LINES)]


@pytest.mark.parametrize(
    ("message", "number"),
    [
        (b"Fix (#12)\n", "12"), (b"Fix #12\n", ""), (b"Fix\n\n(#12)\n", ""), (b'Revert "Fix (#12)" (#13)', "13"),
        (b"a\n\nSee merge request a/b!9\n", "9"), (b"Merged in x (pull request #4)\n\nmore", "4"),
    ],
)  # fmt: skip
def test_numbers_in_messages(message: bytes, number: str) -> None:
    assert find_number(message) == number
