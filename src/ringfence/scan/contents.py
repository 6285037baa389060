"""Scans one object: its raw bytes as they stream by, and the content that they decode to."""

from __future__ import annotations

import os
from itertools import chain

from ..excerpts import format_path, sanitise_text
from ..git.objects import SmallObject
from ..values import replace
from . import decoders, isolation
from .batches import add_bytes_read
from .decoders import PROBE, Budget, Member, Piece, Pointer, Stream, UnreadPart
from .embedded import EmbeddedFinder
from .generators import FIELD
from .matches import EXCERPTS, SCRIPT, Contents, Place
from .prefilter import is_compiled, load_prefilter
from .recorded_bodies import BodyFinder
from .small_members import SmallMembers
from .text import Scan, join_place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..git.objects import Object
    from ..policy.plan import Plan
    from .decoders import Format
    from .hits import Hits
    from .text import ScannedWindow
    from .uses import UseFinder

    Item = Piece | Member | UnreadPart
    Window = tuple[bytes, int, bool]  # see Piece.windows

_MAX_NAME = 200  # characters of a path in a pointer that are shown
_MAX_HEADER = 64 << 10  # bytes that are searched for the first line of a table


class _ObjectContent:
    """An object with the interface of `Stream`."""

    failed = ""  # an error while reading is raised, not recorded

    def __init__(self, item: Object) -> None:
        self._item, self.path, self._counts = item, item.path, not isinstance(item, SmallObject)

    def iter_again(self) -> Iterator[bytes]:
        """Yield the bytes of a large object of git once more."""
        return self._item.iter_again()

    def iter_windows(self) -> Iterator[Window]:
        """Yield the windows of the object in the form of `Piece.windows`."""
        end = 0
        for offset, window in self._item.iter_windows():
            shared, end = end - offset, offset + len(window)
            if self._counts:
                add_bytes_read(len(window) - shared)
            yield window, shared, end >= self._item.size


class _Reader:
    """Reads one object and the contents nested in it, within the limits of one budget."""

    def __init__(self, plan: Plan, budget: Budget) -> None:
        self._plan, self._budget, self._scan = plan, budget, Scan(plan)

    def read_content(
        self, content: Stream | _ObjectContent, place: str = "", depth: int = 0, known: Hits | None = None
    ) -> Contents:
        """Scan a content both raw and decoded, since bytes that only imitate a format must not hide the rest.

        `place` is where the content is in the object, `depth` the number of contents around it, and `known` are the
        prefilter's hits in its first window, if it was asked already.
        """
        result, windows = Contents(), content.iter_windows()
        first = next(windows)
        form = decoders.trailers.detect_lance(first[0] if first[2] else b"", content.path)
        form = form or decoders.detect_format(first[0][:PROBE])  # a file of Lance begins with values, as of pictures
        if known is None and not form:
            known = self._scan.find_hits(first[0])
        may_have_format = known is None or known.has_format
        form = form or decoders.detect_json(first[0], may_have_words=may_have_format)
        is_text = not (form and form.is_fully_decoded)
        is_script = not form and decoders.is_notebook_script(first[0][:PROBE])
        piece = Piece(join_place(place, SCRIPT) if is_script else place, chain((first,), windows))
        scanned = self._scan.scan_windows(piece, result, is_text=is_text, known=known if is_text else None)
        finder = None
        if not form or (form.function and not form.is_fully_decoded):
            head = first[0][:PROBE]
            finder = EmbeddedFinder(self._plan, head, is_known=bool(form) or decoders.opaque.is_opaque(head))
        bodies = BodyFinder() if is_text and not form else None
        watched = finder.watch(scanned) if finder else scanned
        watched = bodies.watch(watched) if bodies else watched
        uses = self._start_uses(known if first[2] else None) if is_text else None
        watched = uses.watch(watched) if uses else watched
        ends: list[bool] = []
        watched = _watch_end(watched, ends)
        stream = Stream((window[shared:] for window, shared, *_ in watched), content.path)
        decoded = Contents()
        if form:
            decoded = self._decode(content, stream, form, place, depth)
        else:
            decoded.unread += self._scan_generator_rows(first[0][:_MAX_HEADER], stream, place, result)
        for _ in watched:  # scan the windows that no decoder has read
            pass
        if finder:
            decoded.add(self._scan_items(content, finder.iter_items(self._budget), place, depth))
        if any(ends) and not first[2]:
            late = decoders.trailers.iter_late(content.path, content.iter_again())
            decoded.add(self._scan_items(content, late, place, depth))
        if bodies:
            decoded.add(self._scan_items(content, bodies.iter_items(self._budget), place, depth))
        if uses:
            uses.add_uses(result, place)
        if first[2] and not depth and may_have_format and (fault := decoders.find_note_fault(first[0])):
            decoded.add_unread(place, UnreadPart(fault, is_note=True))
        may_be_pointer = first[2] and (may_have_format or bool(known and known.rare))
        for pointer in decoders.parse_pointers(first[0]) if may_be_pointer else ():
            self._follow_pointer(pointer, place, depth, decoded)
        result.prefer_decoded(decoded)
        if content.failed:
            result.add_unread(place, UnreadPart(content.failed))
        return result

    def _start_uses(self, known: Hits | None) -> UseFinder | None:
        """Return what looks for uses of models, unless the prefilter saw no sign of one, or no tag asks."""
        if not self._plan.has_use_rules or (known is not None and not known.has_use):
            return None
        from .uses import UseFinder

        return UseFinder(self._plan, lambda: self._scan.line)

    def _decode(
        self, content: Stream | _ObjectContent, stream: Stream, form: Format, place: str, depth: int
    ) -> Contents:
        """Scan what a content decodes to, in a process of its own if its decoder could end ours."""
        if not form.is_isolated or not isolation.can_isolate() or self._is_unavailable(form):
            return self._scan_items(content, decoders.decode_content(stream, form, self._budget, depth), place, depth)
        self._load_for_children()
        with stream.open_file() as file:

            def scan_file() -> tuple[Contents, int, int]:
                items = decoders.decode_content(Stream((), file.name), form, self._budget, depth)
                return self._scan_items(content, items, place, depth), self._budget.unpacked, self._budget.members

            try:
                result, self._budget.unpacked, self._budget.members = isolation.call_isolated(
                    scan_file, self._budget.limits.seconds, form.memory
                )
            except isolation.ReaderDiedError as error:
                result = Contents()
                result.add_unread(place, UnreadPart(f"{form.name}: {error}"))
        return result

    def _load_for_children(self) -> None:
        """Load what a child process would load, and lose with its end; a single child may do without most of it."""
        if self._plan.has_children:
            if is_compiled(self._plan):
                load_prefilter(self._plan)
            _ = self._plan.catalogue.markers_by_id
        self._plan.has_children = True

    @staticmethod
    def _is_unavailable(form: Format) -> bool:
        """Return whether a decoder can't be loaded; it is loaded here, once for all processes."""
        try:
            form.load_decoder()
        except ImportError:
            return True
        return False

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
                UnreadPart(
                    f"{pointer.name} pointer: the content is neither in git nor in a local store",
                    pointer=None if depth else pointer,
                ),
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
        header, columns = self._find_generator_columns(head)
        for item in decoders.decode_generator_rows(head, stream, header, columns, self._budget):
            if isinstance(item, UnreadPart):
                unread.add_unread(place, item)
            elif isinstance(item, Piece):
                self._scan.scan_generators(replace(item, place=join_place(place, item.place)), result)
        return unread.unread

    def _find_generator_columns(self, head: bytes) -> tuple[decoders.fields.Header | None, dict[int, str]]:
        """Return the line of a table's names, and those of them (by number) in which generators are named."""
        if "header" in self._plan.prefilters and not load_prefilter(self._plan, "header").find_matches(head):
            return None, {}
        for header in decoders.fields.find_headers(head):
            columns = {n: name.decode("utf-8", "replace") for n, name in enumerate(header.names)}
            if columns := {n: name for n, name in columns.items() if self._names_generators(name, header)}:
                return header, columns
        return None, {}

    def _names_generators(self, name: str, header: decoders.fields.Header) -> bool:
        """Return whether a column names generators, or whose output it holds; a row may hold a person's name."""
        kinds = self._plan.generator_scanner.find_matches(b'"%b":""' % name.encode())
        return FIELD in kinds if header.may_be_row else bool(kinds)

    def _scan_name(self, member: Member, place: str, result: Contents) -> None:
        """Add the markers that recognise a member of an archive by its name, such as an agent's log."""
        group = self._plan.catalogue.load_group("path")
        for index in sorted(group.scanner.find_matches(member.path)) if group.scanner else ():
            matches = result.get_marker_matches(group.load_row(index)[0], "path", "")
            matches.count += 1
            if len(matches.places) < EXCERPTS:
                matches.places.append(Place(0, format_path(member.path), join_place(place, member.place)))

    def _scan_items(self, content: Stream | _ObjectContent, items: Iterator[Item], place: str, depth: int) -> Contents:
        result = Contents()
        small = SmallMembers(self._plan)

        def read_small() -> None:
            for member in small.take_suspects():
                result.add(self.read_content(member.stream, join_place(place, member.place), depth + 1))

        for item in items:
            if not isinstance(item, Member) or small.is_full:
                read_small()
            if isinstance(item, UnreadPart):
                if not content.failed:  # the failure is reported instead, and is the cause
                    result.add_unread(place, item)
            elif isinstance(item, Member):
                if item.path:
                    self._scan_name(item, place, result)
                if small.add(item):
                    continue
                read_small()
                result.add(self.read_content(item.stream, join_place(place, item.place), depth + 1))
            else:
                piece = replace(item, place=join_place(place, item.place))
                for _ in self._scan.scan_windows(piece, result):
                    pass
        read_small()
        return result


def _watch_end(windows: Iterator[ScannedWindow], ends: list[bool]) -> Iterator[ScannedWindow]:
    """Yield windows as they are, and add whether the last of them ends as a file of Lance does."""
    for item in windows:
        if item[2]:
            ends.append(decoders.trailers.ends_as_lance(item[0]))
        yield item


def scan_object(item: Object, plan: Plan, known: Hits | None = None) -> Contents:
    """Return the matches in an object, raw and decoded, and the parts that could not be read.

    `known` are the prefilter's hits in an object of one window, if it was asked already.
    """
    result = _Reader(plan, Budget(plan.limits, item.size)).read_content(_ObjectContent(item), known=known)
    if result.omitted_count:
        result.unread.append(UnreadPart(f"and {result.omitted_count} more parts of it"))
    return result
