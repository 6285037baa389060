"""The JSON and JSON Lines reports; docs/report.schema.json describes them, and a test checks them against it."""

from __future__ import annotations

import json

from ..values import fields
from .missing_readers import group_missing_readers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..model import Finding, Verdict

SCHEMA = 1


def render(verdict: Verdict) -> str:
    """Return one JSON object."""
    found = {
        "findings": [_build_finding(finding) for finding in verdict.findings],
        "unread": [fields(item) for item in verdict.unread],
    }
    return json.dumps(_build_outcome(verdict) | found | _build_receipt(verdict), indent=2) + "\n"


def render_lines(verdict: Verdict) -> str:
    """Return one JSON object a line, each with a `type`: the findings, the unread content, and last the verdict."""
    lines = [{"type": "finding"} | _build_finding(finding) for finding in verdict.findings]
    lines += [{"type": "unread"} | fields(item) for item in verdict.unread]
    lines.append({"type": "verdict"} | _build_outcome(verdict) | _build_receipt(verdict))
    return "".join(json.dumps(line) + "\n" for line in lines)


def _build_finding(finding: Finding) -> dict[str, Any]:
    origin = fields(finding.origin) if finding.origin else None
    return fields(finding) | {"also": [fields(spot) for spot in finding.also], "origin": origin}


def _build_outcome(verdict: Verdict) -> dict[str, Any]:
    observed = {"observed": list(verdict.observed)} if verdict.observed else {}
    return {"schema": SCHEMA, "verdict": verdict.outcome, "tags": list(verdict.tags)} | observed


def _build_receipt(verdict: Verdict) -> dict[str, Any]:
    missing = [
        {"extra": group.extra, "files": len(group.paths), "install": group.install, "action": group.action}
        for group in group_missing_readers(verdict.unread)
    ]
    return {
        "no_reader": missing,
        "examined": verdict.examined.collect_counts(),
        "ruleset": verdict.ruleset,
        "catalogue": verdict.catalogue,
    }
