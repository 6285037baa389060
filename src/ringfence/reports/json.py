"""A verdict for machines; docs/report.schema.json describes it, and a test holds it to that."""

from __future__ import annotations

import json

from ..values import fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Verdict

SCHEMA = 1


def render(verdict: Verdict) -> str:
    """Return one JSON object."""
    report = {
        "schema": SCHEMA,
        "verdict": verdict.outcome,
        "tags": list(verdict.tags),
        "findings": [fields(finding) for finding in verdict.findings],
        "unread": [fields(item) for item in verdict.unread],
        "examined": verdict.examined.counts(),
        "ruleset": verdict.ruleset,
    }
    return json.dumps(report, indent=2) + "\n"


def render_lines(verdict: Verdict) -> str:
    """Return one JSON object a line: every finding, every unread thing, and at last the verdict."""
    lines = [{"finding": fields(finding)} for finding in verdict.findings]
    lines += [{"unread": fields(item)} for item in verdict.unread]
    last = {"schema": SCHEMA, "verdict": verdict.outcome, "tags": list(verdict.tags)}
    return "".join(
        json.dumps(line) + "\n"
        for line in [*lines, last | {"examined": verdict.examined.counts(), "ruleset": verdict.ruleset}]
    )
