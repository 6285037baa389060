"""Helpers to run one decoder on bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ringfence.model import Limits
from ringfence.scan.decoders.base import Budget, Member, Piece, Stream, UnreadPart

Decode = Callable[..., list[tuple[str, bytes] | str]]


@pytest.fixture
def decode() -> Decode:
    """Return a function that runs a decoder, and lists (place, bytes) of its items, or the reason of an unread part."""

    def run(decoder: Callable[..., Iterator[Any]], data: bytes, **limits: int) -> list[tuple[str, bytes] | str]:
        budget = Budget(Limits(**limits), len(data))
        return [_flatten(item) for item in decoder(Stream([data]), budget)]

    return run


def _flatten(item: Piece | Member | UnreadPart) -> tuple[str, bytes] | str:
    if isinstance(item, UnreadPart):
        return item.reason
    if isinstance(item, Member):
        return item.place, item.stream.read(1 << 20)
    return item.place, b"".join(window[shared:] for window, shared, _ in item.windows)
