"""A verdict for machines; docs/report.schema.json describes it, and a test holds it to that."""

from __future__ import annotations

import json

from ..values import fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..model import Finding, Verdict

SCHEMA = 1


def render(verdict: Verdict) -> str:
    """Return one JSON object."""
    found = {
        "findings": [_finding(finding) for finding in verdict.findings],
        "unread": [fields(item) for item in verdict.unread],
    }
    return json.dumps(_outcome(verdict) | found | _receipt(verdict), indent=2) + "\n"


def render_lines(verdict: Verdict) -> str:
    """Return one JSON object a line, each with its `type`: the findings, what was not read, and at last the verdict."""
    lines = [{"type": "finding"} | _finding(finding) for finding in verdict.findings]
    lines += [{"type": "unread"} | fields(item) for item in verdict.unread]
    lines.append({"type": "verdict"} | _outcome(verdict) | _receipt(verdict))
    return "".join(json.dumps(line) + "\n" for line in lines)


def _finding(finding: Finding) -> dict[str, Any]:
    return fields(finding) | {"also": [fields(spot) for spot in finding.also]}


def _outcome(verdict: Verdict) -> dict[str, Any]:
    return {"schema": SCHEMA, "verdict": verdict.outcome, "tags": list(verdict.tags)}


def _receipt(verdict: Verdict) -> dict[str, Any]:
    return {"examined": verdict.examined.counts(), "ruleset": verdict.ruleset, "catalogue": verdict.catalogue}
