"""What stands in a content, counted by marker and field, and what of it stays hidden."""

from __future__ import annotations

from ..model import Location
from ..policy.markers.catalogue import Marker
from .decoders import UnreadPart

ALSO = 2  # places that a finding shows beside its first
EXCERPTS = 20  # places of one marker in one field that are remembered
_FIELDS = 20  # fields that are told apart for one marker; a hostile file could have a name for every row
_REASONS = 10  # of what stays hidden in one object


class MarkerMatches:
    """How often a marker stands in a field of an object ("" outside of fields), and the first places."""

    __slots__ = ("count", "marker", "part", "places")

    def __init__(self, marker: Marker, part: str) -> None:
        self.marker, self.part = marker, part
        self.count = 0
        self.places: list[Location] = []


class Contents:
    """What stands in a content, by marker and field, and what of it stays hidden."""

    __slots__ = ("has_pointers", "matches", "omitted_count", "unread")

    def __init__(self) -> None:
        self.matches: dict[tuple[str, str], MarkerMatches] = {}
        self.unread: list[UnreadPart] = []
        self.omitted_count = 0  # reasons beyond those
        self.has_pointers = False  # what it comes to is also a matter of what lies elsewhere

    def get_marker_matches(self, marker: Marker, part: str, field: str) -> MarkerMatches:
        """Return what is counted for a marker in a field."""
        if (marker.id, field) not in self.matches and sum(name == marker.id for name, _ in self.matches) >= _FIELDS:
            field = ""
        return self.matches.setdefault((marker.id, field), MarkerMatches(marker, part))

    def add_unread(self, place: str, why: UnreadPart) -> None:
        """Note what stays hidden: the first reasons, and how many there are."""
        if len(self.unread) < _REASONS:
            self.unread.append(UnreadPart(f"{place}: {why.reason}", why.damaged) if place else why)
        else:
            self.omitted_count += 1

    def add_pointer_fault(self, name: str, fault: str, place: str) -> None:
        """Note that a pointer isn't what it says."""
        why = f"The pointer misleads: {fault}."
        seen = self.get_marker_matches(
            Marker("pointer-malformed", "", "", f"{name} pointer", "pointer", "definitive", why), "pointer", ""
        )
        seen.count += 1
        if len(seen.places) < EXCERPTS:
            seen.places.append(Location(0, fault, place))

    def add(self, inside: Contents) -> None:
        """Add what stands in a content inside this one."""
        for (_, field), seen in inside.matches.items():
            mine = self.get_marker_matches(seen.marker, seen.part, field)
            mine.count += seen.count
            mine.places += seen.places[: EXCERPTS - len(mine.places)]
        for why in inside.unread:
            self.add_unread("", why)
        self.omitted_count += inside.omitted_count
        self.has_pointers |= inside.has_pointers

    def prefer_decoded(self, unpacked: Contents) -> None:
        """Put what was found in the same bytes, unpacked, in the place of what is found in them as they are."""
        found = {_identify_match(seen) for seen in unpacked.matches.values()}
        self.matches = unpacked.matches | {
            key: seen for key, seen in self.matches.items() if _identify_match(seen) not in found
        }
        self.unread, self.omitted_count, self.has_pointers = (
            unpacked.unread,
            unpacked.omitted_count,
            unpacked.has_pointers,
        )


def _identify_match(seen: MarkerMatches) -> str:
    """Return what was found: a generator by its name, in a row or not."""
    return seen.marker.product if seen.part == "generator" else seen.marker.id


def count_markers(seen: dict[tuple[str, str], MarkerMatches]) -> dict[str, int]:
    """Return how often each marker stands in an object, in whichever field."""
    total: dict[str, int] = {}
    for (marker, _), item in seen.items():
        total[marker] = total.get(marker, 0) + item.count
    return total
