"""Scans text for marks, and for what fields say that tell what made a row, and counts both."""

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

_LARGE = 128 << 10  # bytes of a window, from which on it pays to load the sieve
_GENERATORS = 1000  # names of generators that are told apart in one object


class Scan:
    """What one object is scanned for."""

    def __init__(self, plan: Plan) -> None:
        self._groups = [(part, plan.catalogue.load_group(part)) for part in SURFACES]
        self._plan = plan
        self._generators: dict[tuple[str, bool], Marker | None] = {}

    def scan_windows(self, piece: Piece, found: Contents, *, spell: bool = True) -> Iterator[tuple[bytes, int]]:
        """Scan a piece, and yield each window, with what it shares with the one before, once it is scanned.

        Text is scanned as it reads with its escapes spelled out; in packed bytes they would stand by chance, and there
        are no lines (line 0).
        """
        wide, line, header = "", int(spell), b""
        for number, (window, shared, is_last) in enumerate(piece.windows):
            if not number:
                wide = decoders.encoding.detect_encoding(window)
                header = decoders.encoding.recode_to_utf8(window[:PROBE], wide)
            # Each match counts in one window: it begins on one side of the middle of what two windows share.
            first = max(shared - OVERLAP // 2, 0)
            last = len(window) if is_last else len(window) - OVERLAP // 2
            kind = "text" if spell or wide else "packed"
            may_hold = len(window) < _LARGE or load_prefilter(self._plan, kind).find_matches(window)
            if may_hold:
                legible = _unescape_window(self._plan, window, first, last) if spell else (window, first, last)
                self._scan_markers(_remap_piece(piece, window, legible[0]), header, *legible, line, found)
            if may_hold and wide:  # as well: what only begins like wide text must not hide the rest
                data, before, within = (
                    decoders.encoding.recode_to_utf8(part, wide) for part in (window, window[:first], window[:last])
                )
                self._scan_markers(piece, header, data, len(before), len(within), line, found)
            if line and not is_last:
                line += decoders.encoding.recode_to_utf8(window[:-OVERLAP], wide).count(b"\n")
            yield window, shared

    def scan_generators(self, piece: Piece, found: Contents) -> None:
        """Scan a piece for generators alone."""
        for window, _, _ in piece.windows:
            self._scan_generator_fields(piece, window[:PROBE], window, 0, len(window), 1, found)

    def _scan_markers(
        self, piece: Piece, head: bytes, data: bytes, first: int, last: int, line: int, found: Contents
    ) -> None:  # fmt: skip
        for part, group in self._groups[: 1 if piece.where else None]:  # rows are no notes of git's
            position, here = 0, line
            fields = decoders.fields.Fields(data, head)
            for index, start, end in group.scanner.locate_matches(data) if group.scanner else ():
                if not first <= start < max(last, 1):
                    continue
                times = piece.times(start) if piece.times else 1
                if not times:
                    continue
                marker, _ = group.load_row(index)
                field = piece.field or fields.find_field(excerpts.find_match_start(data, start, end))
                seen = found.get_marker_matches(marker, part, field)
                seen.count += times
                if len(seen.places) < EXCERPTS:
                    here += data.count(b"\n", position, start)
                    position = start
                    seen.places.append(_build_location(piece, field, data, start, end, here))
        self._scan_generator_fields(piece, head, data, first, last, line, found)

    def _scan_generator_fields(
        self, piece: Piece, head: bytes, data: bytes, first: int, last: int, line: int, found: Contents
    ) -> None:  # fmt: skip
        """Note what the fields say that tell what made a row."""
        position, here = 0, line
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
                seen = found.get_marker_matches(marker, "generator", field)
                seen.count += piece.times(start) if piece.times else 1
                if len(seen.places) < EXCERPTS:
                    here += data.count(b"\n", position, start)
                    position = start
                    seen.places.append(_build_location(piece, field, data, start, end + len(name), here))

    def _has_model(self, data: bytes) -> bool:
        """Say whether any model is named: asking once for all values is faster than asking for each."""
        scanner = self._plan.catalogue.load_group("model").scanner
        return bool(scanner and scanner.find_matches(data))

    def _find_generator_marker(self, name: str, *, in_row: bool) -> Marker | None:
        """Return what a generator's name counts as; None for one that can't matter."""
        if (name, in_row) not in self._generators:
            models = self._plan.catalogue.find_models(name.encode())
            rival = next((vendor for _, vendor in models if self._plan.is_rival(vendor)), "")
            if len(self._generators) >= _GENERATORS:
                name = f"and others of {rival}" if rival else "and others"  # a hostile file could name one a row
            strength = "strong" if in_row else "weak"
            marker = Marker(f"generator {name} {strength}", rival, rival, name, "field", strength, "")
            matters = rival or self._plan.generators.has_rules
            self._generators[name, in_row] = marker if matters else None
        return self._generators[name, in_row]


def _unescape_window(plan: Plan, data: bytes, first: int, last: int) -> tuple[bytes, int, int]:
    """Return text, and two places in it, with plain letters that are escaped spelled out; lines stay."""
    if data.startswith(BOM_UTF8):  # a line begins behind it
        data, first, last = data[len(BOM_UTF8) :], max(first - len(BOM_UTF8), 0), last - len(BOM_UTF8)
    if not plan.escape_scanner.find_matches(data):
        return data, first, last
    spelled = escapes.unescape_ascii(data)
    end = len(spelled) if last == len(data) else len(escapes.unescape_ascii(data[:last]))
    return spelled, len(escapes.unescape_ascii(data[:first])), end


def _remap_piece(piece: Piece, data: bytes, spelled: bytes) -> Piece:
    """Return a piece that knows its rows by places in its text as it was spelled out, where only lines stay."""
    if not piece.where or data is spelled:
        return piece
    lines, spelled_lines = _locate_lines(data), _locate_lines(spelled)

    def map_offset(offset: int) -> int:
        return lines[bisect_right(spelled_lines, offset) - 1]

    where, times = piece.where, piece.times
    return replace(
        piece,
        where=lambda offset: where(map_offset(offset)),
        times=times and (lambda offset: times(map_offset(offset))),
    )


def _locate_lines(data: bytes) -> list[int]:
    """Return where lines begin."""
    return list(accumulate((len(line) + 1 for line in data.split(b"\n")), initial=0))


def _build_location(piece: Piece, field: str, data: bytes, start: int, end: int, line: int) -> Location:
    """Return where a match stands: by its line, or by what a piece knows of its rows."""
    begin = excerpts.find_match_start(data, start, end)
    line = 0 if piece.where or not line else line + data.count(b"\n", start, begin)
    place = join_place(piece.place, piece.where(begin) if piece.where else "")
    return Location(
        line, excerpts.format_excerpt(data, start, end), join_place(place, f"field {field}" if field else "")
    )


def join_place(place: str, more: str) -> str:
    """Return a place inside another."""
    return f"{place}, {more}" if place and more else place or more
