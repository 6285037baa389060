"""Renders the values of a field as JSON lines, one row each."""

from __future__ import annotations

import json
from bisect import bisect_right
from itertools import accumulate

from ...excerpts import sanitise_text
from .base import build_piece

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .base import Piece


def build_textless_piece(place: str, kinds: list[tuple[str, str]], first: int, count: int) -> Piece:
    """Return a piece with one JSON line for each (field, type) without text, for `count` rows.

    A generator field has to hold names, so that one with numbers is found as nameless.
    """
    lines = (json.dumps({field: {"type": kind}}) + "\n" for field, kind in kinds)
    return build_piece(place, "".join(lines).encode(), "", lambda _: f"row {first}", lambda _: count)


def build_field_piece(place: str, field: str, values: list[bytes], first: int) -> Piece:
    """Return the values of a field as a piece with row numbers, of which the first is `first`."""
    begin = b'{"%s": "' % field.replace('"', "'").encode("utf-8", "replace")
    rows = [b'%b%b"}\n' % (begin, value) for value in values]
    ends = list(accumulate(map(len, rows)))
    return build_piece(
        place, b"".join(rows), sanitise_text(field), lambda offset: f"row {first + bisect_right(ends, offset)}"
    )
