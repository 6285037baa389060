"""What stands in a content, counted by marker and field, and what of it stays hidden."""

from __future__ import annotations

from ..model import Spot
from ..policy.markers.catalogue import Marker
from .decoders import Hidden

ALSO = 2  # places that a finding shows beside its first
EXCERPTS = 20  # places of one marker in one field that are remembered
_FIELDS = 20  # fields that are told apart for one marker; a hostile file could have a name for every row
_REASONS = 10  # of what stays hidden in one object


class Seen:
    """How often a marker stands in a field of an object ("" outside of fields), and the first places."""

    __slots__ = ("count", "marker", "part", "places")

    def __init__(self, marker: Marker, part: str) -> None:
        self.marker, self.part = marker, part
        self.count = 0
        self.places: list[Spot] = []


class Contents:
    """What stands in a content, by marker and field, and what of it stays hidden."""

    __slots__ = ("hidden", "leads_out", "seen", "untold")

    def __init__(self) -> None:
        self.seen: dict[tuple[str, str], Seen] = {}
        self.hidden: list[Hidden] = []
        self.untold = 0  # reasons beyond those
        self.leads_out = False  # what it comes to is also a matter of what lies elsewhere

    def at(self, marker: Marker, part: str, field: str) -> Seen:
        """Return what is counted for a marker in a field."""
        if (marker.id, field) not in self.seen and sum(name == marker.id for name, _ in self.seen) >= _FIELDS:
            field = ""
        return self.seen.setdefault((marker.id, field), Seen(marker, part))

    def hide(self, place: str, why: Hidden) -> None:
        """Note what stays hidden: the first reasons, and how many there are."""
        if len(self.hidden) < _REASONS:
            self.hidden.append(Hidden(f"{place}: {why.reason}", why.damaged) if place else why)
        else:
            self.untold += 1

    def misled(self, name: str, fault: str, place: str) -> None:
        """Note that a pointer isn't what it says."""
        why = f"The pointer misleads: {fault}."
        seen = self.at(
            Marker("pointer-malformed", "", "", f"{name} pointer", "pointer", "definitive", why), "pointer", ""
        )
        seen.count += 1
        if len(seen.places) < EXCERPTS:
            seen.places.append(Spot(0, fault, place))

    def add(self, inside: Contents) -> None:
        """Add what stands in a content inside this one."""
        for (_, field), seen in inside.seen.items():
            mine = self.at(seen.marker, seen.part, field)
            mine.count += seen.count
            mine.places += seen.places[: EXCERPTS - len(mine.places)]
        for why in inside.hidden:
            self.hide("", why)
        self.untold += inside.untold
        self.leads_out |= inside.leads_out

    def outdo(self, unpacked: Contents) -> None:
        """Put what was found in the same bytes, unpacked, in the place of what is found in them as they are."""
        found = {_name(seen) for seen in unpacked.seen.values()}
        self.seen = unpacked.seen | {key: seen for key, seen in self.seen.items() if _name(seen) not in found}
        self.hidden, self.untold, self.leads_out = unpacked.hidden, unpacked.untold, unpacked.leads_out


def _name(seen: Seen) -> str:
    """Return what was found: a generator by its name, in a row or not."""
    return seen.marker.product if seen.part == "generator" else seen.marker.id


def counts(seen: dict[tuple[str, str], Seen]) -> dict[str, int]:
    """Return how often each marker stands in an object, in whichever field."""
    total: dict[str, int] = {}
    for (marker, _), item in seen.items():
        total[marker] = total.get(marker, 0) + item.count
    return total
