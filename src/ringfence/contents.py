"""What stands in one object: scanned as bytes while it comes by, and once more as what it unpacks to."""

from __future__ import annotations

from codecs import BOM_UTF8
from itertools import chain

from . import decoders, excerpts
from .decoders import PROBE, Budget, Hidden, Member, Piece, Stream
from .markers import escapes
from .markers.catalogue import Marker
from .objects import OVERLAP
from .tally import EXCERPTS, Contents
from .values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .objects import Object
    from .policy.plan import Plan

    Item = Piece | Member | Hidden
    Window = tuple[bytes, int, bool]  # see Piece.windows

SURFACES = ("content", "note")
_HEADER = 64 << 10  # bytes in which a table's first line ends
_GENERATORS = 1000  # names of generators that are told apart in one object


class _Whole:
    """An object, as a content."""

    failed = ""  # git itself fails, or it doesn't

    def __init__(self, item: Object) -> None:
        self._item, self.path = item, item.path

    def windows(self) -> Iterator[Window]:
        """Yield the object's windows as a piece has them."""
        reached = 0
        for offset, window in self._item.windows():
            shared, reached = reached - offset, offset + len(window)
            yield window, shared, reached >= self._item.size


class _Reader:
    """Reads one object: with the groups of markers to look for, and what is left of its limits."""

    def __init__(self, plan: Plan, budget: Budget) -> None:
        self._groups = [(part, plan.catalogue.group(part)) for part in SURFACES]
        self._plan, self._budget = plan, budget
        self._generators: dict[tuple[str, bool], Marker | None] = {}

    def read(self, content: Stream | _Whole, place: str = "", depth: int = 0) -> Contents:
        """Read a content both as it is and unpacked: what only looks like a format must not hide the rest."""
        found = Contents()
        windows = content.windows()
        first = next(windows)
        passing = self._passing(Piece(place, chain((first,), windows)), found)
        stream = Stream((window[shared:] for window, shared in passing), content.path)
        inside = self._unpacked(content, self._items(first[0], stream, depth), place, depth)
        for _ in passing:  # what a decoder left, or all of it
            pass
        if first[2] and (why := decoders.pointer(first[0])):
            inside.hide(place, Hidden(why))
        found.outdo(inside)
        if content.failed:
            found.hide(place, Hidden(content.failed))
        return found

    def _items(self, begin: bytes, stream: Stream, depth: int) -> Iterator[Item]:
        """Return what a content unpacks to, as its first bytes tell: nothing for most."""
        if form := decoders.known(begin[:PROBE]):
            return decoders.unpack(stream, form, self._budget, depth)
        if wanted := self._generator_columns(begin):
            return decoders.unpack_columns(stream, wanted, self._budget)
        return iter(())

    def _generator_columns(self, begin: bytes) -> dict[int, str]:
        """Return the columns, by number, of a table that begins so, that say what made a row."""
        head = decoders.text.recode(begin[:_HEADER], decoders.text.encoding(begin))
        names = decoders.fields.header(head)
        return {n: name.decode() for n, name in enumerate(names) if self._plan.generators.which(b'"%b":""' % name)}

    def _unpacked(self, content: Stream | _Whole, items: Iterator[Item], place: str, depth: int) -> Contents:
        inside = Contents()
        for item in items:
            if isinstance(item, Hidden):
                if not content.failed:  # that says it better
                    inside.hide(place, item)
            elif isinstance(item, Member):
                inside.add(self.read(item.stream, _join(place, item.place), depth + 1))
            else:
                piece = replace(item, place=_join(place, item.place))
                for _ in self._passing(piece, inside):
                    pass
        return inside

    def _passing(self, piece: Piece, found: Contents) -> Iterator[tuple[bytes, int]]:
        """Scan a piece of text, and yield each window, with what it shares with the one before, once it is scanned."""
        wide, line, header = "", 1, b""
        for number, (window, shared, is_last) in enumerate(piece.windows):
            if not number:
                wide = decoders.text.encoding(window)
                header = decoders.text.recode(window[:PROBE], wide)
            # Each match counts in one window: it begins on one side of the middle of what two windows share.
            first = max(shared - OVERLAP // 2, 0)
            last = len(window) if is_last else len(window) - OVERLAP // 2
            self._scan(piece, header, *_legible(self._plan, window, first, last), line, found)
            if wide:  # as well: what only begins like wide text must not hide the rest
                data, before, within = (
                    decoders.text.recode(part, wide) for part in (window, window[:first], window[:last])
                )
                self._scan(piece, header, data, len(before), len(within), line, found)
            if not is_last:
                line += decoders.text.recode(window[:-OVERLAP], wide).count(b"\n")
            yield window, shared

    def _scan(
        self, piece: Piece, head: bytes, data: bytes, first: int, last: int, line: int, found: Contents
    ) -> None:  # fmt: skip
        for part, group in self._groups[: 1 if piece.where else None]:  # rows are no notes of git's
            position, here = 0, line
            for index, start, end in group.scanner.spans(data) if group.scanner else ():
                if not first <= start < max(last, 1):
                    continue
                times = piece.times(start) if piece.times else 1
                if not times:
                    continue
                marker, _ = group.row(index)
                field = piece.field or decoders.fields.field(data, excerpts.begin(data, start, end), head)
                seen = found.at(marker, part, field)
                seen.count += times
                if len(seen.places) < EXCERPTS:
                    here += data.count(b"\n", position, start)
                    position = start
                    seen.places.append(_place(piece, field, data, start, end, here))
        self._scan_generators(piece, head, data, first, last, line, found)

    def _scan_generators(
        self, piece: Piece, head: bytes, data: bytes, first: int, last: int, line: int, found: Contents
    ) -> None:  # fmt: skip
        """Note what the fields say that tell what made a row."""
        position, here = 0, line
        for _, start, end in self._plan.generators.spans(data):
            if not first <= start < max(last, 1):
                continue
            in_row = decoders.generators.in_row(head, data, start)
            for name in decoders.generators.values(data, start, end):
                if not (marker := self._generator(name, in_row=in_row)):
                    continue
                field = piece.field or decoders.fields.field(data, start)
                seen = found.at(marker, "generator", field)
                seen.count += piece.times(start) if piece.times else 1
                if len(seen.places) < EXCERPTS:
                    here += data.count(b"\n", position, start)
                    position = start
                    seen.places.append(_place(piece, field, data, start, end + len(name), here))

    def _generator(self, name: str, *, in_row: bool) -> Marker | None:
        """Return what a generator's name counts as; None for one that can't matter."""
        if (name, in_row) not in self._generators:
            models = self._plan.catalogue.models(name.encode())
            rival = next((vendor for _, vendor in models if self._plan.is_rival(vendor)), "")
            if len(self._generators) >= _GENERATORS:
                name = f"and others of {rival}" if rival else "and others"  # a hostile file could name one a row
            strength = "strong" if in_row else "weak"
            marker = Marker(f"generator {name} {strength}", rival, rival, name, "field", strength, "")
            matters = rival or self._plan.names_generators
            self._generators[name, in_row] = marker if matters else None
        return self._generators[name, in_row]


def _legible(plan: Plan, data: bytes, first: int, last: int) -> tuple[bytes, int, int]:
    """Return text, and two places in it, with plain letters that are escaped spelled out; lines stay."""
    if data.startswith(BOM_UTF8):  # a line begins behind it
        data, first, last = data[len(BOM_UTF8) :], max(first - len(BOM_UTF8), 0), last - len(BOM_UTF8)
    if not plan.escapes.which(data):
        return data, first, last
    spelled = escapes.plain(data)
    end = len(spelled) if last == len(data) else len(escapes.plain(data[:last]))
    return spelled, len(escapes.plain(data[:first])), end


def read(item: Object, plan: Plan) -> Contents:
    """Return what stands in an object."""
    found = _Reader(plan, Budget(plan.limits, item.size)).read(_Whole(item))
    if found.untold:
        found.hidden.append(Hidden(f"and {found.untold} more parts of it"))
    return found


def _place(piece: Piece, field: str, data: bytes, start: int, end: int, line: int) -> tuple[int, str, str]:
    """Return where a match stands, as `Seen.places` has it: by its line, or by what a piece knows of its rows."""
    begin = excerpts.begin(data, start, end)
    line = 0 if piece.where else line + data.count(b"\n", start, begin)
    place = _join(piece.place, piece.where(begin) if piece.where else "")
    return line, excerpts.excerpt(data, start, end), _join(place, f"field {field}" if field else "")


def _join(place: str, more: str) -> str:
    return f"{place}, {more}" if place and more else place or more
