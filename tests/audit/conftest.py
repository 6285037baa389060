"""Repositories to audit, and the tables that come of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from conftest import TRAILER, Said, Work, init


class Audit:
    """A folder to audit from, and the folder of results."""

    def __init__(self, path: Path) -> None:
        self.work = Work(path)
        self.out = path / "out"

    def run(self, *arguments: str | Path, **env: str) -> Said:
        """Audit units."""
        return self.work.ringfence("audit", *map(str, arguments), "--out", str(self.out), **env)

    def table(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of a table."""
        return pq.read_table(self.out / f"{name}.parquet").to_pylist()

    def units(self) -> dict[str, dict[str, Any]]:
        """Return the row of each unit, by the last part of its name."""
        return {Path(row["unit"]).name: row for row in self.table("units")}


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    return Audit(tmp_path)


@pytest.fixture
def repos(tmp_path: Path) -> Path:
    """A folder of three repositories: a clean one, one with marks, a bare one without commits."""
    folder = tmp_path / "repos"
    init(folder / "clean").commit("First", files={"a.md": "A place.\n"})
    marked = init(folder / "deep" / "marked")
    marked.commit(f"Add\n\n{TRAILER}", files={"b.md": "Text.\n"})
    init(folder / "none.git", "--bare")
    return folder
