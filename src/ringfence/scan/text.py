"""Scans text for markers, and for fields that name the generator of a row, and counts the matches."""

from __future__ import annotations

from codecs import BOM_UTF8

from .. import excerpts
from ..git.objects import OVERLAP
from ..model import Location
from ..policy.markers import escapes
from ..policy.markers.catalogue import NAMED, Marker
from ..policy.markers.unescape import Unescaped
from ..values import replace
from . import decoders
from .decoders import PROBE
from .escaped import EscapedText
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
        """Scan a piece; yield each window after it was scanned, with the number of bytes it shares with the previous.

        Text is also scanned with its escapes decoded. Binary bytes hold such sequences by chance, and have no lines
        (line 0).
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
                bom = len(BOM_UTF8) if is_text and not number and window.startswith(BOM_UTF8) else 0
                plain = window[bom:], max(first - bom, 0), last - bom  # a line begins behind the byte order mark
                self._scan_text(piece, header, *plain, line, result, is_text=is_text)
            if is_suspect and wide:  # in addition: bytes that only begin like wide text must not hide the rest
                data, to_first, to_last = (
                    decoders.encoding.recode_to_utf8(part, wide) for part in (window, window[:first], window[:last])
                )
                self._scan_text(piece, header, data, len(to_first), len(to_last), line, result, is_text=True)
            if line and not is_last:
                line += decoders.encoding.recode_to_utf8(window[:-OVERLAP], wide).count(b"\n")
            yield window, shared

    def scan_generators(self, piece: Piece, result: Contents) -> None:
        """Scan a piece for generators only."""
        for window, _, _ in piece.windows:
            self._scan_generator_fields(piece, window[:PROBE], window, 0, len(window), 1, result)

    def _scan_text(
        self, piece: Piece, head: bytes, data: bytes, first: int, last: int, line: int, result: Contents, *,
        is_text: bool,
    ) -> None:  # fmt: skip
        """Add the matches in `data` that begin between the offsets `first` and `last`, escaped ones once each.

        `head` is the beginning of the content, and `line` the number of the first line of `data` (0: no lines).
        """
        fields = decoders.fields.Fields(data, head)
        found: set[tuple[str, int, int]] = set()  # part, expression, where it begins
        known: dict[int, list[tuple[int, int]]] = {}  # matches in the data as it is, by expression

        def add_matches(base: int, unescaped: Unescaped) -> None:
            offset = 0  # number of the group's first expression among those of all groups
            for part, group in self._groups:
                if not group.scanner or (part == "note" and piece.get_place):  # rows can't be git notes
                    continue
                for index, start, end in group.scanner.locate_matches(unescaped.text):
                    if base and not start:
                        continue  # at the edge of a window any expression finds the beginning of a line
                    origin = base + unescaped.find_origin(start)
                    if unescaped.text is data:
                        known.setdefault(offset + index, []).append((start, end))
                    if not first <= origin < max(last, 1) or (part, index, origin) in found:
                        continue
                    found.add((part, index, origin))
                    count = piece.get_count(origin) if piece.get_count else 1
                    if not count:
                        continue
                    marker, _ = group.load_row(index)
                    begin = origin + excerpts.find_match_start(unescaped.text, start, end) - start
                    field = piece.field or fields.find_field(begin)
                    matches = result.get_marker_matches(marker, part, field)
                    matches.count += count
                    if len(matches.places) < EXCERPTS:
                        excerpt = excerpts.format_excerpt(unescaped.text, start, end)
                        matches.places.append(_build_location(piece, field, data, begin, excerpt, line))
                offset += len(group.scanner.expressions())

        add_matches(0, Unescaped(data))
        escaped = EscapedText(self._plan, data, head, known) if is_text else None
        for base, unescaped in escaped.iter_unescaped() if escaped else ():
            add_matches(base, unescaped)
        self._scan_generator_fields(piece, head, data, first, last, line, result)
        for begin, end in escaped.rare if escaped else ():
            self._scan_escaped_fields(piece, head, data, (max(begin, first), min(end, last)), line, result)

    def _scan_generator_fields(
        self, piece: Piece, head: bytes, data: bytes, first: int, last: int, line: int, result: Contents
    ) -> None:  # fmt: skip
        """Add the values of generator fields, such as `"model": …`; arguments as in `_scan_markers`."""
        if not self._plan.generator_scanner.find_matches(data) or not (
            self._plan.generators.has_rules or b"\\u00" in data or self._has_model(data)
        ):
            return
        from ..policy.markers import outputs

        fields = decoders.fields.Fields(data)
        for _, start, end in self._plan.generator_scanner.locate_matches(data):
            if not first <= start < max(last, 1):
                continue
            in_row = decoders.generator_fields.is_in_row(head, data, start)
            for name in decoders.generator_fields.parse_values(data, start, end):
                marker = self._find_generator_marker(name, in_row=in_row)
                if marker and in_row and not piece.get_place and not outputs.is_output(data, start):
                    marker = replace(marker, id=f"{marker.id} {NAMED}", why=NAMED)
                if not marker:
                    continue
                field = piece.field or fields.find_field(start)
                matches = result.get_marker_matches(marker, "generator", field)
                matches.count += piece.get_count(start) if piece.get_count else 1
                if len(matches.places) < EXCERPTS:
                    begin = excerpts.find_match_start(data, start, end)
                    excerpt = excerpts.format_excerpt(data, start, end + len(name))
                    matches.places.append(_build_location(piece, field, data, begin, excerpt, line))

    def _scan_escaped_fields(
        self, piece: Piece, head: bytes, data: bytes, part: tuple[int, int], line: int, result: Contents
    ) -> None:  # fmt: skip
        """Add the values of generator fields in a part of the data that can only be recognised when it is unescaped."""
        raw = data[part[0] : part[1]]
        text = escapes.unescape_ascii(raw)
        if self._plan.generator_scanner.find_matches(raw) or not self._plan.generator_scanner.find_matches(text):
            return
        line += data.count(b"\n", 0, part[0]) if line else 0
        get_place, base = piece.get_place, part[0]
        here = replace(piece, get_place=get_place and (lambda offset: get_place(base + offset)))
        self._scan_generator_fields(here, head, text, 0, len(text), line, result)

    def _has_model(self, data: bytes) -> bool:
        """Return whether the data names any known model: one scan of it is faster than one for each value."""
        scanner = self._plan.catalogue.load_group("model").scanner
        return bool(scanner and scanner.find_matches(data))

    def _find_generator_marker(self, name: str, *, in_row: bool) -> Marker | None:
        """Return the marker for the name of a generator; None if it is no rival and no rule concerns generators."""
        if "\\" in name or "%" in name or "&" in name:
            name = escapes.unescape_ascii(name.encode()).decode("utf-8", "replace")
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


def _build_location(piece: Piece, field: str, data: bytes, begin: int, excerpt: str, line: int) -> Location:
    """Return the location of a match that begins at an offset of the data: by line, or by row if the piece has rows."""
    line = 0 if piece.get_place or not line else line + data.count(b"\n", 0, begin)
    place = join_place(piece.place, piece.get_place(begin) if piece.get_place else "")
    return Location(line, excerpt, join_place(place, f"field {field}" if field else ""))


def join_place(outer: str, inner: str) -> str:
    """Return the description of a place inside another; either may be ""."""
    return f"{outer}, {inner}" if outer and inner else outer or inner
