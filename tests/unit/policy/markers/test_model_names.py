from __future__ import annotations

import pytest

from ringfence.policy.examples import check_marker
from ringfence.policy.inputs import Inputs
from ringfence.policy.load import load_plan
from ringfence.policy.markers.databases import compile_group, compile_mixed
from ringfence.policy.markers.model_names import ModelEntry
from ringfence.policy.markers.scanner import Scanner

ENTRY = ModelEntry(
    id="acme-nova", product="nova", pattern="nova-[0-9]", family="Nova", open=True, source="A test.",
    caught=("nova-2-pro",), passed=("Nova Scotia",),
)  # fmt: skip
INPUTS = Inputs(tags=(("eval", "test"),))


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
    """So that `Catalogue.locate_models` looks for them in the lines that name one."""
    before = "(^|[^A-Za-z0-9])"
    scanner = load_plan(INPUTS).catalogue.load_group("model").scanner
    assert scanner is not None
    for expression in scanner.expressions():
        assert expression.startswith(before)
        assert not any(form in expression.removeprefix(before) for form in (r"\s", r"\W", r"\D", "[^", r"\n"))


@pytest.mark.parametrize(
    "text",
    [
        b"", b"\n", b"gpt-4o", b"gpt-4o\n", b"\ngpt-4o", b"x\ngpt-4o\nclaude-3-opus\n\n  o1", b"gpt-4\r\no3-mini\r\n",
        b"gpt-4o gpt-4o, claude-3-opus\n" * 3, b"y\n" * 500 + b"ask gpt-4o pro\n" + b"y\n" * 500 + b"gemini-2.5-pro",
    ],
)  # fmt: skip
def test_in_a_long_text_the_same_models_are_found_as_in_all_of_it(text: bytes) -> None:
    catalogue = load_plan(INPUTS).catalogue
    scanner = catalogue.load_group("model").scanner
    assert scanner is not None
    assert catalogue.locate_models(text) == scanner.locate_matches(text)


def test_a_name_without_end_is_one_window() -> None:
    """A match ends behind each of its letters, so that as many offsets would be kept."""
    scanner = Scanner("model", compile_mixed([("model*", ENTRY.expression)]))
    text = b"x\nnova-3" + b"a" * 1_000_000
    assert scanner.find_lines(text) == {0: [(0, len(text))]}
