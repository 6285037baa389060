"""Accounts of coding agents, which a policy keeps from pushing."""

from __future__ import annotations

from ...excerpts import sanitise_text
from ...model import Occurrence, Unread
from ...policy.markers.catalogue import Marker
from ...values import replace
from ..findings import build_finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...model import Verdict
    from ...policy.plan import Plan

AGENT = Marker(
    id="agent-account",
    vendor="",
    vendor_name="",
    product="a coding agent's account",
    kind="account",
    strength="definitive",
    why="The policy keeps the accounts of coding agents out of tagged repositories.",
)


def judge_account(verdict: Verdict, plan: Plan, account: str) -> Verdict:
    """Add a finding where a coding agent pushes; where the server can't say who pushes, that is unread."""
    if not verdict.tags:
        return verdict  # nothing that is tagged was touched
    action, tag = plan.actions.find_strictest(verdict.tags, "accounts")
    if not account:
        unread = Unread(
            "", "", "the server doesn't say who pushes, and some accounts are kept out here", action, tag,
            "push by a way that says who you are: ssh, or http with a name. "
            "A web server without a forge needs git config ringfence.webUser.",
        )  # fmt: skip
        return replace(verdict, unread=(*verdict.unread, unread))
    if not plan.accounts.is_agent(account):
        return verdict
    found = build_finding(AGENT, action, tag, Occurrence("", "account", sanitise_text(account)))
    return replace(verdict, findings=(found, *verdict.findings))
