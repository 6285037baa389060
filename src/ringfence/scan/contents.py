"""What stands in one object: scanned as bytes while it comes by, and once more as what it unpacks to."""

from __future__ import annotations

import os
from itertools import chain

from ..excerpts import harmless
from ..values import replace
from . import decoders
from .decoders import PROBE, Budget, Hidden, Member, Piece, Pointer, Stream
from .matches import Contents
from .text import Scan, joined

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..git.objects import Object
    from ..policy.plan import Plan

    Item = Piece | Member | Hidden
    Window = tuple[bytes, int, bool]  # see Piece.windows

_LONGEST_NAME = 200  # characters of what a pointer calls a content
_HEADER = 64 << 10  # bytes in which a table's first line ends


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
    """Reads one object: with what it is scanned for, and what is left of its limits."""

    def __init__(self, plan: Plan, budget: Budget) -> None:
        self._plan, self._budget, self._scan = plan, budget, Scan(plan)

    def read(self, content: Stream | _Whole, place: str = "", depth: int = 0) -> Contents:
        """Read a content both as it is and unpacked: what only looks like a format must not hide the rest."""
        found = Contents()
        windows = content.windows()
        first = next(windows)
        form = decoders.known(first[0][:PROBE])
        is_text = not (form and form.is_opened)
        passing = self._scan.passing(Piece(place, chain((first,), windows)), found, spell=is_text)
        stream = Stream((window[shared:] for window, shared in passing), content.path)
        inside = Contents()
        if form:
            items = decoders.unpack(stream, form, self._budget, depth)
            inside = self._unpacked(content, items, place, depth)
        else:
            inside.hidden += self._named(first[0][:_HEADER], stream, place, found)
        for _ in passing:  # what a decoder left, or all of it
            pass
        for pointer in decoders.pointers(first[0]) if first[2] else ():
            self._follow(pointer, place, depth, inside)
        found.outdo(inside)
        if content.failed:
            found.hide(place, Hidden(content.failed))
        return found

    def _follow(self, pointer: Pointer, place: str, depth: int, found: Contents) -> None:
        """Read what a pointer points to, where a store here has it, and hold it against what the pointer says."""
        from .decoders import content_stores

        found.leads_out = True
        if pointer.fault:
            found.misled(pointer.name, pointer.fault, place)
            return
        path = content_stores.find(pointer, self._plan.stores(pointer.store))
        inner = joined(place, f"{pointer.name} content {harmless(pointer.path)[:_LONGEST_NAME]}".rstrip())
        if not path:
            found.hide(
                inner if pointer.path else place,
                Hidden(f"{pointer.name} pointer: the content isn't in git, nor in a store here"),
            )
        elif depth >= self._budget.limits.depth:
            found.hide(inner, Hidden(f"it lies in more than {depth} others (limits.depth)"))
        elif why := self._budget.spent(os.path.getsize(path)):
            found.hide(inner, Hidden(why))
        else:
            content = content_stores.Checked(path, pointer)
            found.add(self.read(Stream(content.chunks(), path), inner, depth + 1))
            if content.fault:
                found.misled(pointer.name, content.fault, place)
            elif pointer.is_listing:
                for each in content_stores.listed(path):
                    self._follow(each, place, depth, found)

    def _named(self, begin: bytes, stream: Stream, place: str, found: Contents) -> list[Hidden]:
        """Note what a table, or a card, says of what made its rows in other ways than JSON's; return what is hidden."""
        inside = Contents()
        head = decoders.encoding.recode(begin, decoders.encoding.encoding(begin))
        names = decoders.fields.header(head)
        wanted = {n: name.decode() for n, name in enumerate(names) if self._plan.generators.which(b'"%b":""' % name)}
        for item in decoders.generator_rows(head, stream, wanted, self._budget):
            if isinstance(item, Hidden):
                inside.hide(place, item)
            elif isinstance(item, Piece):
                self._scan.named(replace(item, place=joined(place, item.place)), found)
        return inside.hidden

    def _unpacked(self, content: Stream | _Whole, items: Iterator[Item], place: str, depth: int) -> Contents:
        inside = Contents()
        for item in items:
            if isinstance(item, Hidden):
                if not content.failed:  # that says it better
                    inside.hide(place, item)
            elif isinstance(item, Member):
                inside.add(self.read(item.stream, joined(place, item.place), depth + 1))
            else:
                piece = replace(item, place=joined(place, item.place))
                for _ in self._scan.passing(piece, inside):
                    pass
        return inside


def read(item: Object, plan: Plan) -> Contents:
    """Return what stands in an object."""
    found = _Reader(plan, Budget(plan.limits, item.size)).read(_Whole(item))
    if found.untold:
        found.hidden.append(Hidden(f"and {found.untold} more parts of it"))
    return found
