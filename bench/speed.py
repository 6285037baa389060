"""Measures everything that must be fast, side by side with its floor or another tool: `make bench`.

Writes `docs/performance.json`, and the table of `docs/performance.md` from it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import history
import hooks
import large
import many
import other_tools
import pushes
import synthetic
from timing import Row, measured

import markers

DOCS = Path(__file__).parents[1] / "docs"
BEGIN, END = "<!-- measured -->\n", "<!-- /measured -->\n"
PARTS = ("hooks", "markers", "pushes", "history", "others", "large", "growth", "many")
REAL = ("real", "real-others")


def rows(folder: Path, work: Path, given: argparse.Namespace) -> Iterator[tuple[str, Row]]:
    """Yield every row that is wanted, with the part it belongs to; `folder` is kept for the next time."""
    programs = other_tools.installed(folder / "tools")
    rules = other_tools.rules(folder)
    commits = 5_000 if given.quick else 40_000
    sizes = (1_000, 5_000) if given.quick else (10_000, 100_000)
    parts = {
        "hooks": lambda: hooks.rows(work, programs, rules),
        "markers": lambda: markers.rows(work),
        "pushes": lambda: pushes.rows(work, programs, rules),
        "history": lambda: history.rows(synthetic.history(folder, commits), f"{commits:,} commits"),
        "others": lambda: history.others(synthetic.history(folder, commits), f"{commits:,} commits", programs, rules),
        "large": lambda: large.rows(folder, (1 << 28) if given.quick else (4 << 30)),
        "growth": lambda: [history.growth(*(synthetic.history(folder, n) for n in sizes), sizes[1] // sizes[0])],
        "many": lambda: many.rows(work, 200 if given.quick else 2000),
        "real": lambda: history.rows(given.repo, given.repo.name),
        "real-others": lambda: history.others(given.repo, given.repo.name, programs, rules),
    }
    for part in given.only or (REAL if given.repo else PARTS):
        for row in parts[part]():
            yield part, row


def table(results: list[dict[str, object]]) -> str:
    """Return the results as a table of the page."""
    lines = ["| work | held against | at most | ratio | spread | ours | theirs |", "|---|---|---|---|---|---|---|"]
    for row in results:
        reached = "" if row["ratio"] <= row["at_most"] else " (missed)"
        ratio, spread = f"**{row['ratio']:.2f}**{reached}", f"{row['least']:.2f} to {row['most']:.2f}"
        amounts = (_amount(row[side], row["unit"]) for side in ("ours", "theirs"))
        values = (row["work"], row["against"], f"{row['at_most']:g}", ratio, spread, *amounts)
        lines.append(f"| {' | '.join(map(str, values))} |")
    return "\n".join(lines) + "\n"


def _amount(number: float, unit: str) -> str:
    if unit == "s":
        return f"{number * 1000:.1f} ms" if number < 1 else f"{number:.2f} s"
    return f"{number:.0f} MB" if unit == "MB" else f"{number:.2f}"


def machine() -> str:
    """Say on what was measured."""
    git = subprocess.run(["git", "--version"], capture_output=True, check=True, text=True).stdout.strip()
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, {git}"
    )


def main() -> None:
    """Measure what is asked for, and write it down."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="small inputs, and nothing is written down")
    options.add_argument("--only", action="append", choices=PARTS, help="a part; others keep what was written of them")
    options.add_argument("--repo", type=Path, help="a real repository instead of made ones")
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    options.add_argument("--inputs", type=Path, default=Path(cache) / "ringfence-bench", help="where inputs are kept")
    given = options.parse_args()
    given.inputs.mkdir(parents=True, exist_ok=True)
    os.environ["XDG_CACHE_HOME"] = str(given.inputs / "cache")
    fresh: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as work:
        for part, row in rows(given.inputs, Path(work), given):
            fresh.append(measured(row) | {"part": part})
            print(table(fresh[-1:]).splitlines()[-1], flush=True)
            if not (given.quick or given.repo):
                write(fresh)


def write(fresh: list[dict[str, object]]) -> None:
    """Write results down, in the place of older ones of the same work."""
    file, page = DOCS / "performance.json", DOCS / "performance.md"
    old = json.loads(file.read_text())["results"] if file.exists() else []
    named = {(row["work"], row["against"]): row for row in (*old, *fresh)}
    results = sorted(named.values(), key=lambda row: PARTS.index(str(row["part"])))
    file.write_text(json.dumps({"machine": machine(), "results": results}, indent=1) + "\n")
    before, _, rest = page.read_text().partition(BEGIN)
    page.write_text(f"{before}{BEGIN}Measured with {machine()}.\n\n{table(results)}{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
