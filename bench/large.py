"""How long one large file takes, beside git sending it, and how much memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import synthetic
from history import CHECK
from timing import OURS, Row, forget, memory, seconds


def rows(folder: Path, size: int) -> Iterator[Row]:
    """Yield the rows for a file of so many bytes."""
    repo = folder / f"large-{size}.git"
    if not repo.exists():
        synthetic.imported(repo, synthetic.large(size))
    what = f"one file of {size / (1 << 30):g} GiB"

    def check() -> float:
        forget()
        return seconds([*OURS, *CHECK, "--repo", str(repo)], repo)

    def sent() -> float:
        return seconds(["/bin/sh", "-c", "git cat-file blob HEAD:rows.txt >/dev/null"], repo)

    yield Row(f"check --all, {what}", "git cat-file blob", 1.15, check, sent, runs=3)
    forget()
    held = [*CHECK, "--repo", str(repo)]
    yield Row(
        f"check --all, {what}, memory",
        "250 MB (git's own left out)",
        1,
        lambda: memory(held, repo),
        lambda: 250.0,
        "MB",
        1,
    )
