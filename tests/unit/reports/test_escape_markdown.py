from __future__ import annotations

import html

import pytest
from markdown_it import MarkdownIt

from ringfence.reports.escape_markdown import escape_text, format_code


@pytest.mark.parametrize(
    "text",
    ["plain words, 2 of (3)", "a|b\n# c", "**d** `e` [f](http://x.example)", "@ann #12 www.x.example", "<b>&amp;"],
)
def test_text_renders_as_itself(text: str) -> None:
    rendered = MarkdownIt("commonmark").enable("table").render(f"| a |\n|---|\n| {escape_text(text)} |\n")
    cell = rendered.partition("<td>")[2].partition("</td>")[0]
    assert "<" not in cell
    assert html.unescape(cell).replace("\xa0", " ") == text


def test_nothing_is_left_that_a_forge_turns_into_a_link() -> None:
    escaped = escape_text("https://x.example www.y.example @ann #1")
    assert not {"@", "https:", "http:", "www."} & set(escaped.replace("&#", "").split())
    assert "://" not in escaped


def test_code_escapes_its_text() -> None:
    assert format_code("a`b") == "<code>a&#96;b</code>"
