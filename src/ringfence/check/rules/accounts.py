"""Accounts that a policy keeps out: coding agents' that push, and those that aren't approved to commit."""

from __future__ import annotations

from ...excerpts import format_excerpt, sanitise_text
from ...model import Occurrence, Unread
from ...policy.markers.catalogue import Marker
from ...values import replace
from ..findings import build_finding
from .base import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...git.objects import Objects
    from ...model import Verdict
    from ...policy.plan import Plan
    from ..results import Results
    from .base import TaggedText

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


class IdentityRule(Rule):
    """Reports commits and tags that were made with a disallowed account; each identity is evaluated once."""

    def __init__(self, results: Results, _: Objects) -> None:
        self._results = results
        self._faults: dict[bytes, Marker | None] = {}

    def judge_texts(self, texts: list[TaggedText]) -> None:
        """Judge authors, committers and taggers."""
        for commit, tags, (part, data, _) in texts:
            if part not in ("author", "committer", "tagger"):
                continue
            if data not in self._faults:
                self._faults[data] = find_identity_fault(data, self._results.plan)
            if fault := self._faults[data]:
                excerpt = format_excerpt(data, 0, len(data))
                self._results.add_finding(fault, tags, Occurrence(commit, part, excerpt, context=data))


def find_identity_fault(identity: bytes, plan: Plan) -> Marker | None:
    """Return what is wrong with `Name <address>`, or None; each address has to be allowed where there are several."""
    found = [part.partition(b">")[0] for part in identity.split(b"<")[1:]] or [identity]
    addresses = [address.decode("utf-8", "surrogateescape").strip().rstrip(".") for address in found]
    if any(map(plan.accounts.is_consumer, addresses)):
        return CONSUMER
    return None if all(map(plan.accounts.is_approved, addresses)) else UNAPPROVED


def judge_account(verdict: Verdict, plan: Plan, account: str) -> Verdict:
    """Add a finding where a coding agent pushes; where the server can't say who pushes, that is unread."""
    if not verdict.tags:
        return verdict  # nothing that is tagged was touched
    action, tag = plan.actions.find_strictest(verdict.tags, "accounts")
    if not account:
        unread = Unread(
            "", "", "the server doesn't say who pushes, and some accounts are kept out here", action, tag,
            "push by a way that says who you are: ssh, or http with a name.",
        )  # fmt: skip
        return replace(verdict, unread=(*verdict.unread, unread))
    if not plan.accounts.is_agent(account):
        return verdict
    found = build_finding(AGENT, action, tag, Occurrence("", "account", sanitise_text(account)))
    return replace(verdict, findings=(found, *verdict.findings))
