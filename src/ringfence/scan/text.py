"""Scans text for markers, and for fields that name the generator of a row, and counts the matches."""

from __future__ import annotations

from codecs import BOM_UTF8

from .. import excerpts
from ..git.objects import OVERLAP
from ..policy.markers import escapes
from ..policy.markers.catalogue import NAMED, SURFACES
from ..policy.markers.unescape import Unescaped
from ..values import replace
from . import decoders, prefilter
from .decoders import PROBE
from .escaped import EscapedText
from .generators import FIELD, LINE, MODEL_KEY, OUTPUT_KEY, Generators, locate_generators, may_name_generators
from .matches import EXCERPTS, Place
from .passages import Passage, iter_wide_passages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..policy.markers.outputs import Outputs
    from ..policy.plan import Plan
    from .decoders import Piece
    from .hits import Expression, Hits
    from .matches import Contents

    ScannedWindow = tuple[bytes, int, bool, Hits | None]

_PREFILTER_FROM = 128 << 10  # bytes of a window; for smaller ones, loading the prefilter takes longer than scanning


class Scan:
    """Scans the pieces of one object for the markers and generators of a plan.

    Attributes:
        line: The number of the first line of the window that was yielded last; 0 in bytes that aren't text.
    """

    def __init__(self, plan: Plan) -> None:
        self.line = 1
        self._groups = [(part, plan.catalogue.load_group(part)) for part in SURFACES]
        self._plan = plan
        self._generators = Generators(plan)

    def scan_windows(
        self, piece: Piece, result: Contents, *, is_text: bool = True, known: Hits | None = None
    ) -> Iterator[ScannedWindow]:
        """Scan a piece; yield each window after it was scanned.

        `known` are the prefilter's hits in the first window, if it was asked already.
        A scanned window is its bytes, the number of them shared with the previous, whether it is the last, and what
        the prefilter found in it, if it was asked.
        Text is also scanned with its escapes decoded. Binary bytes hold such sequences by chance, and have no lines
        (line 0).
        """
        wide, is_marked, line, header = "", False, int(is_text), b""
        for number, (window, shared, is_last) in enumerate(piece.windows):
            if not number:
                wide, is_marked = decoders.encoding.detect_encoding(window), decoders.encoding.has_mark(window)
                header = decoders.encoding.recode_to_utf8(window[:PROBE], wide)
            # A match in the overlap of two windows counts in the first if it begins before the overlap's middle.
            bounds = max(shared - OVERLAP // 2, 0), len(window) if is_last else len(window) - OVERLAP // 2
            kind = "text" if is_text or wide else "packed"
            hits = self.find_hits(window, kind) if number or known is None else known
            if hits is None or hits:
                found: set[tuple[str, int, int]] = set()
                bom = len(BOM_UTF8) if is_text and not number and window.startswith(BOM_UTF8) else 0
                # A line begins behind the byte order mark.
                plain = Passage(window[bom:], bounds, line, bom.__add__)
                inner = self.find_hits(plain.text) if bom else hits
                self._scan_passage(piece, header, plain, result, found, inner, is_text=is_text)
                # In addition: bytes that only begin like wide text must not hide the rest.
                for passage in iter_wide_passages(window, wide, bounds, line, is_marked=is_marked):
                    inner = self.find_hits(passage.text)
                    self._scan_passage(piece, header, passage, result, found, inner, is_text=True)
            self.line = line
            if line and not is_last:
                line += _count_lines(window, len(window) - OVERLAP, wide)
            yield window, shared, is_last, hits

    def find_hits(self, data: bytes, kind: str = "text") -> Hits | None:
        """Return what the prefilter finds, if it is loaded or worth loading."""
        if kind not in self._plan.prefilters and (
            len(data) < _PREFILTER_FROM or not prefilter.is_worth_loading(self._plan, len(data))
        ):
            return None
        return prefilter.find_hits(self._plan, data, kind)

    def scan_generators(self, piece: Piece, result: Contents) -> None:
        """Scan a piece for generators only."""
        for window, _, _ in piece.windows:
            passage = Passage(window, (0, len(window)), 1)
            self._scan_generator_fields(piece, window[:PROBE], passage, result, set())

    def _scan_passage(
        self, piece: Piece, head: bytes, passage: Passage, result: Contents, found: set[tuple[str, int, int]],
        hits: Hits | None, *, is_text: bool,
    ) -> None:  # fmt: skip
        """Add the matches in a passage, escaped ones once each.

        `head` is the beginning of the content, `found` (part, expression, where it begins) what is counted already, and
        `hits` what the prefilter found in the passage, if it was asked.
        """
        data = passage.text
        fields = decoders.fields.Fields(data, head)
        known: dict[Expression, list[tuple[int, int]]] = {}  # matches in the data as it is, by expression

        def add_matches(base: int, unescaped: Unescaped) -> None:
            for part, group in self._groups:
                if not group.scanner or (part == "note" and piece.get_place):  # rows can't be git notes
                    continue
                candidates = None
                if hits is not None and unescaped.text is data:
                    candidates = {index: ends for (group_name, index), ends in hits.marks.items() if group_name == part}
                for index, start, end in group.scanner.locate_matches(unescaped.text, candidates):
                    if base and not start:
                        continue  # at the edge of a window any expression finds the beginning of a line
                    begin = base + unescaped.find_origin(start)
                    origin = passage.find_origin(begin)
                    if unescaped.text is data:
                        known.setdefault((part, index), []).append((start, end))
                    if not passage.contains(origin) or (part, index, origin) in found:
                        continue
                    found.add((part, index, origin))
                    count = piece.get_count(origin) if piece.get_count else 1
                    if not count:
                        continue
                    marker, _ = group.load_row(index)
                    begin += excerpts.find_match_start(unescaped.text, start, end) - start
                    field = piece.field or fields.find_field(begin)
                    matches = result.get_marker_matches(marker, part, field)
                    matches.count += count
                    if len(matches.places) < EXCERPTS:
                        excerpt = excerpts.format_excerpt(unescaped.text, start, end)
                        matches.places.append(_build_place(piece, field, passage, (begin, end - start), excerpt))

        add_matches(0, Unescaped(data))
        escaped = EscapedText(data, head, known, hits) if is_text else None
        for base, unescaped in escaped.iter_unescaped() if escaped else ():
            add_matches(base, unescaped)
        if hits is None or hits.generators:
            self._scan_generator_fields(piece, head, passage, result, found, hits)
        for begin, end in escaped.rare if escaped else ():
            self._scan_escaped_fields(piece, head, passage, (begin, end), result, found)

    def _scan_generator_fields(
        self, piece: Piece, head: bytes, passage: Passage, result: Contents, found: set[tuple[str, int, int]],
        hits: Hits | None = None,
    ) -> None:  # fmt: skip
        """Add the values of generator fields, such as `"model": …`; arguments as in `_scan_passage`."""
        data = passage.text
        if not may_name_generators(self._plan, data):
            return
        from ..policy.markers import outputs

        fields, judged = decoders.fields.Fields(data), outputs.Outputs(data)
        for kind, start, end in locate_generators(self._plan, data, hits):
            origin = passage.find_origin(start)
            if kind > LINE or not passage.contains(origin) or ("generator", kind, origin) in found:
                continue
            if kind == MODEL_KEY and ("generator", OUTPUT_KEY, origin) in found:
                continue  # it is more than a model's name
            found.add(("generator", kind, origin))
            in_row = decoders.generator_fields.is_in_row(head, data, start)
            for found_marker in self._generators.iter_markers(kind, data, start, end, in_row=in_row):
                marker, name = found_marker, found_marker.product
                if in_row and _is_named(piece, judged, kind, start, end):
                    marker = replace(marker, id=f"{marker.id} {NAMED}", why=marker.why or NAMED)
                field = piece.field or fields.find_field(start)
                matches = result.get_marker_matches(marker, "generator", field)
                matches.count += piece.get_count(origin) if piece.get_count else 1
                if len(matches.places) < EXCERPTS:
                    begin = excerpts.find_match_start(data, start, end)
                    excerpt = excerpts.format_excerpt(data, start, end + len(name))
                    matches.places.append(_build_place(piece, field, passage, (begin, end - start), excerpt))

    def _scan_escaped_fields(
        self, piece: Piece, head: bytes, passage: Passage, part: tuple[int, int], result: Contents,
        found: set[tuple[str, int, int]],
    ) -> None:  # fmt: skip
        """Add the values of generator fields in a part of a passage that only unescaping makes recognisable."""
        base, end = part
        raw = passage.text[base:end]
        text = escapes.unescape_ascii(raw)
        if self._plan.generator_scanner.find_matches(raw) or not self._plan.generator_scanner.find_matches(text):
            return
        line = passage.count_lines(base)
        bounds = passage.first, passage.last
        here = Passage(text, bounds, line, lambda offset: passage.find_origin(base + min(offset, len(raw))))
        self._scan_generator_fields(piece, head, here, result, found)


def _count_lines(window: bytes, end: int, wide: str) -> int:
    """Return how many lines of a window end before an offset; `wide` is its encoding."""
    if not wide:
        return window.count(b"\n", 0, end)
    return decoders.encoding.recode_to_utf8(window[:end], wide).count(b"\n")


def _is_named(piece: Piece, judged: Outputs, kind: int, start: int, end: int) -> bool:
    """Return whether a field or a key only names a model, with no answer beside it or behind it."""
    if kind == OUTPUT_KEY:
        return not (piece.get_place or judged.holds_output(start, end))
    return kind == FIELD and (piece.is_named or not (piece.get_place or judged.is_output(start)))


def _build_place(piece: Piece, field: str, passage: Passage, match: tuple[int, int], excerpt: str) -> Place:
    """Return the place of a match, given as (offset, length) in a passage: by line, or by row if there are rows."""
    begin, length = match
    line = 0 if piece.get_place else passage.count_lines(begin)
    place = join_place(piece.place, piece.get_place(passage.find_origin(begin)) if piece.get_place else "")
    digest = passage.compute_line_digest(begin, begin + length, excerpt)
    return Place(line, excerpt, join_place(place, f"field {field}" if field else ""), digest)


def join_place(outer: str, inner: str) -> str:
    """Return the description of a place inside another; either may be ""."""
    return f"{outer}, {inner}" if outer and inner else outer or inner
