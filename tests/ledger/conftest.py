"""A server that keeps a ledger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import Work
from ringfence import ledger


def kept(path: Path, where: str = "1") -> list[dict[str, Any]]:
    """Return the entries of a ledger, each with its body opened."""
    found = []
    for entry in ledger.entries(str(path), where):
        row = {name: getattr(entry, name) for name in ledger.COLUMNS}
        found.append(row | {"body": json.loads(entry.body)})
    return found


@pytest.fixture
def book(server: Work, clone: Work, tmp_path: Path) -> Path:
    """The ledger of `server`, configured after `clone` was pushed and so still to be made."""
    path = tmp_path / "kept" / "ledger.db"
    server.did("config", "ringfence.ledger", str(path))
    return path
