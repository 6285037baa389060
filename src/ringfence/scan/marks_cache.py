"""Cache of the marks in objects, beside that of clean ones: a history with marks is read once, too.

What could not be read, pointers and recorded output depend on more than an object's bytes: such objects are left out.
"""

from __future__ import annotations

import json
import zlib

from ..policy import cache
from ..policy.markers.catalogue import Marker
from ..values import fields
from .matches import MarkerMatches, Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    Matches = dict[tuple[str, str], MarkerMatches]

_MAX_BYTES = 32 << 20  # of the file; the newest are kept


class MarksCache:
    """The marks of objects by their ids, in a file for each plan."""

    def __init__(self, name: str, markers: list[Marker]) -> None:
        """Take the name of the file, and the catalogue's markers, which are stored by their ids."""
        self._name = name
        self._markers = {marker.id: marker for marker in markers}
        self._sections: dict[str, bytes] | None = None

    def find_marks(self, oids: Iterable[str]) -> dict[str, Matches]:
        """Return the marks of those of the objects that are known."""
        sections = self._load_sections()
        return {oid: self._unpack(sections[oid]) for oid in oids if oid in sections} if sections else {}

    def store_marks(self, marks: dict[str, Matches]) -> None:
        """Store the marks of objects."""
        new = {oid: self._pack(found) for oid, found in marks.items()}
        kept, size = dict[str, bytes](), 0
        for oid, data in (new | self._load_sections()).items():
            size += len(data)
            if size > _MAX_BYTES:
                break
            kept[oid] = data
        cache.write_sections(self._name, kept)

    def _load_sections(self) -> dict[str, bytes]:
        if self._sections is None:
            reader = cache.open_sections(self._name)
            self._sections = (reader.load_all() if reader else None) or {}
        return self._sections

    def _pack(self, found: Matches) -> bytes:
        rows = [
            (self._pack_marker(item.marker), field, item.part, item.count, list(map(_pack_place, item.places)))
            for (_, field), item in found.items()
        ]
        return zlib.compress(json.dumps(rows).encode(), 1)

    def _unpack(self, data: bytes) -> Matches:
        found: Matches = {}
        for packed, field, part, count, places in json.loads(zlib.decompress(data)):
            marker = self._markers[packed] if isinstance(packed, str) else Marker(*packed)
            item = found[marker.id, field] = MarkerMatches(marker, part)
            item.count = count
            item.places = [
                Place(line, excerpt, place, bytes.fromhex(digest)) for line, excerpt, place, digest in places
            ]
        return found

    def _pack_marker(self, marker: Marker) -> str | list[Any]:
        known = self._markers.get(marker.id)
        return marker.id if known == marker else list(fields(marker).values())


def _pack_place(place: Place) -> tuple[int, str, str, str]:
    return place.line, place.excerpt, place.place, place.line_digest.hex()
