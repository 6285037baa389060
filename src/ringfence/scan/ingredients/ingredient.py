"""What the hits of one source file in one text come to: a copy, a hint, or nothing."""

from __future__ import annotations

from itertools import pairwise

from ...values import value
from . import scheme
from .fingerprint import is_significant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .sources import Source
    from .texts import Text

_GAP = 8  # lines between two hits of one range
BLOCK_LETTERS, BLOCK_SKELETONS = 3, 2  # distinct hits of one source that prove a copy; fewer are a hint
HINT_LETTERS, HINT_SKELETONS = 2, 1


@value
class Hit:
    """A fingerprint that the index has: its kind, its lines in the text from 0, and its first line in the source."""

    kind: int
    value: int
    first: int
    last: int
    source_line: int


@value
class Ingredient:
    """Recorded text found in an object.

    Attributes:
        source: Where the text came from; of several sources in one file, the one with most hits.
        is_copy: Whether it is enough to be sure; otherwise it is a hint.
        is_reworded: Whether only skeletons matched: every name was changed.
        line, last_line: Its lines in the content; 0 where lines say nothing.
        place, field: As in `Text`.
        source_line, source_last: Its lines in the source; 0 for a whole file.
        lines: How many of the lines matched.
        edited: How many lines between them didn't.
        values: The fingerprints that matched, to compare with another version of the file.
        counts: Hits by kind.
    """

    source: Source
    is_copy: bool
    is_reworded: bool
    line: int
    last_line: int
    place: str
    field: str
    source_line: int
    source_last: int
    lines: int
    edited: int
    values: frozenset[int]
    counts: tuple[int, ...]


# The hits of one source file: for each the number of its source.
Hits = list[tuple[int, Hit]]


def build_ingredient(hits: Hits, sources: dict[int, Source], text: Text) -> Ingredient | None:
    """Return what the hits of one source file come to; None for fewer than a hint."""
    distinct = [len({hit.value for _, hit in hits if hit.kind == kind}) for kind in scheme.KINDS]
    lines, letters, skeletons = (distinct[kind] for kind in scheme.KINDS)
    is_run = _has_adjoining_lines([hit for _, hit in hits if hit.kind == scheme.LINES])
    is_mixed = letters >= HINT_LETTERS and bool(lines or skeletons)  # two kinds say the same
    is_copy = is_run or letters >= BLOCK_LETTERS or skeletons >= BLOCK_SKELETONS or is_mixed
    if not (is_copy or lines or letters >= HINT_LETTERS or skeletons >= HINT_SKELETONS):
        return None
    cluster = _select_largest_cluster([hit for _, hit in hits])
    numbers = [number for number, _ in hits]
    source = sources[max(sorted(set(numbers)), key=numbers.count)]
    first, last = min(hit.first for hit in cluster), max(hit.last for hit in cluster)
    matched = {line for hit in cluster for line in range(hit.first, hit.last + 1)}
    place = text.place
    if text.get_place:
        inner = text.get_place(_find_offset(text.data, first))
        place = f"{place}, {inner}" if place and inner else place or inner
    return Ingredient(
        source,
        is_copy,
        not (lines or letters),
        text.line + first if text.line else 0,
        text.line + last if text.line else 0,
        place,
        text.field,
        min(hit.source_line for hit in cluster),
        max(hit.source_line + hit.last - hit.first for hit in cluster),
        len(matched),
        last - first + 1 - len(matched),
        frozenset(hit.value for _, hit in hits),
        tuple(distinct),
    )


def _has_adjoining_lines(hits: list[Hit]) -> bool:
    """Return whether two runs of lines overlap: five lines in a row."""
    ordered = sorted({(hit.first, hit.last, hit.value) for hit in hits})
    return any(later[0] <= earlier[1] and later[2] != earlier[2] for earlier, later in pairwise(ordered))


def _select_largest_cluster(hits: list[Hit]) -> list[Hit]:
    """Return the hits, sorted by line, of the range with most of them."""
    clusters = split_clusters([(0, hit) for hit in hits])
    return [hit for _, hit in max(clusters, key=len)]


def split_clusters(hits: Hits) -> list[Hits]:
    """Return hits of one source file by the ranges of lines that they are in, sorted by line."""
    clusters: list[Hits] = []
    end = 0
    for number, hit in sorted(hits, key=lambda pair: (pair[1].first, pair[1].last)):
        if not clusters or hit.first > end + _GAP:
            clusters.append([])
            end = 0
        clusters[-1].append((number, hit))
        end = max(end, hit.last)
    return clusters


def merge_lines(hits: Hits, text: Text) -> list[tuple[int, int, int]]:
    """Return the lines of a text that hits cover, those that adjoin as one: (first, last, first in the source).

    Lines behind them that say nothing, such as closing braces, are taken for theirs: no fingerprint has such lines.
    """
    lines = text.data.removesuffix(b"\n").split(b"\n")
    merged: list[tuple[int, int, int]] = []
    for _, hit in sorted(hits, key=lambda pair: (pair[1].first, pair[1].last)):
        last = hit.last
        while last + 1 < len(lines) and not is_significant(lines[last + 1]):
            last += 1
        first, last = text.line + hit.first, text.line + last
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(last, merged[-1][1]), merged[-1][2]
        else:
            merged.append((first, last, hit.source_line))
    return merged


def _find_offset(data: bytes, line: int) -> int:
    offset = 0
    for _ in range(line):
        offset = data.find(b"\n", offset) + 1
    return offset
