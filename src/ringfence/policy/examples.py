"""Holds markers to their own examples: what each must catch, and what it must pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import PolicyError
from .markers.scanner import Scanner, compile_group, compile_locator
from .schema.parse import suggest_word

if TYPE_CHECKING:
    from .markers.base import MarkerEntry
    from .merge import EffectivePolicy
    from .schema.vendor_file import VendorFile

PEOPLE = ("author", "committer", "tagger")


def check_own_markers(policy: EffectivePolicy, vendors: dict[str, VendorFile]) -> None:
    """Hold a policy's own markers to what those of the catalogue are held to.

    Raises:
        PolicyError: A product isn't the vendor's, a pattern can't be used, or an example isn't caught or not passed.
    """
    for item in policy.markers:
        products = {product.id for product in vendors[item.vendor].product}
        if item.marker.product not in products:
            hint = suggest_word(item.marker.product, products)
            raise PolicyError(f"marker {item.marker.id}: {item.vendor} has no product `{item.marker.product}`{hint}")
        check_marker(item.marker)


def check_marker(marker: MarkerEntry) -> None:
    """Hold a marker to its own examples.

    Raises:
        PolicyError: A pattern can't be used, or an example isn't caught or not passed.
    """
    check_patterns(marker)
    for example, is_caught in [(text, True) for text in marker.caught] + [(text, False) for text in marker.passed]:
        if any(_has_match(marker, *surface) is not is_caught for surface in marker.build_surfaces(example)):
            raise PolicyError(f"marker {marker.id}: {'misses' if is_caught else 'catches'} {example!r:.80}")


def _has_match(marker: MarkerEntry, part: str, data: bytes) -> bool:
    """Say whether a marker alone finds something in a part of a change."""
    for group, pattern, roles in marker.build_expressions():
        is_asked = group == ("identity" if part in PEOPLE else part) and (
            part == "message" or not roles or part in roles.split(",")
        )
        if is_asked and Scanner(group, compile_group(group, [pattern])).find_matches(data):
            return True
    return False


def check_patterns(marker: MarkerEntry) -> None:
    """Compile one marker alone.

    Raises:
        PolicyError: Its pattern can't be used.
    """
    for group, pattern, _ in marker.build_expressions():
        try:
            compile_locator(group, pattern)
        except ValueError as error:
            raise PolicyError(f"marker {marker.id}: the pattern can't be used: {error.args[1]}.") from None
