"""Validators that come from npm; `make .venv/ready-tools` puts them here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_IN_CI = "CI" in os.environ  # read before any test pins its environment
MODULES = Path(__file__).parent / "node_modules"


def tool(name: str) -> str:
    """Return the path of a tool below node_modules; without it a test is skipped, and in CI it fails."""
    path = MODULES / name
    if not path.exists():
        assert not _IN_CI, f"{name} is missing: make .venv/ready-tools"
        pytest.skip(f"{name} is missing: make .venv/ready-tools")
    return str(path)
