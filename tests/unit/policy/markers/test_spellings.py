from __future__ import annotations

import pytest

from ringfence.policy.markers.databases import compile_mixed
from ringfence.policy.markers.scanner import Scanner
from ringfence.policy.markers.spellings import widen


@pytest.mark.parametrize(
    ("expression", "data"),
    [
        (r"^a b$", rb"x\na b\n"),
        (r"a/b", rb"a\/b"),
        (r"a/b", b"a%2Fb"),
        (r"a/b", b"a&#47;b"),
        (r"I.{1,3}m", "I’m".encode()),
        (r"I.{1,3}m", rb"I\u2019m"),
        ("†", rb"\u2020"),
        ("†", b"%E2%80%A0"),
        (r'"url"\s*:\s*"x"', rb"\\\"url\\\" :\n\\\"x\\\""),
        (r"\[\d+\]", rb"\u005b12\u005d"),
        (r"a[ \t]+b", b"a%20b"),
        (r"a[^\n]{1,5}b", rb"a\u00e9\u00e9b"),
    ],
)
def test_a_widened_expression_matches_what_is_escaped(expression: str, data: bytes) -> None:
    scanner = Scanner("spelled", compile_mixed([("spelled", widen(expression))]))
    assert scanner.find_ends(data)


@pytest.mark.parametrize(("expression", "data"), [(r"a/b", b"a b"), (r"\bcat\b", b"dog"), (r"[0-9]{3}", b"12")])
def test_a_widened_expression_still_asks_for_its_letters(expression: str, data: bytes) -> None:
    assert not Scanner("spelled", compile_mixed([("spelled", widen(expression))])).find_ends(data)


def test_an_expression_that_cant_be_parsed_is_an_error() -> None:
    with pytest.raises(ValueError, match="missing"):
        widen("(a")
