"""Scans text for markers, and for fields that name the generator of a row, and counts the matches."""

from __future__ import annotations

from bisect import bisect_right
from codecs import BOM_UTF8
from itertools import accumulate

from .. import excerpts
from ..git.objects import OVERLAP
from ..model import Location
from ..policy.markers import escapes
from ..policy.markers.catalogue import Marker
from ..values import replace
from . import decoders
from .decoders import PROBE
from .matches import EXCERPTS
from .prefilter import SURFACES, load_prefilter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..policy.plan import Plan
    from .decoders import Piece
    from .matches import Contents

_PREFILTER_FROM = 128 << 10  # bytes of a window; for smaller ones, loading the prefilter takes longer than scanning
_MAX_GENERATORS = 1000  # names of generators counted separately in one object


class Scan:
    """Scans the pieces of one object for the markers and generators of a plan."""

    def __init__(self, plan: Plan) -> None:
        self._groups = [(part, plan.catalogue.load_group(part)) for part in SURFACES]
        self._plan = plan
        self._generators: dict[tuple[str, bool], Marker | None] = {}

    def scan_windows(self, piece: Piece, result: Contents, *, is_text: bool = True) -> Iterator[tuple[bytes, int]]:
        r"""Scan a piece; yield each window after it was scanned, with the number of bytes it shares with the previous.

        In text, escapes of ASCII letters (`\u0041`) are decoded first. Binary bytes hold such sequences by chance, and
        have no lines (line 0).
        """
        wide, line, header = "", int(is_text), b""
        for number, (window, shared, is_last) in enumerate(piece.windows):
            if not number:
                wide = decoders.encoding.detect_encoding(window)
                header = decoders.encoding.recode_to_utf8(window[:PROBE], wide)
            # A match in the overlap of two windows counts in the first if it begins before the overlap's middle.
            first = max(shared - OVERLAP // 2, 0)
            last = len(window) if is_last else len(window) - OVERLAP // 2
            kind = "text" if is_text or wide else "packed"
            is_suspect = len(window) < _PREFILTER_FROM or load_prefilter(self._plan, kind).find_matches(window)
            if is_suspect:
                unescaped = _unescape_window(self._plan, window, first, last) if is_text else (window, first, last)
                self._scan_markers(_remap_piece(piece, window, unescaped[0]), header, *unescaped, line, result)
            if is_suspect and wide:  # in addition: bytes that only begin like wide text must not hide the rest
                data, to_first, to_last = (
                    decoders.encoding.recode_to_utf8(part, wide) for part in (window, window[:first], window[:last])
                )
                self._scan_markers(piece, header, data, len(to_first), len(to_last), line, result)
            if line and not is_last:
                line += decoders.encoding.recode_to_utf8(window[:-OVERLAP], wide).count(b"\n")
            yield window, shared

    def scan_generators(self, piece: Piece, result: Contents) -> None:
        """Scan a piece for generators only."""
        for window, _, _ in piece.windows:
            self._scan_generator_fields(piece, window[:PROBE], window, 0, len(window), 1, result)

    def _scan_markers(
        self, piece: Piece, head: bytes, data: bytes, first: int, last: int, line: int, result: Contents
    ) -> None:  # fmt: skip
        """Add the matches in `data` that begin between the offsets `first` and `last`.

        `head` is the beginning of the content, and `line` the number of the first line of `data` (0: no lines).
        """
        for part, group in self._groups[: 1 if piece.get_place else None]:  # rows can't be git notes
            position, match_line = 0, line
            fields = decoders.fields.Fields(data, head)
            for index, start, end in group.scanner.locate_matches(data) if group.scanner else ():
                if not first <= start < max(last, 1):
                    continue
                count = piece.get_count(start) if piece.get_count else 1
                if not count:
                    continue
                marker, _ = group.load_row(index)
                field = piece.field or fields.find_field(excerpts.find_match_start(data, start, end))
                matches = result.get_marker_matches(marker, part, field)
                matches.count += count
                if len(matches.places) < EXCERPTS:
                    match_line += data.count(b"\n", position, start)
                    position = start
                    matches.places.append(_build_location(piece, field, data, start, end, match_line))
        self._scan_generator_fields(piece, head, data, first, last, line, result)

    def _scan_generator_fields(
        self, piece: Piece, head: bytes, data: bytes, first: int, last: int, line: int, result: Contents
    ) -> None:  # fmt: skip
        """Add the values of generator fields, such as `"model": …`; arguments as in `_scan_markers`."""
        position, match_line = 0, line
        if not self._plan.generator_scanner.find_matches(data) or not (
            self._plan.generators.has_rules or self._has_model(data)
        ):
            return
        fields = decoders.fields.Fields(data)
        for _, start, end in self._plan.generator_scanner.locate_matches(data):
            if not first <= start < max(last, 1):
                continue
            in_row = decoders.generator_fields.is_in_row(head, data, start)
            for name in decoders.generator_fields.parse_values(data, start, end):
                if not (marker := self._find_generator_marker(name, in_row=in_row)):
                    continue
                field = piece.field or fields.find_field(start)
                matches = result.get_marker_matches(marker, "generator", field)
                matches.count += piece.get_count(start) if piece.get_count else 1
                if len(matches.places) < EXCERPTS:
                    match_line += data.count(b"\n", position, start)
                    position = start
                    matches.places.append(_build_location(piece, field, data, start, end + len(name), match_line))

    def _has_model(self, data: bytes) -> bool:
        """Return whether the data names any known model: one scan of it is faster than one for each value."""
        scanner = self._plan.catalogue.load_group("model").scanner
        return bool(scanner and scanner.find_matches(data))

    def _find_generator_marker(self, name: str, *, in_row: bool) -> Marker | None:
        """Return the marker for the name of a generator; None if it is no rival and no rule concerns generators."""
        if (name, in_row) not in self._generators:
            models = self._plan.catalogue.find_models(name.encode())
            rival = next((vendor for _, vendor in models if self._plan.is_rival(vendor)), "")
            if len(self._generators) >= _MAX_GENERATORS:
                # A hostile file could use another name in every row.
                name = f"and others of {rival}" if rival else "and others"
            strength = "strong" if in_row else "weak"
            marker = Marker(f"generator {name} {strength}", rival, rival, name, "field", strength, "")
            is_relevant = rival or self._plan.generators.has_rules
            self._generators[name, in_row] = marker if is_relevant else None
        return self._generators[name, in_row]


def _unescape_window(plan: Plan, data: bytes, first: int, last: int) -> tuple[bytes, int, int]:
    """Return a window with escaped ASCII letters decoded, and two offsets in it; the line numbers stay the same."""
    if data.startswith(BOM_UTF8):  # patterns for the beginning of a line have to match after it
        data, first, last = data[len(BOM_UTF8) :], max(first - len(BOM_UTF8), 0), last - len(BOM_UTF8)
    if not plan.escape_scanner.find_matches(data):
        return data, first, last
    unescaped = escapes.unescape_ascii(data)
    end = len(unescaped) if last == len(data) else len(escapes.unescape_ascii(data[:last]))
    return unescaped, len(escapes.unescape_ascii(data[:first])), end


def _remap_piece(piece: Piece, data: bytes, unescaped: bytes) -> Piece:
    """Return a piece whose rows are looked up by offsets in its unescaped text; each row is one line of both texts."""
    if not piece.get_place or data is unescaped:
        return piece
    lines, unescaped_lines = _locate_lines(data), _locate_lines(unescaped)

    def map_offset(offset: int) -> int:
        return lines[bisect_right(unescaped_lines, offset) - 1]

    get_place, get_count = piece.get_place, piece.get_count
    return replace(
        piece,
        get_place=lambda offset: get_place(map_offset(offset)),
        get_count=get_count and (lambda offset: get_count(map_offset(offset))),
    )


def _locate_lines(data: bytes) -> list[int]:
    """Return the offsets at which lines begin."""
    return list(accumulate((len(line) + 1 for line in data.split(b"\n")), initial=0))


def _build_location(piece: Piece, field: str, data: bytes, start: int, end: int, line: int) -> Location:
    """Return the location of a match: by line, or by row if the piece has rows."""
    begin = excerpts.find_match_start(data, start, end)
    line = 0 if piece.get_place or not line else line + data.count(b"\n", start, begin)
    place = join_place(piece.place, piece.get_place(begin) if piece.get_place else "")
    return Location(
        line, excerpts.format_excerpt(data, start, end), join_place(place, f"field {field}" if field else "")
    )


def join_place(outer: str, inner: str) -> str:
    """Return the description of a place inside another; either may be ""."""
    return f"{outer}, {inner}" if outer and inner else outer or inner
