"""A plan of the shipped policy, and markers to judge by it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ringfence.model import Finding, Occurrence
from ringfence.policy.inputs import Inputs, Layer
from ringfence.policy.load import load_plan
from ringfence.policy.markers.catalogue import Marker
from ringfence.policy.plan import Plan

ADDRESS = "anthropic-claude-code-address"
COMMIT = "1" * 40


@pytest.fixture
def make_plan() -> Callable[..., Plan]:
    """Load a plan for tags and, on request, an organisation's policy."""

    def make(*tags: str, policy: str = "") -> Plan:
        layers = (Layer("policy.toml", "organisation", b"version = 1\n" + policy.encode(), is_authoritative=True),)
        return load_plan(Inputs(layers if policy else (), tuple((tag, "a test") for tag in tags)))

    return make


def marker_of(plan: Plan, name: str = ADDRESS) -> Marker:
    """Return a marker of the catalogue."""
    return next(marker for marker in plan.catalogue.markers if marker.id == name)


def finding_of(plan: Plan, *, commit: str = COMMIT, excerpt: str = "a mark", path: bytes = b"rows.txt") -> Finding:
    """Return the finding for a mark in a file, with the strictest action of the training-data tag."""
    from ringfence.check.results import Results

    return Results(plan).judge_mark(
        marker_of(plan), ("training-data",), Occurrence(commit, "content", excerpt, path, 3)
    )
