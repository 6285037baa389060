"""Matches in a content, counted by marker and field, and the parts of it that could not be read."""

from __future__ import annotations

from ..policy.markers.catalogue import Marker
from ..values import replace, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .decoders import UnreadPart

ALSO = 2  # locations that a finding shows after its first
EXCERPTS = 20  # locations stored for one marker in one field
SCRIPT = "notebook as a script"  # the place of marks in a script that is a notebook
_MAX_FIELDS = 20  # fields counted separately for one marker; a hostile file could use another name in every row
_MAX_REASONS = 10  # stored for one object


@value
class Place:
    """Where a mark is, as in `Location`; `line_digest` tells lines apart that are alike around the mark."""

    line: int
    excerpt: str
    place: str = ""
    line_digest: bytes = b""


class MarkerMatches:
    """The number of matches of a marker in one field of an object, and the locations of the first ones.

    `part` is content, note, generator, pointer or (for a name in an archive) path, as in `Finding`.
    """

    __slots__ = ("count", "marker", "part", "places")

    def __init__(self, marker: Marker, part: str) -> None:
        self.marker, self.part = marker, part
        self.count = 0
        self.places: list[Place] = []


class Contents:
    """The matches in a content and its unread parts.

    Attributes:
        matches: By (marker id, field name); the name is "" outside of fields.
        unread: The first unread parts.
        omitted_count: How many unread parts there are beyond those.
        has_pointers: The result depends on content outside the object (a pointer's target).
    """

    __slots__ = ("has_pointers", "matches", "omitted_count", "unread")

    def __init__(self) -> None:
        self.matches: dict[tuple[str, str], MarkerMatches] = {}
        self.unread: list[UnreadPart] = []
        self.omitted_count = 0
        self.has_pointers = False

    def get_marker_matches(self, marker: Marker, part: str, field: str) -> MarkerMatches:
        """Return the matches of a marker in a field, to be added to; beyond 20 fields, those of field ""."""
        if (marker.id, field) not in self.matches and sum(name == marker.id for name, _ in self.matches) >= _MAX_FIELDS:
            field = ""
        return self.matches.setdefault((marker.id, field), MarkerMatches(marker, part))

    def add_unread(self, place: str, part: UnreadPart) -> None:
        """Add an unread part; of too many, only their number is kept, save for pointers: git itself may have those."""
        if part.pointer or len(self.unread) < _MAX_REASONS:
            self.unread.append(replace(part, reason=f"{place}: {part.reason}") if place else part)
        else:
            self.omitted_count += 1

    def add_pointer_fault(self, name: str, fault: str, place: str) -> None:
        """Add a finding for a pointer that is malformed, or that doesn't match its content."""
        why = f"The pointer misleads: {fault}."
        matches = self.get_marker_matches(
            Marker("pointer-malformed", "", "", f"{name} pointer", "pointer", "definitive", why), "pointer", ""
        )
        matches.count += 1
        if len(matches.places) < EXCERPTS:
            matches.places.append(Place(0, fault, place))

    def add(self, inner: Contents) -> None:
        """Add the result for a content inside this one."""
        for (_, field), matches in inner.matches.items():
            total = self.get_marker_matches(matches.marker, matches.part, field)
            total.count += matches.count
            total.places += matches.places[: EXCERPTS - len(total.places)]
        for part in inner.unread:
            self.add_unread("", part)
        self.omitted_count += inner.omitted_count
        self.has_pointers |= inner.has_pointers

    def prefer_decoded(self, decoded: Contents) -> None:
        """Prefer matches from decoded content over the same matches in the raw bytes."""
        keys = {_get_match_key(matches) for matches in decoded.matches.values()}
        self.matches = decoded.matches | {
            key: matches for key, matches in self.matches.items() if _get_match_key(matches) not in keys
        }
        self.unread, self.omitted_count, self.has_pointers = (
            decoded.unread,
            decoded.omitted_count,
            decoded.has_pointers,
        )


def _get_match_key(matches: MarkerMatches) -> str:
    """Return the marker's id; for a generator its name, which is the same inside and outside of rows."""
    return matches.marker.product if matches.part == "generator" else matches.marker.id


def count_markers(matches: dict[tuple[str, str], MarkerMatches]) -> dict[str, int]:
    """Return the number of matches of each marker in an object, over all fields."""
    total: dict[str, int] = {}
    for (marker, _), item in matches.items():
        total[marker] = total.get(marker, 0) + item.count
    return total
