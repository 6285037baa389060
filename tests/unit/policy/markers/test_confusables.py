from __future__ import annotations

import pytest

from ringfence.policy.markers.confusables import TABLE


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("Сlаudе", "Claude"),  # Cyrillic
        ("Οpеn", "Open"),  # Greek and Cyrillic
        ("Co–authored‐by", "Co-authored-by"),
        ("a\u3164b\u2800", "ab"),  # letters without a glyph
        ("plain", "plain"),
    ],
)
def test_letters_that_look_like_latin_ones_become_them(text: str, latin: str) -> None:
    assert text.translate(TABLE) == latin


def test_every_letter_maps_to_one_ascii_letter_or_to_none() -> None:
    assert all(target is None or target < 128 for target in TABLE.values())
    assert all(source >= 128 for source in TABLE)
