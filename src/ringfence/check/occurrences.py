"""Builds the occurrence of a match in a file, and tells the model that it names."""

from __future__ import annotations

from ..model import Occurrence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Location
    from ..scan.matches import MarkerMatches, Place
    from .results import Results


def build_occurrence(
    commit: str, match: MarkerMatches, path: bytes, place: Place, also: tuple[Location, ...] = ()
) -> Occurrence:
    """Build the occurrence of a match at one of its places."""
    context = place.line_digest
    if match.count > 1 and is_counted_as_one(match):
        context += b"\0%d" % match.count  # rows of a column look alike: their number tells what a waiver was for
    return Occurrence(commit, match.part, place.excerpt, path, place.line, match.count, place.place, also, context)


def is_counted_as_one(match: MarkerMatches) -> bool:
    """Return whether it is the name of a generator in rows of a column, which are told apart by their number alone."""
    return match.part == "generator" and not any(place.line for place in match.places)


def find_model(results: Results, match: MarkerMatches, place: Place) -> tuple[str, str]:
    """Return the model that a match names, and its vendor.

    A generator's model is its own value: an excerpt shows those of its neighbours too, or half of it.
    """
    line = match.marker.product if match.part in ("generator", "use") else place.excerpt
    return results.find_model(line.encode())
