"""Accounts that a policy keeps from pushing to, and from reading, what is tagged: coding agents' and barred ones."""

from __future__ import annotations

from ...excerpts import sanitise_text
from ...model import Occurrence, Unread
from ...policy.markers.catalogue import Marker
from ...values import replace
from ..findings import build_finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...model import Finding, Verdict
    from ...policy.plan import Plan


def _build_marker(name: str, product: str, why: str) -> Marker:
    return Marker(name, "", "", product, "account", "definitive", why)


AGENT = _build_marker(
    "agent-account", "a coding agent's account",
    "The policy keeps the accounts of coding agents out of tagged repositories.",
)  # fmt: skip
BARRED = _build_marker(
    "barred-account", "a barred account", "The policy keeps this account out of tagged repositories."
)


def judge_account(verdict: Verdict, plan: Plan, account: str, key: str = "accounts") -> Verdict:
    """Add a finding where an account that is kept out acts; where the server can't say who acts, that is unread.

    `key` is the action of the tags that decides: `accounts` for a push, `reads` for a fetch.
    """
    if not verdict.tags:
        return verdict  # nothing that is tagged was touched
    action, tag = plan.actions.find_strictest(verdict.tags, key)
    if not account:
        return replace(verdict, unread=(*verdict.unread, _build_unread(action, tag, key)))
    marker = AGENT if plan.accounts.is_agent(account) else BARRED if plan.accounts.is_barred(account) else None
    if marker is None:
        return verdict
    return replace(verdict, findings=(_build_account_finding(marker, action, tag, account), *verdict.findings))


def _build_account_finding(marker: Marker, action: str, tag: str, account: str) -> Finding:
    return build_finding(marker, action, tag, Occurrence("", "account", sanitise_text(account)))


def _build_unread(action: str, tag: str, key: str) -> Unread:
    verb = "reads" if key == "reads" else "pushes"
    return Unread(
        "", "", f"the server doesn't say who {verb}, and some accounts are kept out here", action, tag,
        f"{'fetch' if key == 'reads' else 'push'} by a way that says who you are: ssh, or http with a name. "
        "A web server without a forge needs git config ringfence.webUser.",
    )  # fmt: skip
