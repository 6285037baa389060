from __future__ import annotations

import pytest

from ringfence.policy.examples import check_marker
from ringfence.policy.inputs import Inputs
from ringfence.policy.load import load_plan
from ringfence.policy.markers.databases import compile_group
from ringfence.policy.markers.model_names import ModelEntry
from ringfence.policy.markers.scanner import Scanner

ENTRY = ModelEntry(
    id="acme-nova", product="nova", pattern="nova-[0-9]", family="Nova", open=True, source="A test.",
    caught=("nova-2-pro",), passed=("Nova Scotia",),
)  # fmt: skip


@pytest.mark.parametrize(
    ("line", "spans"),
    [
        (b"nova-3", [(0, 6)]),
        (b"by nova-3.5-2026@acme Pro, yes", [(2, 25)]),
        (b"Nova via Acme Code", [(0, 8)]),
        (b"Nova is a word", []),
        (b"supernova-3", []),
    ],
)
def test_a_name_is_matched_with_its_version_and_size(line: bytes, spans: list[tuple[int, int]]) -> None:
    scanner = Scanner("model", compile_group("model", [ENTRY.expression]), lambda: [ENTRY.expression])
    assert [(start, end) for _, start, end in scanner.locate_matches(line)] == spans


def test_a_model_named_as_an_author_is_a_marker_of_its_own() -> None:
    marker, credit = ENTRY.build_markers()
    assert (credit.kind, credit.strength) == ("credit", "strong")
    check_marker(credit)
    assert (marker.id, marker.strength) == ("acme-nova-name", "strong")
    assert marker.why.endswith("; its weights are public.")
    check_marker(marker)


def test_no_shipped_model_is_on_two_lines() -> None:
    """So that `scan/uses.py` looks for them in the lines that name one."""
    before = "(^|[^A-Za-z0-9])"
    scanner = load_plan(Inputs(tags=(("eval", "test"),))).catalogue.load_group("model").scanner
    assert scanner is not None
    for expression in scanner.expressions():
        assert expression.startswith(before)
        assert not any(form in expression.removeprefix(before) for form in (r"\s", r"\W", r"\D", "[^", r"\n"))
