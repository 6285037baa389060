"""Keeps accounts of coding agents out of tagged repositories, whatever they push."""

from __future__ import annotations

from .excerpts import harmless
from .findings import finding
from .markers.catalogue import Marker
from .model import Unread
from .values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .model import Verdict
    from .policy.plan import Plan

AGENT = Marker(
    id="agent-account",
    vendor="",
    vendor_name="",
    product="a coding agent's account",
    kind="account",
    strength="definitive",
    why="The policy keeps the accounts of coding agents out of tagged repositories.",
)


def judged(verdict: Verdict, plan: Plan, account: str) -> Verdict:
    """Add to a verdict what follows from who pushes; where nobody can tell who, that is unread."""
    if not verdict.tags:
        return verdict  # nothing that is tagged was touched
    action, tag = plan.action(verdict.tags, "accounts")
    if not account:
        unread = Unread(
            "", "", "the server doesn't say who pushes, and some accounts are kept out here", action, tag,
            "push by a way that says who you are: ssh, or http with a name.",
        )  # fmt: skip
        return replace(verdict, unread=(*verdict.unread, unread))
    if not plan.is_agent(account):
        return verdict
    found = finding(AGENT, action, tag, "", "account", b"", 0, 1, harmless(account))
    return replace(verdict, findings=(found, *verdict.findings))
