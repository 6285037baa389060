"""Bounds what a pushed `ringfence.toml` may cost to compile: every push waits for it where no cache has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import PolicyError

if TYPE_CHECKING:
    from .schema.policy_file import PolicyFile

_MOST_PATTERNS = 2000  # patterns and wildcards of zones; they take a second and a half
_MOST_MARKERS = 100
_LONGEST = 1000  # characters of a pattern
_ADVICE = "Use fewer, wider ones, or have the organisation's policy hold them, which has no such limit."


def check_cost(file: PolicyFile, origin: str) -> None:
    """Check that a repository's own policy isn't too costly to compile.

    Raises:
        PolicyError: It is.
    """
    patterns = [pattern for zone in file.zone for pattern in (*zone.paths, *zone.refs, *zone.generators)]
    weight = len(patterns) + sum(pattern.count(sign) for pattern in patterns for sign in "*?[")
    if weight > _MOST_PATTERNS:
        raise PolicyError(
            f"{origin}: zone: {weight:,} patterns and wildcards; the limit is {_MOST_PATTERNS:,}.", _ADVICE
        )
    longest = max(map(len, patterns), default=0)
    if longest > _LONGEST:
        raise PolicyError(f"{origin}: zone: a pattern has {longest:,} characters; the limit is {_LONGEST:,}.", _ADVICE)
    if len(file.marker) > _MOST_MARKERS:
        raise PolicyError(f"{origin}: marker: {len(file.marker):,} markers; the limit is {_MOST_MARKERS:,}.", _ADVICE)
