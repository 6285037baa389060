"""Where a commit says that its work comes from; asked only where a tag demands it.

`Provenance: human`, `Provenance: VENDOR/PRODUCT [MODEL] [ACCOUNT]`, or `Assisted-by: AGENT:MODEL [TOOL…]` as the Linux
kernel writes it (Documentation/process/coding-assistants.rst).
"""

from __future__ import annotations

from ...excerpts import sanitise_text
from ...policy.markers.catalogue import Marker
from ...values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...policy.plan import Plan

_LONGEST = 100  # characters that are shown


def _build_marker(name: str, product: str, why: str) -> Marker:
    return Marker(f"declaration-{name}", "", "", product, "declaration", "definitive", why)


MISSING = _build_marker(
    "missing", "no word of where it comes from", "Here each commit says so by a line `Provenance: …`."
)
WRONG = _build_marker(
    "wrong", "a declaration that says nothing", "It is `human`, or names a vendor or model of the catalogue."
)
RIVAL = _build_marker("rival", "a declared rival", "Who wrote the commit says that a rival's tool had a part in it.")
ACCOUNT = _build_marker("account", "a declared account that may not work here", "The policy names the accounts for it.")
CONTRADICTED = _build_marker(
    "contradicted", "a mark beside `Provenance: human`", "The commit says one thing and shows another."
)


@value
class Declaration:
    """What a line declares: `fault` is None where it is right, `is_human` that nobody else had a part in it."""

    line: str
    fault: Marker | None
    is_human: bool = False


def parse_declarations(message: str, plan: Plan) -> list[Declaration]:
    """Return what a message declares; where it declares nothing, that is the one thing returned."""
    found = list(_iter_declarations(message, plan))
    return found or [Declaration(_sanitise_line(next(filter(str.strip, message.split("\n")), "")), MISSING)]


def _iter_declarations(message: str, plan: Plan) -> Iterator[Declaration]:
    for line in message.splitlines():
        key, colon, said = line.partition(":")
        name, said = key.strip().lower(), said.strip()
        if colon and name == "provenance" and said.lower() == "human":
            yield Declaration(_sanitise_line(line), None, is_human=True)
        elif colon and name in ("provenance", "assisted-by"):
            yield Declaration(_sanitise_line(line), find_declaration_fault(said, plan, named=name == "provenance"))


def find_declaration_fault(said: str, plan: Plan, *, named: bool = True) -> Marker | None:
    """Say what is wrong with a declared tool: it can't be told whose it is, or it is a rival's.

    `named`: `VENDOR/PRODUCT` is to stand first; without it, a model's name is enough.
    """
    if named and said.lower() == "human":
        return None
    vendors = [vendor for _, vendor in plan.catalogue.find_models(said.encode("utf-8", "replace"))]
    if named:
        if any(plan.is_consumer(word) or not plan.is_approved(word) for word in said.split()[1:] if "@" in word):
            return ACCOUNT
        vendor, slash, product = said.partition("/")
        if not slash or not product or vendor not in {marker.vendor for marker in plan.catalogue.markers}:
            return WRONG
        vendors.append(vendor)
    if not vendors:
        return WRONG
    return RIVAL if plan.is_rival(*vendors) else None


def _sanitise_line(line: str) -> str:
    return sanitise_text(line.strip())[:_LONGEST]
