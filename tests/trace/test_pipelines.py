"""The examples of docs/trace.md run, and leave out what a tool wrote."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import TRAILER, init
from needs import PIPELINES

PAGE = Path(__file__).parents[2] / "docs/trace.md"
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
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
