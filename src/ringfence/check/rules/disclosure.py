"""Disclosure: a commit's message names the agents that are at work in its session."""

from __future__ import annotations

from ...model import Occurrence
from ...policy.markers.catalogue import Marker
from ...values import replace
from ..findings import build_finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...model import Finding, Verdict
    from ...policy.plan import Plan

_UNNAMED = "An agent is at work in this session, and the message doesn't name it."


def judge_disclosure(verdict: Verdict, plan: Plan) -> Verdict:
    """Replace pre-commit's findings for a session's agents by one for each vendor whose agent the message omits.

    Its excerpt is the line to add.
    """
    tags = plan.actions.filter_demanding(verdict.tags, "disclosure")
    message_findings = [item for item in verdict.findings if item.part == "message"]
    rest = tuple(item for item in verdict.findings if item.part != "environment")
    agents = {
        item.vendor: item
        for item in verdict.findings
        if item.part == "environment" and item.strength != "weak" and not _is_named(message_findings, item)
    }
    if not tags:
        return replace(verdict, findings=rest)
    action, tag = plan.actions.find_strictest(tags, "disclosure")
    found = []
    for item in agents.values():
        marker = Marker(
            "disclosure-missing", item.vendor, item.vendor, item.product, "disclosure", "definitive", _UNNAMED
        )
        line = build_trailer(plan, item.vendor, item.product)
        found.append(build_finding(marker, action, tag, Occurrence("", "message", line)))
    return replace(verdict, findings=(*rest, *found))


def build_trailer(plan: Plan, vendor: str, product: str) -> str:
    """Return a line that names a product and that its own marker recognises: some products are named like people."""
    from ...policy.markers.roles import SIGNED, judge_role

    group = plan.catalogue.load_group("message")
    plain = f"Assisted-by: {product}"
    text = plain.encode()
    for index, start, end in group.scanner.locate_matches(text) if group.scanner else ():
        marker, roles = group.load_row(index)
        if marker.vendor == vendor and judge_role(roles, "message", text, start, end) == SIGNED:
            return plain
    return f"Assisted-by: AI ({product})"


def _is_named(message_findings: list[Finding], agent: Finding) -> bool:
    return any(item.vendor == agent.vendor or agent.product in item.excerpt for item in message_findings)
