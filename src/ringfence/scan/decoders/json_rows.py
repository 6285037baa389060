"""Values of a field, row by row, as lines of JSON."""

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
    """Return fields that hold no text, each with the kind of what it holds, as objects: who made a row has a name."""
    lines = (json.dumps({field: {"type": kind}}) + "\n" for field, kind in kinds)
    return build_piece(place, "".join(lines).encode(), "", lambda _: f"row {first}", lambda _: count)


def build_field_piece(place: str, field: str, values: list[bytes], first: int) -> Piece:
    """Return a field's values as a piece that knows its rows, the first of which has the number `first`."""
    begin = b'{"%s": "' % field.replace('"', "'").encode("utf-8", "replace")
    rows = [b'%b%b"}\n' % (begin, value) for value in values]
    ends = list(accumulate(map(len, rows)))
    return build_piece(
        place, b"".join(rows), sanitise_text(field), lambda offset: f"row {first + bisect_right(ends, offset)}"
    )
