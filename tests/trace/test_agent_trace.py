"""Records of Agent Trace that a repository keeps say which lines of unmarked commits models wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import TRAILER, Work, init
from ringfence.scan.ingredients.agent_trace import FILE, parse_records
from samples import FUNCTION, HUMAN

FIRST = HUMAN.count("\n") + 1
LAST = FIRST + FUNCTION.count("\n") - 1


def build_record(commit: str, kind: str = "ai", model: str = "anthropic/claude-opus-4-5", **more: object) -> str:
    part = {"start_line": FIRST, "end_line": LAST}
    conversation = {"contributor": {"type": kind, "model_id": model}, "ranges": [part]}
    file = {"path": "both.py", "conversations": [conversation]}
    record = {"version": "0.1.0", "id": "0", "timestamp": "2026-11-01T00:00:00Z", "files": [file], **more}
    return json.dumps({**record, "vcs": {"type": "git", "revision": commit}}) + "\n"


@pytest.fixture
def work(tmp_path: Path) -> Work:
    made = init(tmp_path / "lab")
    made.commit("Routes and invoices", files={"both.py": HUMAN + FUNCTION})
    return made


def trace(work: Work, *options: str) -> list[tuple[str, int, int, str, str]]:
    said = work.ringfence("trace", "--format", "jsonl", *options)
    rows = map(json.loads, said.out.splitlines())
    names = ("path", "start_line", "end_line", "vendor", "evidence")
    return [tuple(row[name] for name in names) for row in rows if row["path"] != FILE]


def test_a_record_that_comes_later_names_the_lines(work: Work) -> None:
    written = work.did("rev-parse", "HEAD")
    assert trace(work) == []
    work.commit("Keep records", files={FILE: "no json\n" + build_record(written)})
    assert trace(work) == [("both.py", FIRST, LAST, "anthropic", "agent-trace")]


def test_a_tool_that_is_known_names_the_product(work: Work) -> None:
    record = build_record(work.did("rev-parse", "HEAD"), model="", tool={"name": "cursor", "version": "2.4.0"})
    work.commit("Keep records", files={FILE: record})
    assert trace(work) == [("both.py", FIRST, LAST, "anysphere", "agent-trace")]


@pytest.mark.parametrize("kind", ["human", "unknown"])
def test_a_persons_lines_are_nobodys(work: Work, kind: str) -> None:
    work.commit("Keep records", files={FILE: build_record(work.did("rev-parse", "HEAD"), kind)})
    assert trace(work) == []


def test_a_record_takes_nothing_from_a_marked_commit(tmp_path: Path) -> None:
    work = init(tmp_path / "lab")
    written = work.commit(f"Both\n\n{TRAILER}", files={"both.py": HUMAN + FUNCTION})
    work.commit("Keep records", files={FILE: build_record(written, "human")})
    assert trace(work) == [("both.py", 1, LAST, "anthropic", "blame")]


def test_recorded_lines_are_known_elsewhere_as_the_models(work: Work, tmp_path: Path) -> None:
    work.commit("Keep records", files={FILE: build_record(work.did("rev-parse", "HEAD"))})
    index = str(tmp_path / "index")
    said = work.ringfence("ingredients", "record", "--all", "--name", "lab", "--index", index)
    assert "recorded 1 marked commit of 2, 1 file" in said.out
    copy = init(tmp_path / "copy")
    copy.commit("Import", files={"a.py": FUNCTION, "b.py": HUMAN})
    lines = FUNCTION.count("\n")
    assert trace(copy, "--index", index) == [("a.py", 1, lines, "anthropic", "ingredient")]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"vcs": {"revision": "a"}}', '{"vcs": {"revision": "a"}, "files": [{"conversations": 1}]}'],
)
def test_what_is_no_record_says_nothing(text: str) -> None:
    assert parse_records(text.encode()) == {}
