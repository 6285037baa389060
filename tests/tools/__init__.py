"""What tests validate with beside Python: tools from npm, which `make .venv/ready-tools` puts here, and a browser."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_IN_CI = "CI" in os.environ  # read before any test pins its environment
MODULES = Path(__file__).parent / "node_modules"


def tool(name: str) -> str:
    """Return the path of a tool below node_modules."""
    path = MODULES / name
    return needed(str(path) if path.exists() else None, f"{name} (make .venv/ready-tools)")


def needed(path: str | None, name: str) -> str:
    """Return a path; where there is none a test is skipped, and in CI it fails."""
    if not path:
        assert not _IN_CI, f"{name} is missing"
        pytest.skip(f"{name} is missing")
    return path
