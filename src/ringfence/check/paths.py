"""Judges a path that a change touches: its name, and what is new in its content."""

from __future__ import annotations

from .. import excerpts
from ..model import SUBMODULE
from ..policy.plan import find_action_key
from ..values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import ScanCounts, Touched
    from ..policy.markers.catalogue import Marker
    from ..policy.plan import Plan
    from ..scan.matches import MarkerMatches
    from ..scan.reader import ObjectReader
    from .results import Results, Tags

_DATA = (b".json", b".jsonl", b".ndjson", b".csv", b".tsv")  # files of nothing but rows, whatever they begin with


def judge_path(
    judged: Results, reading: ObjectReader, examined: ScanCounts, commit: str, touched: Touched, tags: Tags
) -> None:
    """Note what a path is found to be and to hold, if its change brought it."""
    path, oid, parents = touched
    if not oid:
        return
    examined.paths += 1
    examined.submodules += oid == SUBMODULE
    _judge_name(judged, commit, path, tags, is_new=not any(parents))
    for hidden in reading.get_unread(oid):
        judged.add_unread(commit, path, hidden.reason, tags, damaged=hidden.damaged)
    if reading.get_matches(oid):
        stands = [reading.get_matches(parent) for parent in parents]
        _judge_content(judged, reading.get_matches(oid), stands, commit, path, tags)


def _judge_name(judged: Results, commit: str, path: bytes, tags: Tags, *, is_new: bool) -> None:
    for marker in judged.find_path_markers(path):
        # Whatever is added to a session log is new output; an instruction file is news only when it appears.
        if marker.strength != "weak" or is_new:
            judged.add_finding(marker, ("", ""), tags, commit, "path", path, 0, 1, excerpts.format_path(path))


def _judge_content(
    judged: Results,
    stands: dict[tuple[str, str], MarkerMatches],
    stood: list[dict[tuple[str, str], MarkerMatches]],
    commit: str,
    path: bytes,
    tags: Tags,
) -> None:
    """Note what stands in a content more often than it stood in any of the parents' versions."""
    from ..scan.matches import ALSO, count_markers

    now, then = count_markers(stands), [count_markers(seen) for seen in stood]
    for key, seen in stands.items():
        if seen.part == "note" and not _is_note(path):
            continue
        one = _build_generator_marker(judged.plan, seen.marker, path) if seen.part == "generator" else seen.marker
        before = [old[key] for old in stood if key in old]
        is_new = now[key[0]] > max((old.get(key[0], 0) for old in then), default=0)
        if judged.plan.waivers and one is seen.marker:
            _judge_with_waivers(judged, seen, before, tags, commit, path)
        elif one and is_new and seen.count > max((old.count for old in before), default=0):
            known = {spot.excerpt for old in before for spot in old.places}
            first, *others = dict.fromkeys([spot for spot in seen.places if spot.excerpt not in known] or seen.places)
            model = judged.find_model(first.excerpt.encode())
            where = (commit, seen.part, path, first.line, seen.count, first.excerpt)
            judged.add_finding(one, model, tags, *where, place=first.place, also=tuple(others[:ALSO]))


def _build_generator_marker(plan: Plan, marker: Marker, path: bytes) -> Marker | None:
    """Return what a generator's name is a mark of, where it stands; None where it may stand."""
    if marker.strength == "weak" and path.lower().endswith(_DATA):
        marker = replace(marker, strength="strong")
    if marker.strength == "weak":
        if not marker.vendor:
            return None
        why = "A rival's model is named as in a row of data, but not in one: code that calls it does so."
        return replace(marker, id="generator-named", product=f"generator {marker.product!r}", why=why)
    if allowed := plan.find_violated_rule(path, marker.product):
        why = f"The zone allows only {', '.join(allowed)} as what made a row."
        name = f"generator {marker.product!r}"
        return replace(marker, id="generator-not-allowed", product=name, strength="definitive", why=why)
    if not marker.vendor:
        return None
    why = "The field says that a rival's model made the row."
    return replace(marker, id="generator-of-a-rival", product=f"generator {marker.product!r}", why=why)


def _judge_with_waivers(
    judged: Results, seen: MarkerMatches, before: list[MarkerMatches], tags: Tags, commit: str, path: bytes
) -> None:  # fmt: skip
    """Find a marker in a file where waivers may name some of its places."""
    from .waivers import MarkerCount, select_new_findings

    def build_marks(one: MarkerMatches) -> MarkerCount:
        named = [(spot, judged.find_model(spot.excerpt.encode())) for spot in one.places]
        made = [
            judged.judge_marker(
                seen.marker, model, tags, commit, seen.part, path, spot.line, seen.count, spot.excerpt, place=spot.place
            )
            for spot, model in named
            if judged.plan.is_rival(seen.marker.vendor, model[1])
        ]
        return MarkerCount(one.count - len(named) + len(made), made)

    now = build_marks(seen)
    if now.findings:
        judged.findings += select_new_findings(
            now, list(map(build_marks, before)), tags, find_action_key(seen.marker), judged.plan
        )


def _is_note(path: bytes) -> bool:
    """Say whether a path is an object's id, spread over folders as git notes do it."""
    name = path.replace(b"/", b"")
    return len(name) in (40, 64) and not name.strip(b"0123456789abcdef")
