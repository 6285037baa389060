"""Scans one object: its raw bytes as they stream by, and the content that they decode to."""

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

_MAX_NAME = 200  # characters of a path in a pointer that are shown
_MAX_HEADER = 64 << 10  # bytes that are searched for the first line of a table


class _ObjectContent:
    """An object with the interface of `Stream`."""

    failed = ""  # an error while reading is raised, not recorded

    def __init__(self, item: Object) -> None:
        self._item, self.path = item, item.path

    def iter_windows(self) -> Iterator[Window]:
        """Yield the windows of the object in the form of `Piece.windows`."""
        end = 0
        for offset, window in self._item.iter_windows():
            shared, end = end - offset, offset + len(window)
            yield window, shared, end >= self._item.size


class _Reader:
    """Reads one object and the contents nested in it, within the limits of one budget."""

    def __init__(self, plan: Plan, budget: Budget) -> None:
        self._plan, self._budget, self._scan = plan, budget, Scan(plan)

    def read_content(self, content: Stream | _ObjectContent, place: str = "", depth: int = 0) -> Contents:
        """Scan a content both raw and decoded, since bytes that only imitate a format must not hide the rest.

        `place` is where the content is in the object, and `depth` the number of contents around it.
        """
        result = Contents()
        windows = content.iter_windows()
        first = next(windows)
        form = decoders.detect_format(first[0][:PROBE])
        is_text = not (form and form.is_fully_decoded)
        scanned = self._scan.scan_windows(Piece(place, chain((first,), windows)), result, is_text=is_text)
        stream = Stream((window[shared:] for window, shared in scanned), content.path)
        decoded = Contents()
        if form:
            items = decoders.decode_content(stream, form, self._budget, depth)
            decoded = self._scan_items(content, items, place, depth)
        else:
            decoded.unread += self._scan_generator_rows(first[0][:_MAX_HEADER], stream, place, result)
        for _ in scanned:  # scan the windows that no decoder has read
            pass
        for pointer in decoders.parse_pointers(first[0]) if first[2] else ():
            self._follow_pointer(pointer, place, depth, decoded)
        result.prefer_decoded(decoded)
        if content.failed:
            result.add_unread(place, UnreadPart(content.failed))
        return result

    def _follow_pointer(self, pointer: Pointer, place: str, depth: int, result: Contents) -> None:
        """Scan the content of a pointer if a local store has it, and compare it with the pointer's size and digest."""
        from .decoders import content_stores

        result.has_pointers = True
        if pointer.fault:
            result.add_pointer_fault(pointer.name, pointer.fault, place)
            return
        path = content_stores.find_content(pointer, self._plan.list_stores(pointer.store))
        inner = join_place(place, f"{pointer.name} content {sanitise_text(pointer.path)[:_MAX_NAME]}".rstrip())
        if not path:
            result.add_unread(
                inner if pointer.path else place,
                UnreadPart(f"{pointer.name} pointer: the content is neither in git nor in a local store"),
            )
        elif depth >= self._budget.limits.depth:
            result.add_unread(inner, UnreadPart(f"nested in more than {depth} others (limits.depth)"))
        elif reason := self._budget.add_external_content(os.path.getsize(path)):
            result.add_unread(inner, UnreadPart(reason))
        else:
            content = content_stores.PointerContent(path, pointer)
            result.add(self.read_content(Stream(content.iter_chunks(), path), inner, depth + 1))
            if content.fault:
                result.add_pointer_fault(pointer.name, content.fault, place)
            elif pointer.is_listing:
                for entry in content_stores.read_dvc_listing(path):
                    self._follow_pointer(entry, place, depth, result)

    def _scan_generator_rows(self, begin: bytes, stream: Stream, place: str, result: Contents) -> list[UnreadPart]:
        """Scan the generator columns of a table, or the head of a dataset card; return what could not be read.

        Generator fields in JSON are found in the text itself.
        """
        unread = Contents()
        head = decoders.encoding.recode_to_utf8(begin, decoders.encoding.detect_encoding(begin))
        names = decoders.fields.parse_header(head)
        columns = {
            n: name.decode()
            for n, name in enumerate(names)
            if self._plan.generator_scanner.find_matches(b'"%b":""' % name)
        }
        for item in decoders.decode_generator_rows(head, stream, columns, self._budget):
            if isinstance(item, UnreadPart):
                unread.add_unread(place, item)
            elif isinstance(item, Piece):
                self._scan.scan_generators(replace(item, place=join_place(place, item.place)), result)
        return unread.unread

    def _scan_items(self, content: Stream | _ObjectContent, items: Iterator[Item], place: str, depth: int) -> Contents:
        result = Contents()
        for item in items:
            if isinstance(item, UnreadPart):
                if not content.failed:  # the failure is reported instead, and is the cause
                    result.add_unread(place, item)
            elif isinstance(item, Member):
                result.add(self.read_content(item.stream, join_place(place, item.place), depth + 1))
            else:
                piece = replace(item, place=join_place(place, item.place))
                for _ in self._scan.scan_windows(piece, result):
                    pass
        return result


def scan_object(item: Object, plan: Plan) -> Contents:
    """Return the matches in an object, raw and decoded, and the parts that could not be read."""
    result = _Reader(plan, Budget(plan.limits, item.size)).read_content(_ObjectContent(item))
    if result.omitted_count:
        result.unread.append(UnreadPart(f"and {result.omitted_count} more parts of it"))
    return result
