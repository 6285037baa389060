from __future__ import annotations

import pytest

from ringfence.policy.markers.authorship import is_authorship


@pytest.mark.parametrize(
    "line",
    [
        b"Co-authored-by: X", b"> * co authored by: X", b"Generated-with: X", b"AI-Model-Used: X", b"author = X",
        b"Assisted-by: X", b"Signed-off-by: X", b"LLM-Model: X",
    ],
)  # fmt: skip
def test_keys_of_authors_and_helpers_in_any_spelling(line: bytes) -> None:
    assert is_authorship(line, 0)


@pytest.mark.parametrize(
    "line", [b"Reviewed-by: X", b"Reported-by: X", b"See: X", b"Co-authored-by X", b": X", b"x" * 100 + b": X"]
)
def test_other_keys_name_no_author(line: bytes) -> None:
    assert not is_authorship(line, 0)


def test_the_line_may_begin_anywhere_in_a_text() -> None:
    text = b"Subject\n\nCo-authored-by: X"
    assert is_authorship(text, text.index(b"Co-"))
    assert not is_authorship(text, 0)
