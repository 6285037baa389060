"""Tests markers against their own examples: each must match all of `caught` and none of `passed`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import PolicyError
from .markers.databases import compile_group, compile_locator
from .markers.roles import CREDIT_ROLES, PEOPLE, judge_role
from .markers.scanner import Scanner
from .schema.parse import suggest_word

if TYPE_CHECKING:
    from .effective_policy import EffectivePolicy
    from .markers.base import MarkerEntry
    from .schema.vendor_file import VendorFile


def check_own_markers(policy: EffectivePolicy, vendors: dict[str, VendorFile]) -> None:
    """Check the markers that a policy adds, as the catalogue's own are checked by the tests.

    Raises:
        PolicyError: The vendor has no such product, a pattern is invalid, or an example has the wrong result.
    """
    for item in policy.markers:
        products = {product.id for product in vendors[item.vendor].product}
        if item.marker.product not in products:
            hint = suggest_word(item.marker.product, products)
            raise PolicyError(f"marker {item.marker.id}: {item.vendor} has no product `{item.marker.product}`{hint}")
        check_marker(item.marker)


def check_marker(marker: MarkerEntry) -> None:
    """Test a marker against its own examples.

    Raises:
        PolicyError: A pattern is invalid, a `caught` example isn't matched, or a `passed` example is.
    """
    check_patterns(marker)
    for example, is_caught in [(text, True) for text in marker.caught] + [(text, False) for text in marker.passed]:
        if any(_has_match(marker, *surface) is not is_caught for surface in marker.build_surfaces(example)):
            raise PolicyError(f"marker {marker.id}: {'misses' if is_caught else 'catches'} {example!r:.80}")


def _has_match(marker: MarkerEntry, part: str, data: bytes) -> bool:
    """Return whether a marker matches in the bytes of one part of a change."""
    for group, pattern, roles in marker.build_expressions():
        is_relevant = group == ("identity" if part in PEOPLE else part) and (
            part == "message" or not roles or part in roles.split(",")
        )
        if is_relevant and _matches(group, pattern, roles, part, data):
            return True
    return False


def _matches(group: str, pattern: str, roles: str, part: str, data: bytes) -> bool:
    scanner = Scanner(group, compile_group(group, [pattern]), lambda: [pattern])
    if roles not in CREDIT_ROLES:
        return bool(scanner.find_matches(data))
    return any(judge_role(roles, part, data, start, end) for _, start, end in scanner.locate_matches(data))


def check_patterns(marker: MarkerEntry) -> None:
    """Compile each pattern of one marker, so that an error names the marker.

    Raises:
        PolicyError: A pattern is invalid.
    """
    for group, pattern, _ in marker.build_expressions():
        try:
            compile_locator(group, pattern)
        except ValueError as error:
            raise PolicyError(f"marker {marker.id}: invalid pattern: {error.args[1]}.") from None
