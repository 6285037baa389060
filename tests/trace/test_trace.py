"""`ringfence trace`: which lines, files and rows come from whose tool."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from conftest import TRAILER, Work, cloned, init
from samples import FUNCTION, HUMAN

LINES = FUNCTION.count("\n")
ROWS = '{"model": "none", "text": "a row that a person wrote"}\n'


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """A repository with a person's file and one that Claude Code wrote."""
    made = init(tmp_path / "work")
    made.commit("Routes", files={"routes.py": HUMAN})
    made.commit(f"Settle invoices\n\n{TRAILER}", files={"src/z.py": FUNCTION})
    return made


def trace(work: Work, *args: str) -> list[dict]:
    said = work.ringfence("trace", "--format", "jsonl", *args)
    assert said, said.out
    return [json.loads(line) for line in said.out.splitlines()]


def ranges(rows: list[dict], path: str = "src/z.py", *, edited: bool = False) -> list[tuple[int, int]]:
    return [(row["start_line"], row["end_line"]) for row in rows if row["path"] == path and row["edited"] == edited]


def test_a_tools_lines_are_named_with_their_commit(work: Work) -> None:
    [row] = trace(work)
    assert row["path"] == "src/z.py"
    assert (row["start_line"], row["end_line"]) == (1, LINES)
    assert (row["source_start"], row["source_end"]) == (1, LINES)
    assert row["source_commit"] == row["commit"] == work.did("rev-parse", "HEAD")
    assert row["blob"] == work.did("rev-parse", "HEAD:src/z.py")
    assert (row["vendor"], row["product"], row["evidence"]) == ("anthropic", "Claude Code", "blame")
    assert row["written_at"] == "2023-11-14T22:13:20"


def test_a_persons_edit_is_theirs_with_the_origin_beside_it(work: Work) -> None:
    tool = work.did("rev-parse", "HEAD")
    text = FUNCTION.replace("open_items = []", "open_items = list(carried_over)")
    work.commit("Carry over", files={"src/z.py": text})
    work.commit("Rename it", files={"src/z.py": text.replace("carried_over", "carried_over_items")})
    rows = trace(work)
    assert ranges(rows) == [(1, 2), (4, LINES)]
    [edited] = [row for row in rows if row["edited"]]
    assert (edited["start_line"], edited["source_start"], edited["source_commit"]) == (3, 3, tool)


def test_a_line_that_a_person_wrote_anew_has_no_origin(work: Work) -> None:
    text = FUNCTION.replace("    open_items = []\n", "    # Due dates are in the customer's own time zone\n")
    work.commit("Say more", files={"src/z.py": text})
    rows = trace(work)
    assert ranges(rows) == [(1, 2), (4, LINES)]
    assert ranges(rows, edited=True) == []


def test_a_tools_change_of_a_persons_file_is_the_tools(work: Work) -> None:
    text = HUMAN.replace("self.miles = miles", "self.miles = float(miles)")
    work.commit(f"Convert\n\n{TRAILER}", files={"routes.py": text})
    number = text[: text.index("float")].count("\n") + 1
    assert ranges(trace(work), "routes.py") == [(number, number)]


def test_a_moved_and_reindented_file_stays_the_tools(work: Work) -> None:
    work.did("mv", "src/z.py", "billing.py")
    work.commit("Move", files={"billing.py": FUNCTION.replace("    ", "  ")})
    [row] = trace(work)
    assert (row["path"], row["source_path"]) == ("billing.py", "src/z.py")


def test_an_older_revision_and_paths(work: Work) -> None:
    work.commit("Away", files={"src/z.py": "pass\n"})
    assert trace(work) == []
    assert ranges(trace(work, "--at", "HEAD~1")) == [(1, LINES)]
    assert trace(work, "--at", "HEAD~1", "routes.py") == []
    assert ranges(trace(work, "--at", "HEAD~1", "src")) == [(1, LINES)]


def test_a_binary_file_counts_as_a_whole(work: Work) -> None:
    work.commit(f"Picture\n\n{TRAILER}", files={"a.bin": b"\0\1\2" * 100, "person.txt": "x\n"})
    [row] = [row for row in trace(work) if row["path"] == "a.bin"]
    assert (row["evidence"], row["start_line"]) == ("object", None)
    work.commit("Mine now", files={"a.bin": b"\0\3\4" * 100})
    assert "a.bin" not in {row["path"] for row in trace(work)}


def test_notes_of_git_ai_say_which_lines(work: Work) -> None:
    commit = work.commit("Both of us", files={"both.py": HUMAN})
    agent = {"agent_id": {"tool": "claude", "model": "claude-opus-4-5", "id": "x"}}
    note = "both.py\n  s_0123456789abcd::t_0123456789abcd 2-4,6\n---\n" + json.dumps(
        {"schema_version": "authorship/3.0.0", "sessions": {"s_0123456789abcd": agent}}
    )
    work.did("notes", "--ref=ai", "add", "-m", note, commit)
    rows = [row for row in trace(work) if row["path"] == "both.py"]
    assert ranges(rows, "both.py") == [(2, 4), (6, 6)]
    assert {(row["evidence"], row["model"]) for row in rows} == {("note", "claude-opus-4-5")}


def test_all_table_formats_say_the_same(work: Work, tmp_path: Path) -> None:
    rows = trace(work)
    said = work.ringfence("trace", "--format", "csv")
    [read] = csv.DictReader(io.StringIO(said.out))
    assert {name: text or None for name, text in read.items()} == {
        name: None if value is None else str(value).lower() if value is False else str(value)
        for name, value in rows[0].items()
    }
    assert work.ringfence("trace", "--format", "parquet", "--output", str(tmp_path / "t.parquet"))
    assert pq.read_table(tmp_path / "t.parquet").to_pylist() == rows


def test_exit_codes(work: Work, tmp_path: Path) -> None:
    assert work.ringfence("trace").status == 0
    assert work.ringfence("trace", "--fail").status == 1
    assert work.ringfence("trace", "--fail", "routes.py").status == 0
    assert work.ringfence("trace", "nothing.py").status == 2
    assert work.ringfence("trace", "--at", "nowhere").status == 3
    assert work.ringfence("trace", "--output", str(tmp_path / "no" / "file")).status == 2


def test_a_shallow_clone_is_incomplete_and_accuses_nobody_of_what_lies_before(work: Work, tmp_path: Path) -> None:
    work.commit("Later", files={"later.py": "x = 1\n"})
    work.did("clone", "-q", "--depth", "2", work.path.as_uri(), str(tmp_path / "shallow"))
    said = Work(tmp_path / "shallow").ringfence("trace", "--format", "jsonl")
    assert said.status == 3
    assert "git fetch --unshallow" in said.out
    assert "src/z.py" not in said.out


def test_a_partial_clone_is_incomplete(work: Work, tmp_path: Path) -> None:
    work.commit("Change", files={"src/z.py": FUNCTION + "more = 1\n"})
    work.did("config", "uploadpack.allowFilter", "true")
    work.did("clone", "-q", "--filter=blob:none", work.path.as_uri(), str(tmp_path / "partial"))
    said = Work(tmp_path / "partial").ringfence("trace")
    assert said.status == 3
    assert "src/z.py: an older version of it isn't in this clone" in said.out


def test_a_submodule_and_an_absent_lfs_content_are_incomplete(work: Work) -> None:
    work.did("update-index", "--add", "--cacheinfo", f"160000,{work.did('rev-parse', 'HEAD')},vendor/lib")
    work.write("big.bin", f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12\n")
    work.did("add", "big.bin")
    work.did("commit", "-qm", "Parts")
    said = work.ringfence("trace")
    assert said.status == 3
    assert "vendor/lib: a submodule" in said.out
    assert "big.bin: Git LFS content that isn't in this clone" in said.out


def test_the_table_gives_shares(work: Work) -> None:
    out = work.ringfence("trace").out
    total = LINES + HUMAN.count("\n")
    assert f"{LINES} of {total} lines ({100 * LINES / total:.1f} %) in 1 of 2 files come from rivals' tools" in out
    for part in ("anthropic, Claude Code", "src/", "2023-11"):
        assert part in out


def test_the_lines_of_one_file_as_git_blame_has_them(work: Work) -> None:
    tool = work.did("rev-parse", "--short=12", "HEAD")
    work.commit("Edit", files={"src/z.py": FUNCTION.replace("open_items = []", "open_items = list(more_items)")})
    shown = work.ringfence("trace", "src/z.py").out.splitlines()
    assert shown[0] == f"{tool}  Claude Code  1 {FUNCTION.splitlines()[0]}"
    assert shown[2].startswith(f"{tool}~ Claude Code  3 ")
    assert len(shown) == LINES


def test_a_bare_repository_and_a_subfolder(work: Work, tmp_path: Path) -> None:
    work.did("clone", "-q", "--bare", str(work.path), str(tmp_path / "bare.git"))
    assert ranges(trace(Work(tmp_path / "bare.git"))) == [(1, LINES)]
    assert ranges(trace(Work(work.path / "src"))) == [(1, LINES)]
    assert ranges(trace(Work(work.path / "src"), "z.py")) == [(1, LINES)]


def test_a_vendor_that_is_no_rival_isnt_traced(work: Work, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('version = 1\n\n[organisation]\nown = ["anthropic"]\n')
    said = work.ringfence("trace", "--format", "jsonl", "--policy", str(policy))
    assert said, said.out
    assert said.out == ""


@pytest.fixture
def index(work: Work, tmp_path: Path) -> str:
    folder = str(tmp_path / "index")
    assert work.ringfence("ingredients", "record", "--all", "--name", "lab/pay", "--index", folder)
    return folder


def test_what_history_doesnt_say_is_looked_up(work: Work, index: str, tmp_path: Path) -> None:
    tool = work.did("rev-parse", "HEAD")
    rows = init(tmp_path / "rows")
    body = json.dumps({"completion": FUNCTION})
    rows.commit("Import", files={"copied.py": HUMAN + FUNCTION, "rows.jsonl": ROWS + body + "\n", "whole.py": FUNCTION})
    found = {row["path"]: row for row in trace(rows, "--index", index)}
    first = HUMAN.count("\n") + 1
    copied = found["copied.py"]
    assert first <= copied["start_line"] <= first + 1
    assert copied["end_line"] >= first + LINES - 3
    assert (copied["evidence"], copied["source_repo"], copied["source_commit"]) == ("ingredient", "lab/pay", tool)
    assert (found["rows.jsonl"]["row"], found["rows.jsonl"]["field"]) == (2, "completion")
    assert (found["whole.py"]["evidence"], found["whole.py"]["end_line"]) == ("object", LINES)
    assert trace(rows) == []


def test_what_history_says_isnt_looked_up(work: Work, index: str) -> None:
    [row] = trace(work, "--index", index)
    assert row["evidence"] == "blame"


def test_rows_of_parquet_are_looked_up(index: str, tmp_path: Path) -> None:
    import pyarrow as pa

    rows = init(tmp_path / "rows")
    table = pa.table({"id": [1, 2, 3], "answer": ["a person's own words", FUNCTION, "others"]})
    pq.write_table(table, tmp_path / "t.parquet")
    rows.commit("Import", files={"t.parquet": (tmp_path / "t.parquet").read_bytes()})
    [row] = trace(rows, "--index", index)
    assert (row["row"], row["field"], row["start_line"]) == (2, "answer", None)


def test_a_clone_traces_like_its_origin(work: Work, tmp_path: Path) -> None:
    assert [row["blob"] for row in trace(cloned(work, tmp_path / "clone"))] == [row["blob"] for row in trace(work)]
