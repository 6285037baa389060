"""What the tests of caches share."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import seed_catalogue
from ringfence.check import check
from ringfence.scan import reader


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Cache from the first object on, in a folder of this test's own, which is returned."""
    seed_catalogue(tmp_path / "cache" / "ringfence")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(check, "_MANY", 1)
    for module in (check, reader):
        monkeypatch.setattr(module, "CACHE_FROM", 1)
    return tmp_path / "cache" / "ringfence"
