"""What `make evaluate` counts: labelled commits are judged as the gate judges them."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[1] / "bench"
ROWS = [
    {"author": "Ann <ann@example.org>", "committer": "Ann <ann@example.org>", "message": "Add rows"},
    {
        "author": "Ann <ann@example.org>",
        "committer": "Ann <ann@example.org>",
        "message": "Add rows\n\nCo-authored-by: Claude <noreply@anthropic.com>\n",
    },
]


def test_each_commit_comes_back_with_what_counts_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(BENCH), *sys.path])
    import labelled

    with gzip.open(tmp_path / "rows.jsonl.gz", "wt") as file:
        file.writelines(f"{json.dumps(row)}\n" for row in ROWS)
    judged = labelled.judged(tmp_path / "rows.jsonl.gz")
    assert [row for row, _ in judged] == ROWS
    assert [[item.marker for item in found] for _, found in judged] == [[], ["anthropic-claude-code-address"]]
