from __future__ import annotations

import pytest

from ringfence.policy.markers.escapes import unescape_ascii, unescape_line


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (r"Co\u002dauthored-by", "Co-authored-by"),
        (r"a\nb\tc", "a\nb\tc"),
        (r"\ud83d\ude00", "😀"),
        ("Co%2Dauthored%3A", "Co-authored:"),
        ("&amp;lt;bot@acme.example&amp;gt;", "<bot@acme.example>"),
        (r"\u{110000}", r"\u{110000}"),
        ("100 %", "100 %"),
    ],
)
def test_escapes_of_a_line_are_decoded(line: str, text: str) -> None:
    assert unescape_line(line) == text


@pytest.mark.parametrize(
    ("data", "decoded"),
    [
        (rb"chat\u0067pt", b"chatgpt"),
        (b"a%62c&#100;&#x65;&lt;", b"abcde<"),
        (rb'{"a": "\u0022\u005c"}', rb'{"a": "\u0022\u005c"}'),
        (rb"\u000a%0a", rb"\u000a%0a"),
    ],
)
def test_a_file_keeps_its_fields_and_lines(data: bytes, decoded: bytes) -> None:
    """Quotes, backslashes and control characters stay escaped."""
    assert unescape_ascii(data) == decoded
