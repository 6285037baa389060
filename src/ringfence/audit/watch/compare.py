"""Holds what a package has against the catalogue, and against what it had before."""

from __future__ import annotations

import os
import tempfile

from ...check.check import check_changes
from ...model import Change
from ...policy.markers import suggest
from ...sources.files import Files
from ...values import value
from .evidence import Evidence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from ...policy.plan import Plan
    from .packages import Package

_NAME = "Example"  # what stands for a variable text
_VALUES = ("1", "true", "0a1b2c3d-0000-4000-8000-000000000000")  # of a variable
NEW, GONE, SAME = "new", "gone", "same"


@value
class Compared:
    """One piece of evidence, and what is known of it.

    Attributes:
        state: `new`, `gone` or `same`, against what the package had before.
        markers: The ids of the markers of this vendor that know it; () if none does.
    """

    evidence: Evidence
    state: str
    markers: tuple[str, ...]


def compare_evidence(plan: Plan, package: Package, found: Iterable[Evidence], before: dict[str, Any]) -> list[Compared]:
    """Return what a package has now or had before, sorted by kind and text."""
    now = set(found)
    old = {Evidence(kind, text) for kind, texts in before.get("found", {}).items() for text in texts}
    return [
        Compared(item, SAME if item in now & old else NEW if item in now else GONE, find_markers(plan, package, item))
        for item in sorted(now | old, key=lambda item: (item.kind, item.text))
    ]


def find_markers(plan: Plan, package: Package, item: Evidence) -> tuple[str, ...]:
    """Return the ids of the vendor's markers that know a piece of evidence."""
    text = item.text.replace("…", _NAME)
    with tempfile.TemporaryDirectory(prefix="ringfence-") as folder:
        file = os.path.join(folder, "file")
        with open(file, "wb"):
            pass
        if item.kind == "path":
            changes = [
                Change("tree", paths=[(path.encode(), file, ())]) for path in (text, f"{text}/a.md", f"{text}/a.jsonl")
            ]
        elif item.kind == "environment":
            changes = [Change("message", texts=(("environment", f"{text}={each}".encode(), ""),)) for each in _VALUES]
        elif item.kind == "ref":
            changes = [Change("message", texts=(("ref", text.encode(), ""),))]
        else:
            changes = [Change("message", texts=(("message", f"Change\n\n{text}\n".encode(), ""),))]
        objects: Any = Files()  # it has the methods that are used
        findings = check_changes(changes, plan, objects).findings
    return tuple(sorted({found.marker for found in findings if found.marker.startswith(f"{package.vendor}-")}))


def draft_marker(package: Package, item: Evidence) -> dict[str, Any] | None:
    """Return a draft of a marker, or None where an example alone doesn't say what to match."""
    if item.kind == "environment":
        return {
            "form": f"{item.text.lower().replace('_', '-')}-variable", "kind": "environment", "variable": item.text,
            "strength": "strong", "why": f"{package.product} sets it for the commands it runs.",
            "caught": [f"{item.text}=1"], "passed": [f"X_{item.text}=1"],
        }  # fmt: skip
    if item.kind == "path":
        return suggest.suggest_from_path(item.text if "." in item.text.rpartition("/")[2] else f"{item.text}/")
    if item.kind == "message":
        return next(suggest.suggest_from_message(f"Change\n\n{item.text.replace('…', _NAME)}"), None)
    return None


def build_record(version: str, today: str, found: Iterable[Evidence]) -> dict[str, Any]:
    """Return what is remembered of a package."""
    texts: dict[str, list[str]] = {}
    for item in sorted(found, key=lambda item: (item.kind, item.text)):
        texts.setdefault(item.kind, []).append(item.text)
    return {"version": version, "seen": today, "found": texts}
