"""Judges recorded output of AI tools that was found again in a file: what is new of it, and where it comes from."""

from __future__ import annotations

from ..excerpts import sanitise_text
from ..model import Occurrence, Origin
from ..policy.markers.catalogue import Marker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..policy.plan import Plan
    from ..scan.ingredients.ingredient import Ingredient
    from .results import Results, Tags

_FEW = 3  # new fingerprints beside older ones of the same text: an edit moves the windows at its edges
_COPIED = "Recorded output of a rival's tool was copied here, without its marks."
_REWORDED = "Recorded output of a rival's tool was copied here with every name changed."
_SIMILAR = "This resembles recorded output of a rival's tool; it is too short or too different to be sure."


def judge_ingredients(
    results: Results, found: list[Ingredient], parents: list[list[Ingredient]], commit: str, path: bytes, tags: Tags
) -> None:
    """Add a finding for each recorded text of a rival that isn't in any parent's version of the file."""
    known: set[int] = set()
    for before in parents:
        known.update(*(item.values for item in before))
    for item in found:
        source = item.source
        new = len(item.values - known)
        is_own = commit and source.revision == commit  # the commit's own mark is a finding already
        if not new or is_own or not results.plan.is_rival(source.vendor, source.model_vendor):
            continue
        is_hint = not item.is_copy or (len(item.values) > new and new < _FEW)
        occurrence = Occurrence(
            commit, "ingredient", format_origin(item), path, item.line, 1, format_item_place(item),
            origin=_build_origin(item),
        )  # fmt: skip
        results.add_finding(_build_marker(item, is_hint=is_hint), tags, occurrence, (source.model, source.model_vendor))


def describe_stale_index(plan: Plan) -> str:
    """Return that the index is older than the policy allows, or ""."""
    from ..scan.ingredients.open_index import compute_age_days, load_lookup

    age, most = compute_age_days(load_lookup(plan).manifest), plan.ingredients.max_age_days
    return f"the index of ingredients is {age} days old (ingredients.max_age_days = {most})" if age > most else ""


def format_origin(item: Ingredient) -> str:
    """Return where recorded text comes from: `payments, commit 3f2a…, src/z.py, lines 88-118 (31 lines, 3 edited)`."""
    source = item.source
    kind = source.evidence if source.evidence in ("session", "call") else "commit"
    if kind == "call":
        return sanitise_text(f"{source.repository}, {source.path}")
    lines = f", lines {item.source_line}-{item.source_last}" if any(item.counts[:3]) else ", the whole file"
    edited = item.edited
    count = f" ({item.lines} lines{f', {edited} edited' if edited else ''})" if any(item.counts[:3]) else ""
    return sanitise_text(f"{source.repository}, {kind} {source.revision[:12]}, {source.path}{lines}{count}")


def format_item_place(item: Ingredient) -> str:
    """Return the place of recorded text inside a file, as findings have it."""
    field = f"field {item.field}" if item.field else ""
    return ", ".join(filter(None, (item.place, field)))


def _build_marker(item: Ingredient, *, is_hint: bool) -> Marker:
    source = item.source
    why = _SIMILAR if is_hint else _REWORDED if item.is_reworded else _COPIED
    name, strength = ("ingredient-similar", "weak") if is_hint else ("ingredient", "strong")
    return Marker(name, source.vendor, source.vendor, source.product, "ingredient", strength, why)


def _build_origin(item: Ingredient) -> Origin:
    source = item.source
    return Origin(
        source.repository, source.revision, source.path, item.source_line, item.source_last, source.vendor,
        source.product, source.model, source.evidence, source.written, source.recorded, item.last_line,
        item.lines, item.edited,
    )  # fmt: skip
