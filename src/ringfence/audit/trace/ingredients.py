"""Looks up in an index of recorded output what the history says nothing of: squashed, imported or copied text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...git.objects import MissingObject
from ...scan.decoders import UnreadPart
from ...scan.ingredients.texts import call_with_texts, open_stream
from .model import Origin, Piece

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...git.objects import Object
    from ...policy.plan import Plan
    from ...repository import Repository
    from ...scan.ingredients.ingredient import Ingredient
    from ...scan.ingredients.lookup import Lookup
    from ...scan.ingredients.texts import Text
    from .model import Trace, TracedFile

_ROW = re.compile(r"\b(?:row|line) (\d+)")
_FIELD = re.compile(r"\bfield (.+)$")


def trace_ingredients(repository: Repository, plan: Plan, trace: Trace, lookup: Lookup) -> None:
    """Add the pieces that an index knows, where no commit of the history is named for a line already."""
    files: dict[str, list[TracedFile]] = {}
    for file in trace.files:
        if len(file.list_lines()) < file.lines:
            files.setdefault(file.blob, []).append(file)
    for item in repository.objects.iter_objects(files):
        if isinstance(item, MissingObject):
            continue  # said already
        whole, found = _find_pieces(item, plan, lookup)
        for file in files[item.name]:
            _add_pieces(file, whole, found)


def _find_pieces(item: Object, plan: Plan, lookup: Lookup) -> tuple[Piece | None, list[Piece]]:
    """Return the piece that the whole file is, if the index knows its id, and those in its texts."""
    whole = lookup.find_whole(item.oid)

    def find_in_texts(texts: Iterable[Text | UnreadPart]) -> list[Piece]:
        pieces: list[Piece] = []
        for text in texts:
            if not isinstance(text, UnreadPart):
                for ingredient, ranges in lookup.find_ranges(text):
                    if plan.is_rival(ingredient.source.vendor, ingredient.source.model_vendor):
                        pieces += _build_pieces(ingredient, ranges)
        return pieces

    found = call_with_texts(open_stream(item), item.size, plan.limits, find_in_texts) or []
    is_rival = whole is not None and plan.is_rival(whole.source.vendor, whole.source.model_vendor)
    return _build_whole(whole) if whole and is_rival else None, found


def _build_whole(whole: Ingredient) -> Piece:
    return Piece(0, 0, 0, 0, _build_origin(whole, "object"), hits=1)


def _build_pieces(ingredient: Ingredient, ranges: list[tuple[int, int, int]]) -> Iterator[Piece]:
    """Yield the lines of a text that the index has, given as (first, last, first in the source); or its row."""
    source = ingredient.source
    origin = _build_origin(ingredient, "session" if source.evidence == "session" else "ingredient")
    hits = len(ingredient.values)
    if ingredient.line:
        for first, last, there in ranges:
            yield Piece(first, last, there, there + last - first, origin, hits=hits)
        return
    row = _ROW.search(ingredient.place)
    field = ingredient.field or (match[1] if (match := _FIELD.search(ingredient.place)) else "")
    yield Piece(
        0, 0, ingredient.source_line, ingredient.source_last, origin, row=int(row[1]) if row else 0, field=field,
        hits=hits,
    )  # fmt: skip


def _build_origin(ingredient: Ingredient, evidence: str) -> Origin:
    source = ingredient.source
    strength = "strong" if ingredient.is_copy else "weak"
    return Origin(
        source.vendor, source.product, source.model, evidence, strength, source.repository, source.revision,
        source.path, source.written, source.recorded,
    )  # fmt: skip


def _add_pieces(file: TracedFile, whole: Piece | None, found: list[Piece]) -> None:
    """Add pieces to a file, without the lines that the history speaks for."""
    known = file.list_lines()
    added: list[Piece] = []
    if whole and not known:
        file.pieces.append(
            Piece(0 if file.is_binary else 1, 0 if file.is_binary else file.lines, 0, 0, whole.origin, hits=whole.hits)
        )
        return
    for piece in found:
        if not piece.first:
            added.append(piece)
            continue
        begin = piece.first
        for line in range(piece.first, piece.last + 2):
            if line > piece.last or line in known:
                if line > begin:
                    added.append(piece.cut(begin, line - 1))
                begin = line + 1
        known.update(range(piece.first, piece.last + 1))
    file.pieces = sorted((*file.pieces, *added), key=lambda piece: (piece.first, piece.row, piece.is_edited))
