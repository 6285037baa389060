"""What the repository itself may hold."""

from __future__ import annotations

import subprocess
from pathlib import Path

TOP = Path(__file__).parents[1]
LIMIT = 256 << 10  # bytes


def test_no_tracked_file_is_large() -> None:
    """A large file stays in every clone for good; data for a test is made by the test."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, capture_output=True, check=True).stdout
    sizes = {name: (TOP / name).stat().st_size for name in listed.decode().split("\0") if (TOP / name).is_file()}
    assert sizes
    assert {name: size for name, size in sizes.items() if size > LIMIT} == {}
