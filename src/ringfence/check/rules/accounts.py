"""Accounts that a policy keeps out: coding agents' that push, and those that aren't approved to commit."""

from __future__ import annotations

from ...excerpts import sanitise_text
from ...model import Unread
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


def _build_marker(name: str, product: str, why: str) -> Marker:
    return Marker(f"account-{name}", "", "", product, "address", "definitive", why)


CONSUMER = _build_marker(
    "consumer", "a consumer account", "The policy keeps work by consumer accounts out of this repository."
)
UNAPPROVED = _build_marker("unapproved", "an account that isn't approved", "Only the policy's own accounts work here.")


def find_identity_fault(identity: bytes, plan: Plan) -> Marker | None:
    """Say what is wrong with `Name <address>`; where somebody wrote several addresses, each has to be right."""
    found = [part.partition(b">")[0] for part in identity.split(b"<")[1:]] or [identity]
    addresses = [address.decode("utf-8", "surrogateescape").strip().rstrip(".") for address in found]
    if any(map(plan.is_consumer, addresses)):
        return CONSUMER
    return None if all(map(plan.is_approved, addresses)) else UNAPPROVED


def judge_account(verdict: Verdict, plan: Plan, account: str) -> Verdict:
    """Add to a verdict what follows from who pushes; where nobody can tell who, that is unread."""
    if not verdict.tags:
        return verdict  # nothing that is tagged was touched
    action, tag = plan.find_strictest_action(verdict.tags, "accounts")
    if not account:
        unread = Unread(
            "", "", "the server doesn't say who pushes, and some accounts are kept out here", action, tag,
            "push by a way that says who you are: ssh, or http with a name.",
        )  # fmt: skip
        return replace(verdict, unread=(*verdict.unread, unread))
    if not plan.is_agent(account):
        return verdict
    found = build_finding(AGENT, action, tag, "", "account", b"", 0, 1, sanitise_text(account))
    return replace(verdict, findings=(found, *verdict.findings))
