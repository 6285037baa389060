"""By whose accounts commits and tags are made: approved ones, and no consumer's; loaded only where a policy says so."""

from __future__ import annotations

from .markers.catalogue import Marker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .policy.plan import Plan


def _mark(name: str, product: str, why: str) -> Marker:
    return Marker(f"account-{name}", "", "", product, "address", "definitive", why)


CONSUMER = _mark("consumer", "a consumer account", "The policy keeps work by consumer accounts out of this repository.")
UNAPPROVED = _mark("unapproved", "an account that isn't approved", "Only the policy's own accounts work here.")


def fault(identity: bytes, plan: Plan) -> Marker | None:
    """Say what is wrong with `Name <address>`; where somebody wrote several addresses, each has to be right."""
    found = [part.partition(b">")[0] for part in identity.split(b"<")[1:]] or [identity]
    addresses = [address.decode("utf-8", "surrogateescape").strip().rstrip(".") for address in found]
    if any(map(plan.is_consumer, addresses)):
        return CONSUMER
    return None if all(map(plan.is_approved, addresses)) else UNAPPROVED
