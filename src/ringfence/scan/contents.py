"""What stands in one object: scanned as bytes while it comes by, and once more as what it unpacks to."""

from __future__ import annotations

import os
from itertools import chain

from ..excerpts import sanitise_text
from ..values import replace
from . import decoders
from .decoders import PROBE, Budget, Member, Piece, Pointer, Stream, UnreadPart
from .matches import Contents
from .text import Scan, join_place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..git.objects import Object
    from ..policy.plan import Plan

    Item = Piece | Member | UnreadPart
    Window = tuple[bytes, int, bool]  # see Piece.windows

_LONGEST_NAME = 200  # characters of what a pointer calls a content
_HEADER = 64 << 10  # bytes in which a table's first line ends


class _ObjectContent:
    """An object, as a content."""

    failed = ""  # git itself fails, or it doesn't

    def __init__(self, item: Object) -> None:
        self._item, self.path = item, item.path

    def iter_windows(self) -> Iterator[Window]:
        """Yield the object's windows as a piece has them."""
        reached = 0
        for offset, window in self._item.iter_windows():
            shared, reached = reached - offset, offset + len(window)
            yield window, shared, reached >= self._item.size


class _Reader:
    """Reads one object: with what it is scanned for, and what is left of its limits."""

    def __init__(self, plan: Plan, budget: Budget) -> None:
        self._plan, self._budget, self._scan = plan, budget, Scan(plan)

    def read_content(self, content: Stream | _ObjectContent, place: str = "", depth: int = 0) -> Contents:
        """Read a content both as it is and unpacked: what only looks like a format must not hide the rest."""
        found = Contents()
        windows = content.iter_windows()
        first = next(windows)
        form = decoders.detect_format(first[0][:PROBE])
        is_text = not (form and form.is_fully_decoded)
        passing = self._scan.scan_windows(Piece(place, chain((first,), windows)), found, spell=is_text)
        stream = Stream((window[shared:] for window, shared in passing), content.path)
        inside = Contents()
        if form:
            items = decoders.decode_content(stream, form, self._budget, depth)
            inside = self._scan_items(content, items, place, depth)
        else:
            inside.unread += self._scan_generator_rows(first[0][:_HEADER], stream, place, found)
        for _ in passing:  # what a decoder left, or all of it
            pass
        for pointer in decoders.parse_pointers(first[0]) if first[2] else ():
            self._follow_pointer(pointer, place, depth, inside)
        found.prefer_decoded(inside)
        if content.failed:
            found.add_unread(place, UnreadPart(content.failed))
        return found

    def _follow_pointer(self, pointer: Pointer, place: str, depth: int, found: Contents) -> None:
        """Read what a pointer points to, where a store here has it, and hold it against what the pointer says."""
        from .decoders import content_stores

        found.has_pointers = True
        if pointer.fault:
            found.add_pointer_fault(pointer.name, pointer.fault, place)
            return
        path = content_stores.find_content(pointer, self._plan.list_stores(pointer.store))
        inner = join_place(place, f"{pointer.name} content {sanitise_text(pointer.path)[:_LONGEST_NAME]}".rstrip())
        if not path:
            found.add_unread(
                inner if pointer.path else place,
                UnreadPart(f"{pointer.name} pointer: the content isn't in git, nor in a store here"),
            )
        elif depth >= self._budget.limits.depth:
            found.add_unread(inner, UnreadPart(f"it lies in more than {depth} others (limits.depth)"))
        elif why := self._budget.add_external_content(os.path.getsize(path)):
            found.add_unread(inner, UnreadPart(why))
        else:
            content = content_stores.PointerContent(path, pointer)
            found.add(self.read_content(Stream(content.iter_chunks(), path), inner, depth + 1))
            if content.fault:
                found.add_pointer_fault(pointer.name, content.fault, place)
            elif pointer.is_listing:
                for each in content_stores.read_dvc_listing(path):
                    self._follow_pointer(each, place, depth, found)

    def _scan_generator_rows(self, begin: bytes, stream: Stream, place: str, found: Contents) -> list[UnreadPart]:
        """Note what a table, or a card, says of what made its rows in other ways than JSON's; return what is hidden."""
        inside = Contents()
        head = decoders.encoding.recode_to_utf8(begin, decoders.encoding.detect_encoding(begin))
        names = decoders.fields.parse_header(head)
        wanted = {
            n: name.decode()
            for n, name in enumerate(names)
            if self._plan.generator_scanner.find_matches(b'"%b":""' % name)
        }
        for item in decoders.decode_generator_rows(head, stream, wanted, self._budget):
            if isinstance(item, UnreadPart):
                inside.add_unread(place, item)
            elif isinstance(item, Piece):
                self._scan.scan_generators(replace(item, place=join_place(place, item.place)), found)
        return inside.unread

    def _scan_items(self, content: Stream | _ObjectContent, items: Iterator[Item], place: str, depth: int) -> Contents:
        inside = Contents()
        for item in items:
            if isinstance(item, UnreadPart):
                if not content.failed:  # that says it better
                    inside.add_unread(place, item)
            elif isinstance(item, Member):
                inside.add(self.read_content(item.stream, join_place(place, item.place), depth + 1))
            else:
                piece = replace(item, place=join_place(place, item.place))
                for _ in self._scan.scan_windows(piece, inside):
                    pass
        return inside


def scan_object(item: Object, plan: Plan) -> Contents:
    """Return what stands in an object."""
    found = _Reader(plan, Budget(plan.limits, item.size)).read_content(_ObjectContent(item))
    if found.omitted_count:
        found.unread.append(UnreadPart(f"and {found.omitted_count} more parts of it"))
    return found
