"""The examples of docs/trace.md run, and leave out what a tool wrote."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import TRAILER, Work, init, run
from needs import PIPELINES
from samples import FUNCTION, HUMAN

PAGE = Path(__file__).parents[2] / "docs/trace.md"
*EXAMPLES, CORPUS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
[COMMANDS] = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
NAMES = ["duckdb", "pandas", "pyarrow", "datasets", "datatrove", "ray"]


def test_there_is_an_example_for_each() -> None:
    imported = [re.findall(r"^(?:import|from) (\w+)", example, re.MULTILINE) for example in EXAMPLES]
    assert [name in used for name, used in zip(NAMES, imported, strict=True)] == [True] * len(NAMES)


@pytest.mark.long
@pytest.mark.needs("pipelines")
@pytest.mark.parametrize("example", EXAMPLES, ids=NAMES)
def test_what_is_left_is_what_people_wrote(example: str, tmp_path: Path) -> None:
    work = init(tmp_path / "corpus")
    people = [{"id": number, "text": f"a person wrote this, number {number}"} for number in range(1, 5)]
    rows = "".join(json.dumps(row) + "\n" for row in people[:2])
    work.commit("People", files={"data/rows.jsonl": rows})
    rows += json.dumps({"id": 100, "text": "a tool wrote this"}) + "\n"
    work.commit(f"Tool\n\n{TRAILER}", files={"data/rows.jsonl": rows})
    work.commit("People", files={"data/rows.jsonl": rows + "".join(json.dumps(row) + "\n" for row in people[2:])})
    assert work.ringfence("trace", "--exclude", "rows", "--output", "exclude.jsonl")
    if "read_parquet" in example:  # of which no history knows single rows: an index would
        table = pa.table({"id": [1, 100, 2, 3, 4], "text": ["x"] * 5})
        pq.write_table(table, work.path / "data/a.parquet")
        lines = [{"path": "data/a.parquet", "row": 2}, {"path": "data/b.parquet", "row": None}]
        (work.path / "exclude.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        pq.write_table(pa.table({"id": [200], "text": ["y"]}), work.path / "data/b.parquet")
    (work.path / "example.py").write_text(example)
    offline = {"HF_HOME": str(tmp_path / "hf"), "HF_HUB_OFFLINE": "1", "RAY_USAGE_STATS_ENABLED": "0"}
    done = subprocess.run(
        [str(PIPELINES), "example.py"], cwd=work.path, env=os.environ | offline, capture_output=True, text=True,
        check=False, timeout=400,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    clean = sorted([*work.path.glob("clean*.parquet"), *work.path.glob("clean/*.parquet")])
    left = [row for file in clean for row in pq.read_table(file).to_pylist()]
    # datatrove keeps what isn't its own under metadata.
    assert sorted(row["id"] if isinstance(row["id"], int) else row["metadata"]["id"] for row in left) == [1, 2, 3, 4]


def test_three_repositories_become_a_corpus_without_what_tools_wrote(tmp_path: Path) -> None:
    for name in ("billing", "routes", "tools"):
        init(tmp_path / "repos" / name).commit("First", files={"src/mine.py": HUMAN})
    billing, routes, tools = (Work(tmp_path / "repos" / name) for name in ("billing", "routes", "tools"))
    billing.commit(f"Settle\n\n{TRAILER}", files={"src/z.py": FUNCTION, "src/mine.py": HUMAN + "x = 1\n"})
    routes.commit("Copy", files={"copied.py": FUNCTION})  # without a mark
    tools.commit(f"Odd name\n\n{TRAILER}", files={"a b.py": FUNCTION})
    (tmp_path / "corpus.py").write_text(CORPUS)
    commands = COMMANDS.splitlines()
    assert len(commands) <= 6
    for name, program in {"ringfence": f'"{sys.executable}" -m ringfence', "python": f'"{sys.executable}"'}.items():
        script = tmp_path / "bin" / name
        script.parent.mkdir(exist_ok=True)
        script.write_text(f'#!/bin/sh\nexec {program} "$@"\n')
        script.chmod(0o755)
    for command in commands:
        path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
        said = run("sh", "-ec", command, cwd=tmp_path, PATH=path)
        assert said, said.out
    left = pq.read_table(tmp_path / "corpus.parquet")["path"].to_pylist()
    assert left == [f"repos/{name}/src/mine.py" for name in ("billing", "routes", "tools")]
