"""Disclosure and retention: a commit names the agent at work in its session, and a record of the session is kept."""

from __future__ import annotations

from ...git.notes import list_noted_objects
from ...model import Occurrence
from ...policy.markers.catalogue import Marker
from ...values import replace
from ..findings import build_finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...git.repo import Repo
    from ...model import Finding, Verdict
    from ...policy.plan import Plan
    from ...sources.refs import Update

_NOTES = "refs/notes/ai"  # where git-ai keeps sessions
_UNNAMED = "An agent is at work in this session, and the message doesn't name it."
_LOST = "Nothing says where the prompts and outputs of this commit are kept."


def judge_disclosure(verdict: Verdict, plan: Plan) -> Verdict:
    """Replace findings for a session's agents, which pre-commit has judged, by one for each that the message omits.

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
    return _add_findings(
        replace(verdict, findings=rest),
        [
            _build_finding(
                plan,
                tags,
                "disclosure",
                item.vendor,
                item.product,
                _UNNAMED,
                build_trailer(plan, item.vendor, item.product),
            )
            for item in (agents.values() if tags else ())
        ],
    )


def build_trailer(plan: Plan, vendor: str, product: str) -> str:
    """Return a line that names a product and that its own marker recognises: some products are named like people."""
    scanner = plan.catalogue.load_group("message").scanner
    plain = f"Assisted-by: {product}"
    found = scanner.find_matches(plain.encode()) if scanner else []
    is_mark = any(plan.catalogue.load_group("message").load_row(index)[0].vendor == vendor for index in found)
    return plain if is_mark else f"Assisted-by: AI ({product})"


def _is_named(message_findings: list[Finding], agent: Finding) -> bool:
    return any(item.vendor == agent.vendor or agent.product in item.excerpt for item in message_findings)


def judge_retention(verdict: Verdict, plan: Plan, repo: Repo, updates: Iterable[Update]) -> Verdict:
    """Add a finding for each marked commit without a session's address, a note of git-ai or a record of Agent Trace."""
    tags = plan.actions.filter_demanding(verdict.tags, "retention")
    marked = {item.commit: item for item in verdict.findings if item.commit and item.vendor and item.strength != "weak"}
    if not tags or not marked:
        return verdict
    notes = next((new for _, new, ref in updates if ref == _NOTES.encode()), _NOTES)
    sessions = {marker.id for marker in plan.catalogue.markers if marker.session}
    there = {item.commit for item in verdict.findings if item.marker in sessions} | list_noted_objects(repo, notes)
    return _add_findings(
        verdict,
        [
            _build_finding(plan, tags, "retention", item.vendor, item.product, _LOST, item.excerpt, commit)
            for commit, item in marked.items()
            if commit not in there
        ],
    )


def _add_findings(verdict: Verdict, found: list[Finding]) -> Verdict:
    return replace(verdict, findings=(*verdict.findings, *found)) if found else verdict


def _build_finding(
    plan: Plan, tags: Iterable[str], rule: str, vendor: str, product: str, why: str, excerpt: str, commit: str = ""
) -> Finding:
    action, tag = plan.actions.find_strictest(tags, rule)
    mark = Marker(f"{rule}-missing", vendor, vendor, product, rule, "definitive", why)
    return build_finding(mark, action, tag, Occurrence(commit, "message", excerpt))
