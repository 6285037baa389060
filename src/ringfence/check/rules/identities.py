"""Accounts of authors, committers and taggers that a policy doesn't allow."""

from __future__ import annotations

from ...excerpts import format_excerpt
from ...model import Occurrence
from ...policy.markers.catalogue import Marker
from .base import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...git.objects import Objects
    from ...policy.plan import Plan
    from ..results import Results
    from .base import TaggedText


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
