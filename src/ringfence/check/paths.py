"""Judges a path that a change touches: its name, and what is new in its content."""

from __future__ import annotations

from ..model import SUBMODULE, Location, Occurrence
from ..policy.actions import find_action_key
from ..policy.markers.catalogue import NAMED
from ..values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model import ScanCounts, Touched
    from ..policy.markers.catalogue import Marker
    from ..policy.plan import Plan
    from ..scan.decoders import UnreadPart
    from ..scan.matches import MarkerMatches
    from ..scan.reader import ObjectReader
    from .results import Results, Tags

    Matches = dict[tuple[str, str], MarkerMatches]

_ROW_FILES = (
    b".json",
    b".jsonl",
    b".ndjson",
    b".csv",
    b".tsv",
)  # files whose every line or element is a row, whatever the first bytes are

_IN_CODE = "In source code such a form is a constant, a phrase list or a test's value: it names the tool, and is weak."
_CODE_FILES = (
    b".bash", b".c", b".cc", b".cjs", b".clj", b".cpp", b".cs", b".cts", b".cxx", b".dart", b".erl", b".ex", b".exs",
    b".fs", b".go", b".gradle", b".groovy", b".h", b".hh", b".hpp", b".hs", b".java", b".jl", b".js", b".jsx", b".kt",
    b".kts", b".lua", b".m", b".mjs", b".mm", b".mts", b".php", b".pl", b".pm", b".proto", b".ps1", b".py", b".pyi",
    b".pyx", b".rb", b".rs", b".scala", b".sh", b".sol", b".svelte", b".swift", b".tf", b".ts", b".tsx", b".vb",
    b".vue", b".zig", b".zsh",
)  # fmt: skip


def judge_path(
    results: Results, reader: ObjectReader, counts: ScanCounts, commit: str, touched: Touched, tags: Tags
) -> None:
    """Add findings for a path's name and content, and what of it could not be read."""
    path, oid, parents = touched
    if not oid:
        return
    counts.paths += 1
    _judge_name(results, commit, path, tags, is_new=not any(parents))
    if oid.startswith(SUBMODULE):
        from .submodules import judge_submodule

        counts.submodules += 1
        judge_submodule(results, counts, commit, touched, tags)
        return
    for part in _list_unread(results, reader, commit, touched, tags):
        if part.is_note and not _is_note(path):
            continue
        results.add_unread(commit, path, part.reason, tags, damaged=part.damaged, extra=part.extra)
    if ingredients := reader.get_ingredients(oid):
        from .ingredients import judge_ingredients

        judge_ingredients(
            results, ingredients, [reader.get_ingredients(parent) for parent in parents], commit, path, tags
        )
    if matches := reader.get_matches(oid):
        _judge_content(results, matches, [reader.get_matches(parent) for parent in parents], commit, path, tags)


def _list_unread(
    results: Results, reader: ObjectReader, commit: str, touched: Touched, tags: Tags
) -> Sequence[UnreadPart]:
    """Return what of a file could not be read, less what its pointers name and git has in the same commit."""
    path, oid, _ = touched
    parts = reader.get_unread(oid)
    if not any(part.pointer for part in parts):
        return parts
    from .outputs_in_git import drop_outputs_in_git

    find_tags = results.plan.zones.find_tags
    return drop_outputs_in_git(
        reader.objects, commit, path, oid, parts, lambda other: set(tags) <= set(find_tags(other))
    )


def _judge_name(results: Results, commit: str, path: bytes, tags: Tags, *, is_new: bool) -> None:
    for marker in results.find_path_markers(path):
        # Any addition to a session log is new output; an instruction file counts only when it first appears.
        if marker.strength != "weak" or is_new:
            from ..excerpts import format_path

            results.add_mark(marker, tags, Occurrence(commit, "path", format_path(path), path))


def _judge_content(
    results: Results, matches: Matches, parents: list[Matches], commit: str, path: bytes, tags: Tags
) -> None:
    """Add findings for markers that match more often than in any of the parents' versions."""
    from ..scan.matches import ALSO, count_markers
    from .occurrences import build_occurrence, find_model

    count, parent_counts = count_markers(matches), [count_markers(parent) for parent in parents]
    for key, match in matches.items():
        if match.part == "loop" or (match.part == "note" and not _is_note(path)):
            continue
        before = [parent[key] for parent in parents if key in parent]
        is_new = count[key[0]] > max((older.get(key[0], 0) for older in parent_counts), default=0)
        is_new = is_new and match.count > max((older.count for older in before), default=0)
        if not is_new and not results.plan.waivers:
            continue  # most marks of a file are in its parents' versions
        marker = (
            _build_generator_marker(results.plan, match.marker, path) if match.part == "generator" else match.marker
        )
        asking = tags
        if match.part == "use":
            from .uses import build_use_marker

            asking = results.plan.actions.filter_not_ignoring(tags, find_action_key(match.marker))
            marker = build_use_marker(match.marker, path) if asking else None
            if marker and (terms := results.plan.find_terms(marker.vendor)):
                marker = replace(marker, why=f"{marker.why} {terms}")
        if match.marker.weak_in_code and _is_code(path) and not _is_no_code(match):
            marker = replace(match.marker, strength="weak", why=_IN_CODE)
        if marker and results.plan.waivers:
            from .waived_places import judge_waived_places

            judge_waived_places(results, match, marker, before, commit, path, asking)
        elif marker:
            known = {(place.excerpt, place.line_digest) for older in before for place in older.places}
            fresh = [place for place in match.places if (place.excerpt, place.line_digest) not in known]
            first, *others = dict.fromkeys(fresh or match.places)
            also = tuple(Location(other.line, other.excerpt, other.place) for other in others[:ALSO])
            occurrence = build_occurrence(commit, match, path, first, also)
            results.add_mark(marker, asking, occurrence, find_model(results, match, first))


def _build_generator_marker(plan: Plan, marker: Marker, path: bytes) -> Marker | None:
    """Return the marker for a generator's name in this file; None where the name is allowed."""
    is_named = marker.why == NAMED
    permitted = {"models": "-".join(marker.product.split()), "uses": "rows"}  # what a permission may name
    if marker.strength == "weak" and not marker.why and (path.lower().endswith(_ROW_FILES) or _is_note(path)):
        marker = replace(marker, strength="strong")
    if marker.strength == "weak":
        if not marker.vendor:
            return None
        why = marker.why or (
            "A rival's model is named in a field such as rows have, but outside a data file: code looks the same."
        )
        return replace(marker, id="generator-named", product=f"generator {marker.product!r}", why=why, **permitted)
    if allowed := plan.generators.find_allowed_instead(path, marker.product):
        why = f"The zone allows only these generators of rows: {', '.join(allowed)}."
        name = f"generator {marker.product!r}"
        return replace(marker, id="generator-not-allowed", product=name, strength="definitive", why=why)
    if not marker.vendor:
        return None
    if is_named:
        why = "A rival's model is named beside settings, prices or a request, with no answer beside it."
        name = f"generator {marker.product!r}"
        return replace(marker, id="generator-named", product=name, strength="weak", why=why, **permitted)
    why = "The field says that a rival's model made the row."
    return replace(marker, id="generator-of-a-rival", product=f"generator {marker.product!r}", why=why, **permitted)


def _is_no_code(match: MarkerMatches) -> bool:
    """Return whether a marker matches in an archive in a file of code, or in a notebook that is kept as a script."""
    from ..scan.matches import SCRIPT

    return any(place.place.startswith(("at byte ", SCRIPT)) for place in match.places)


def _is_code(path: bytes) -> bool:
    return path.lower().endswith(_CODE_FILES)


def _is_note(path: bytes) -> bool:
    """Return whether a path is an object's id, spread over folders as git notes do it."""
    name = path.replace(b"/", b"")
    return len(name) in (40, 64) and not name.strip(b"0123456789abcdef")
