"""What an audit adds up to, as `summary.json`."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ... import __version__
from .results import write_whole

if TYPE_CHECKING:
    from .model import Row

SCHEMA = 1
_NAMES = ("vendor", "product", "model", "tag", "part")


@dataclass(slots=True)
class Summary:
    """Counts over all units.

    Attributes:
        units: Units by outcome.
        findings, blocking, unread: Rows.
        by: Findings by vendor, product, model, tag and part.
        months: Findings by the month of their commit.
        commits, objects, bytes: What was read.
        errors: Units that could not be audited, with the reason.
    """

    units: Counter[str] = field(default_factory=Counter)
    findings: int = 0
    blocking: int = 0
    unread: int = 0
    by: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in _NAMES})
    months: Counter[str] = field(default_factory=Counter)
    commits: int = 0
    objects: int = 0
    bytes: int = 0
    errors: list[tuple[str, str]] = field(default_factory=list)

    @property
    def has_errors(self) -> bool:
        """Whether a unit could not be audited, or not as a whole."""
        return bool(self.units["error"])

    def add_finding(self, row: Row) -> None:
        """Count a row of the findings."""
        self.findings += 1
        self.blocking += row["is_blocking"]
        for name, counts in self.by.items():
            if row[name]:
                counts[row[name]] += 1
        if row["date"]:
            self.months[row["date"][:7]] += 1

    def add_unread(self) -> None:
        """Count a row of what could not be read."""
        self.unread += 1

    def add_unit(self, row: Row) -> None:
        """Count a unit by its row."""
        self.units[row["outcome"]] += 1
        self.commits += row["commits"]
        self.objects += row["objects"]
        self.bytes += row["bytes"]
        if row["error"]:
            self.errors.append((row["unit"], row["error"]))

    def build_report(self) -> dict[str, Any]:
        """Return the object that `summary.json` holds."""
        return {
            "schema": SCHEMA,
            "ringfence": __version__,
            "units": {"all": self.units.total(), **dict(sorted(self.units.items()))},
            "findings": self.findings,
            "blocking": self.blocking,
            "unread": self.unread,
            "commits": self.commits,
            "objects": self.objects,
            "bytes": self.bytes,
            **{f"by_{name}": _sort(counts) for name, counts in self.by.items()},
            "by_month": dict(sorted(self.months.items())),
            "errors": [{"unit": unit, "error": error} for unit, error in self.errors],
        }

    def write(self, folder: str) -> None:
        """Write it into the folder of the audit."""
        write_whole(os.path.join(folder, "summary.json"), (json.dumps(self.build_report(), indent=2) + "\n").encode())


def _sort(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
