"""Levels, shares and lists to exclude."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import TRAILER, Work, init
from ringfence.audit.trace.functions import find_functions
from samples import FUNCTION, HUMAN

LINES = FUNCTION.count("\n")
PYTHON = [(3, 6), (10, 11)]
PERSON = """def count(items):
    '''Count what is there.'''
    total = 0
    for item in items:
        total += 1
    return total
"""


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """A file with a function of a person and one of a tool, and data with a row of each."""
    made = init(tmp_path / "work")
    rows = '{"text": "one"}\n\n{"text": "two"}\n'
    table = 'name,text\na,"two\nlines"\nb,one\n'
    made.commit("First", files={"a.py": PERSON, "routes.py": HUMAN, "data/rows.jsonl": rows, "data/t.csv": table})
    made.commit(
        f"Tool\n\n{TRAILER}",
        files={
            "a.py": PERSON.replace("total += 1", "total += int(item.is_there())") + "\n\n" + FUNCTION,
            "data/rows.jsonl": rows + '{"text": "three, which a tool wrote"}\n',
            "data/t.csv": table + 'c,"written\nby a tool"\n',
            "data/x.bin": b"\0\1\2" * 90,
        },
    )
    return made


def trace(work: Work, *args: str) -> list[dict]:
    said = work.ringfence("trace", "--format", "jsonl", *args)
    assert said, said.out
    return [json.loads(line) for line in said.out.splitlines()]


def test_functions_fall_by_their_share(work: Work) -> None:
    rows = trace(work, "--level", "function", "a.py")
    # The two empty lines between the functions are the tool's, and in neither.
    assert [(row["start_line"], row["end_line"], row["share"]) for row in rows] == [
        (1, 6, 0.1667), (9, 8 + LINES, 1.0), (7, 8, None),
    ]  # fmt: skip
    rows = trace(work, "--level", "function", "--share", "0.5", "a.py")
    assert [row["start_line"] for row in rows] == [9, 7]


def test_files_fall_by_their_share(work: Work) -> None:
    rows = trace(work, "--level", "file")
    assert {row["path"]: row["share"] for row in rows} == {
        "a.py": round((LINES + 3) / (LINES + 8), 4), "data/rows.jsonl": 0.25, "data/t.csv": 0.3333, "data/x.bin": 1.0,
    }  # fmt: skip
    assert [row["path"] for row in trace(work, "--level", "file", "--share", "0.3")] == [
        "a.py",
        "data/t.csv",
        "data/x.bin",
    ]


def test_the_repository_falls_by_its_share(work: Work) -> None:
    [row] = trace(work, "--level", "repository")
    assert 0.4 < row["share"] < 0.6
    assert (row["path"], row["product"]) == (None, "Claude Code")
    assert trace(work, "--level", "repository", "--share", "0.6") == []


def test_lists_to_exclude(work: Work) -> None:
    paths = work.ringfence("trace", "--exclude", "paths").out.split()
    assert paths == ["a.py", "data/rows.jsonl", "data/t.csv", "data/x.bin"]
    objects = work.ringfence("trace", "--exclude", "objects", "--share", "0.5").out.split()
    assert objects == [work.did("rev-parse", f"HEAD:{name}") for name in ("a.py", "data/x.bin")]
    rows = [json.loads(line) for line in work.ringfence("trace", "--exclude", "rows").out.splitlines()]
    assert rows == [
        {"path": "data/rows.jsonl", "row": 4}, {"path": "data/t.csv", "row": 3}, {"path": "data/x.bin", "row": None},
    ]  # fmt: skip


def test_an_edited_line_excludes_nothing(work: Work) -> None:
    work.commit("Mine", files={"data/rows.jsonl": '{"text": "three, which a person wrote"}\n'})
    assert trace(work, "data/rows.jsonl")[0]["edited"]
    assert "rows.jsonl" not in work.ringfence("trace", "--exclude", "rows").out
    assert "rows.jsonl" not in work.ringfence("trace", "--exclude", "paths").out
    assert trace(work, "--level", "file", "data/rows.jsonl") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "import os\n\ndef one(\n    a,\n):\n    return a\n\n\nclass A:\n    def two():\n        1\n\n    x = 1",
            PYTHON,
        ),
        ("func One(a int) int {\n\treturn a\n}\n\nvar x = 1\n\nfunc (s *S) Two() {\n}\n", [(1, 3), (7, 8)]),
        ("pub fn one() -> u8 {\n    if a {\n        1\n    } else {\n        2\n    }\n}\nconst A: u8 = 1;", [(1, 7)]),
        ("static int one(int a)\n{\n    return a;\n}\n", []),  # the brace stands alone: its lines stay lines
        ("int one(int a) {\n    while (a) {\n        a--;\n    }\n}\n", [(1, 5)]),
        ("export async function one() {\n  return 1\n}\nconst two = 3\n", [(1, 3)]),
        ("def one\n  1\nend\nx = 2\n", [(1, 3)]),
        ("plain text (with brackets)\nand more\n", []),
    ],
)  # fmt: skip
def test_functions_of_many_languages(text: str, found: list[tuple[int, int]]) -> None:
    assert list(find_functions(text.encode().split(b"\n"))) == found


def test_a_file_of_one_long_line_is_passed_over_quickly() -> None:
    assert list(find_functions([b"a" + b"(" * 10**6 + b"{"])) == []
