"""The marks in an object as bytes: a history of recorded answers has millions, and versions of a file have most alike.

A hundred times smaller than the values, they are what workers send, what a check keeps and what the cache stores.
"""

from __future__ import annotations

import marshal  # only ever loads what our own processes wrote
import zlib

from ..policy.markers.catalogue import Marker
from ..values import fields
from .matches import MarkerMatches, Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    Matches = dict[tuple[str, str], MarkerMatches]

_LEVEL = 1  # of compression: levels above take longer and save little


def pack_marks(found: Matches, markers: Mapping[str, Marker]) -> bytes:
    """Return marks as bytes; those of the catalogue, given by their ids, are stored as these."""
    rows = [
        (pack_marker(item.marker, markers), field, item.part, item.count, list(map(_pack_place, item.places)))
        for (_, field), item in found.items()
    ]
    return zlib.compress(marshal.dumps(rows), _LEVEL)


def unpack_marks(data: bytes, markers: Mapping[str, Marker]) -> Matches:
    """Return the marks that were packed."""
    found: Matches = {}
    for packed, field, part, count, places in marshal.loads(zlib.decompress(data)):  # noqa: S302 - ours
        marker = markers[packed] if isinstance(packed, str) else Marker(*packed)
        found[marker.id, field] = PackedMatches(marker, part, count, places)
    return found


class PackedMatches(MarkerMatches):
    """Matches whose places are made when they are asked for: most are only counted."""

    __slots__ = ("_made", "_packed")

    def __init__(self, marker: Marker, part: str, count: int, packed: list[tuple[Any, ...]]) -> None:
        self.marker, self.part, self.count = marker, part, count
        self._packed = packed
        self._made: list[Place] | None = None

    @property
    def places(self) -> list[Place]:  # type: ignore[override]  # only read
        """The locations of the first matches."""
        if self._made is None:
            self._made = [Place(*place) for place in self._packed]
        return self._made


def pack_marker(marker: Marker, markers: Mapping[str, Marker]) -> str | list[Any]:
    """Return a marker of the catalogue as its id, any other as its fields."""
    return marker.id if markers.get(marker.id) == marker else list(fields(marker).values())


def _pack_place(place: Place) -> tuple[int, str, str, bytes]:
    return place.line, place.excerpt, place.place, place.line_digest
