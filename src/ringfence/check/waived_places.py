"""Judges a marker in a file where waivers may name some of its places; loaded only where there are waivers."""

from __future__ import annotations

from ..model import Location
from ..policy.actions import find_action_key
from ..values import replace
from .occurrences import build_occurrence, find_model, is_counted_as_one

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Finding
    from ..policy.markers.catalogue import Marker
    from ..scan.matches import MarkerMatches
    from .results import Results, Tags
    from .waivers import MarkerCount

_ALWAYS = ("generator", "pointer")  # parts of a file that count whoever made the mark


def judge_waived_places(
    results: Results, match: MarkerMatches, marker: Marker, before: list[MarkerMatches], commit: str, path: bytes,
    tags: Tags,
) -> None:  # fmt: skip
    """Add findings for a marker in a file: what waivers name, and what is new beside it.

    `marker` is that of the match as it counts in this file, `before` are its matches in the parents' versions.
    """

    def count_places(matches: MarkerMatches) -> MarkerCount:
        return _count_places(results, matches, marker, commit, path, tags)

    now = count_places(match)
    if now.findings:
        key = find_action_key(marker)
        results.findings += results.waivers.select_new(now, list(map(count_places, before)), tags, key)


def _count_places(
    results: Results, matches: MarkerMatches, marker: Marker, commit: str, path: bytes, tags: Tags
) -> MarkerCount:
    from .waivers import MarkerCount

    findings: list[Finding] = []
    for place in matches.places:
        model = find_model(results, matches, place)
        if matches.part in _ALWAYS or results.plan.is_rival(marker.vendor, model[1]):
            occurrence = build_occurrence(commit, matches, path, place)
            findings.append(results.judge_mark(marker, tags, occurrence, model))
    if findings and is_counted_as_one(matches):
        first, *others = findings
        also = tuple(Location(item.line, item.excerpt, item.place) for item in others)
        return MarkerCount(matches.count, [replace(first, also=also)], is_one=True)
    return MarkerCount(matches.count - len(matches.places) + len(findings), findings)
