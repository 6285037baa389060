from __future__ import annotations

import pytest

from ringfence.scan.decoders.base import Piece, UnreadableError
from ringfence.scan.decoders.dataset_card import decode_card


def decode(front: str) -> list[tuple[bytes, str]]:
    return [(read(piece), piece.field) for piece in decode_card(f"---\n{front}---\n# Title\n".encode())]


def read(piece: Piece) -> bytes:
    return b"".join(window for window, _, _ in piece.windows)


def test_fields_and_tags_of_a_card() -> None:
    assert decode("pretty_name: Rows\ntags: [gpt-4o, 7]\n") == [
        (b'{"pretty_name": "Rows", "tags": ["gpt-4o", 7]}', ""),
        (b' "generated_by": ["gpt-4o"]', "tags"),
    ]


@pytest.mark.parametrize("front", ["title: A page\n", "- pretty_name\n", "pretty_name: [\n"])
def test_other_front_matter_is_no_card(front: str) -> None:
    assert decode(front) == []


def test_aliases_are_refused() -> None:
    with pytest.raises(UnreadableError, match="it has YAML aliases"):
        decode("pretty_name: &name Rows\ntags: [*name]\n")
