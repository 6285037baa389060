"""Checks an index as a whole."""

from __future__ import annotations

from ...errors import IncompleteError
from .index import open_segments
from .sources import SourceTable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .segment import Segment


def verify_index(folder: str, key: bytes) -> int:
    """Return the number of entries of an index in which everything is in order.

    Raises:
        IncompleteError: A segment is damaged, or fingerprints have no source.
    """
    manifest, segments = open_segments(folder, key)
    table = SourceTable(folder)
    known = table.find()
    total = 0
    for (name, count), segment in zip(manifest.segments, segments, strict=True):
        if segment.count != count:
            raise IncompleteError(f"{folder}: {name} has {segment.count:,} entries, the manifest says {count:,}.")
        _check_order(folder, name, segment)
        if missing := set(segment.sources) - known:
            raise IncompleteError(f"{folder}: {name} names {len(missing)} sources that the table doesn't have.")
        total += count
    return total


def _check_order(folder: str, name: str, segment: Segment) -> None:
    last = 0
    for value in segment.keys:
        bit = value >> segment.shift
        if value < last or not segment.bitmap[bit >> 3] >> (bit & 7) & 1:
            raise IncompleteError(f"{folder}: {name} is damaged: its fingerprints aren't in order.")
        last = value
