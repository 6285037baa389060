from __future__ import annotations

from collections.abc import Callable

import pytest

from ringfence.check.findings import build_finding, classify_evidence
from ringfence.model import Location, Occurrence
from ringfence.policy.markers.catalogue import Marker
from ringfence.policy.plan import Plan
from unit.check.conftest import COMMIT, marker_of


def test_a_finding_carries_the_marker_its_place_and_its_action(make_plan: Callable[..., Plan]) -> None:
    marker = marker_of(make_plan("eval"))
    also = (Location(9, "b", "row 9"),)
    occurrence = Occurrence(COMMIT, "content", "a", b"rows/\xff.txt", 4, 2, "row 4", also)
    found = build_finding(marker, "block", "eval", occurrence, ("gpt-5", "openai"))
    assert (found.marker, found.vendor, found.action, found.tag) == (marker.id, "anthropic", "block", "eval")
    assert (found.path, found.line, found.count, found.place, found.also) == ("rows/\\xff.txt", 4, 2, "row 4", also)
    assert (found.model, found.model_vendor) == ("gpt-5", "openai")


def test_a_fingerprint_outlives_a_move_of_the_line_and_a_rebase(make_plan: Callable[..., Plan]) -> None:
    marker = marker_of(make_plan("eval"))

    def fingerprint(**changes: object) -> str:
        fields = {"commit": COMMIT, "part": "content", "excerpt": "a", "path": b"a.txt", "line": 1} | changes
        return build_finding(marker, "block", "eval", Occurrence(**fields)).fingerprint  # type: ignore[arg-type]

    assert fingerprint() == fingerprint(commit="2" * 40) == fingerprint(line=7) == fingerprint(count=3)
    others = {fingerprint(path=b"b.txt"), fingerprint(excerpt="b"), fingerprint(context=b"c")}
    assert len(others | {fingerprint()}) == 4


@pytest.mark.parametrize(
    ("kind", "strength", "part", "evidence"),
    [
        ("trailer", "definitive", "message", "declared"),
        ("identity", "definitive", "message", "declared"),
        ("identity", "definitive", "author", "identity"),
        ("environment", "weak", "environment", "identity"),
        ("message", "weak", "message", "mention"),
        ("message", "strong", "message", "declared"),
        ("path", "strong", "path", "artefact"),
    ],
)
def test_evidence_is_what_a_mark_rests_on(kind: str, strength: str, part: str, evidence: str) -> None:
    marker = Marker("a-marker", "acme", "Acme", "a tool", kind, strength, "It says so.")
    assert classify_evidence(marker, part) == evidence
