"""Excerpts are short and harmless."""

from __future__ import annotations

import pytest

from ringfence import excerpts


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2Jclear", "\\x1b[2Jclear"),
        ("\u202egnirts", "\\u202egnirts"),
        ("tab\tand\rreturn", "tab\\tand\\rreturn"),
        ("Jürgen 愛", "Jürgen 愛"),
        ("\udcff", "\\udcff"),
    ],
)
def test_nothing_steers_a_terminal(text: str, shown: str) -> None:
    assert excerpts.sanitise_text(text) == shown


def test_an_excerpt_is_the_line_around_a_match_and_no_more() -> None:
    data = b"first\n  the MARK is here  \nlast"
    start = data.index(b"MARK")
    assert excerpts.format_excerpt(data, start, start + 4) == "the MARK is here"


def test_a_line_of_a_gigabyte_gives_a_short_excerpt() -> None:
    data = b"x" * 1_000_000 + b"MARK" + b"y" * 1_000_000
    shown = excerpts.format_excerpt(data, 1_000_000, 1_000_004)
    assert "MARK" in shown
    assert len(shown) <= 100


def test_a_match_that_begins_with_a_line_end_is_shown_with_its_own_line() -> None:
    data = b"before\nMARK after"
    assert excerpts.format_excerpt(data, 6, 11) == "MARK after"


def test_a_path_that_is_not_utf8_is_shown_by_its_bytes() -> None:
    assert excerpts.format_path(b"a\xff\nb") == "a\\xff\\nb"


@pytest.mark.parametrize(
    ("line", "is_whole"),
    [
        (b"  the MARK is here\r", True),
        ("\u00a0the MARK is here\u3000".encode(), True),
        (b"the MARK is here, and more", False),
        (b"the MARK is her\x00", False),
    ],
)
def test_an_excerpt_shows_its_line_or_a_part(line: bytes, is_whole: bool) -> None:
    assert excerpts.shows_line("the MARK is here", line) is is_whole


def test_a_long_line_is_not_made_harmless_to_see_that_an_excerpt_is_shorter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excerpts, "sanitise_text", lambda _: pytest.fail("it takes a second for a megabyte"))
    assert not excerpts.shows_line("MARK", b"MARK" + b"\x01" * 1_000_000)
