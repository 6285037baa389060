"""The scanner: all patterns in one pass, in linear time, whatever their order."""

from __future__ import annotations

import time

import pytest

from ringfence.policy.effective import parse_vendors
from ringfence.policy.markers.databases import compile_group, compile_locator
from ringfence.policy.markers.scanner import Scanner
from ringfence.policy.vendor_files import read_shipped_files


def scanner(*patterns: str, group: str = "content") -> Scanner:
    return Scanner(group, compile_group(group, patterns), lambda: list(patterns))


def test_every_match_is_told_with_its_place() -> None:
    assert scanner("b+c", "a").locate_matches(b"a bbc a") == [(1, 0, 1), (0, 2, 5), (1, 6, 7)]


def test_what_does_not_match_is_told_in_one_pass() -> None:
    assert scanner("x").locate_matches(b"a" * 1000) == []


def test_the_order_of_patterns_does_not_matter() -> None:
    forwards, backwards = scanner("ab", "bc").locate_matches(b"abc"), scanner("bc", "ab").locate_matches(b"abc")
    assert sorted((1 - index, start, end) for index, start, end in forwards) == sorted(backwards)


@pytest.mark.parametrize("pattern", ["(?=a)b", "(a)\\1", "a*", "a(", "[\\u0041]"])
def test_a_pattern_that_cannot_be_linear_or_is_wrong_is_named(pattern: str) -> None:
    with pytest.raises(ValueError) as wrong:
        compile_group("content", ["fine", pattern])
    assert wrong.value.args[0] == 1


def test_what_makes_a_backtracking_engine_explode_takes_linear_time() -> None:
    evil = scanner(r"(a+)+$", r"(a|aa)+b")
    started = time.perf_counter()
    evil.find_matches(b"a" * 5_000_000 + b"!")
    assert time.perf_counter() - started < 5  # a backtracking engine would take longer than the universe


def test_every_pattern_of_the_catalogue_can_tell_its_places() -> None:
    vendors = parse_vendors(read_shipped_files()).values()
    markers = [item for vendor in vendors for item in vendor.iter_markers()]
    patterns = [(group, pattern) for item in markers for group, pattern, _ in item.build_expressions()]
    patterns += [("model", model.expression) for vendor in vendors for model in vendor.model]
    assert all(compile_locator(group, pattern) for group, pattern in patterns)


@pytest.mark.parametrize("length", range(1, 130))
def test_a_match_that_ends_the_data_is_found_at_any_length(length: int) -> None:
    data = b"." * length + b" ai"
    for pattern in (r"(ai|ki)\b", r"\b(amp|ai|ki)\b", "(ai|ki)$"):
        found = scanner(pattern)
        assert found.find_matches(data) == [0], pattern
        assert found.locate_matches(data)[-1][2] == len(data), pattern
