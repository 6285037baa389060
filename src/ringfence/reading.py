"""Reads each distinct object once, scans it as bytes, and remembers what was in it."""

from __future__ import annotations

from . import decoders, excerpts
from .objects import OVERLAP, Missing
from .workers import Worker, count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .markers.catalogue import Catalogue, Marker
    from .model import Examined
    from .objects import Object, Objects

_PROBE = 4096
_EXCERPTS = 20  # places of one marker in one object that are remembered
_MANY = 300  # objects; below, reading them takes no longer than starting processes that could
SURFACES = ("content", "note")


class Seen:
    """How often a marker stands in an object, and the first places as (line, excerpt)."""

    __slots__ = ("count", "marker", "part", "places")

    def __init__(self, marker: Marker, part: str) -> None:
        self.marker, self.part = marker, part
        self.count = 0
        self.places: list[tuple[int, str]] = []


class Hidden:
    """Why an object's content stays hidden: `damaged` when it should have been there."""

    __slots__ = ("damaged", "reason")

    def __init__(self, reason: str, *, damaged: bool) -> None:
        self.reason, self.damaged = reason, damaged


class Looked:
    """What came of looking at objects: what stands in those that aren't clean, and how much was read."""

    __slots__ = ("bytes", "hidden", "objects", "seen")

    def __init__(self) -> None:
        self.seen: dict[str, dict[str, Seen]] = {}
        self.hidden: dict[str, Hidden] = {}
        self.objects = self.bytes = 0


def look(objects: Objects, catalogue: Catalogue, oids: Iterable[str]) -> Looked:
    """Read and scan objects."""
    looked = Looked()
    for item in objects.each(oids):
        if isinstance(item, Missing):
            looked.hidden[item.name] = Hidden(item.reason, damaged=True)
            continue
        looked.objects += 1
        looked.bytes += item.size
        seen, reason = _scan(item, catalogue)
        if seen:
            looked.seen[item.name] = seen
        if reason:
            looked.hidden[item.name] = Hidden(reason, damaged=False)
    return looked


class Reading:
    """What is known of a repository's objects. Most are clean, and only their ids are kept."""

    def __init__(self, objects: Objects, catalogue: Catalogue, examined: Examined) -> None:
        self._objects, self._catalogue, self._examined = objects, catalogue, examined
        self._known: set[str] = set()
        self._seen: dict[str, dict[str, Seen]] = {}
        self._hidden: dict[str, Hidden] = {}
        self._workers: list[Worker] = []
        self._flights: list[dict[str, bytes]] = []  # what workers were asked for and haven't answered, oldest first
        self._sent = 0

    def read(self, oids: Iterable[str]) -> None:
        """Read and scan the objects that are not known yet, and wait for those that are on their way."""
        oids = list(oids)
        while any(oid in flight for flight in self._flights for oid in oids):
            self._land()
        self._note(look(self._objects, self._catalogue, self._new((oid, b"") for oid in oids)))

    def ask(self, wanted: Iterable[tuple[str, bytes]]) -> int:
        """Have the objects read that are not known yet, each with a path it lies at; `settle` waits for the flight.

        All versions of a path go to one worker: git keeps them as differences from each other.
        """
        new = self._new(wanted)
        if len(new) >= _MANY and not self._workers:
            for part in SURFACES:
                self._catalogue.group(part)  # before there are workers, so that they share it
            self._workers = [Worker(self._begin) for _ in range(count())]
        if not self._workers:
            self._note(look(self._objects, self._catalogue, new))
            return self._sent
        shares: list[list[str]] = [[] for _ in self._workers]
        for oid, path in new.items():
            shares[sum(path) % len(shares)].append(oid)
        for worker, share in zip(self._workers, shares, strict=True):
            worker.ask(share)
        self._flights.append(new)
        self._sent += 1
        return self._sent

    def settle(self, flight: int) -> None:
        """Wait for what an `ask` asked for."""
        while self._sent - len(self._flights) < flight:
            self._land()

    def seen(self, oid: str) -> dict[str, Seen]:
        """Return what stands in an object that was read, by marker."""
        return self._seen.get(oid, {})

    def hidden(self, oid: str) -> Hidden | None:
        """Return why an object's content could not be read, if it could not."""
        return self._hidden.get(oid)

    def _new(self, wanted: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
        new = {oid: path for oid, path in wanted if oid not in self._known}
        self._known.update(new)
        return new

    def _land(self) -> None:
        del self._flights[0]
        for worker in self._workers:
            self._note(worker.answer())

    def _note(self, looked: Looked) -> None:
        self._seen |= looked.seen
        self._hidden |= looked.hidden
        self._examined.objects += looked.objects
        self._examined.bytes += looked.bytes

    def _begin(self) -> Callable[[list[str]], Looked]:
        from functools import partial

        return partial(look, self._objects.again(), self._catalogue)


def _scan(item: Object, catalogue: Catalogue) -> tuple[dict[str, Seen], str]:
    """Return what stands in an object, and why not all of it could be read ("" if it could)."""
    found: dict[str, Seen] = {}
    wide, reason, line = "", "", 1
    for offset, window in item.windows():
        if offset == 0:
            wide = decoders.text.encoding(window)
            reason = decoders.opaque(window[:_PROBE], item.size)
        # Each match counts in one window: it begins on one side of the middle of what two windows share.
        first = OVERLAP // 2 if offset else 0
        is_last = offset + len(window) >= item.size
        last = len(window) if is_last else len(window) - OVERLAP // 2
        _scan_window(catalogue, window, first, last, line, found)
        if wide:  # as well: what only begins like wide text must not hide the rest
            data, before, within = (
                decoders.text.recode(part, wide) for part in (window, window[:first], window[:last])
            )
            _scan_window(catalogue, data, len(before), len(within), line, found)
        if not is_last:
            line += decoders.text.recode(window[:-OVERLAP], wide).count(b"\n")
    return found, reason


def _scan_window(catalogue: Catalogue, data: bytes, first: int, last: int, line: int, found: dict[str, Seen]) -> None:
    for part in SURFACES:
        group = catalogue.group(part)
        position, here = 0, line
        for index, start, end in group.scanner.spans(data) if group.scanner else ():
            if not first <= start < max(last, 1):
                continue
            here += data.count(b"\n", position, start)
            position = start
            marker, _ = group.row(index)
            seen = found.setdefault(marker.id, Seen(marker, part))
            seen.count += 1
            if len(seen.places) < _EXCERPTS:
                first_line = here + data.count(b"\n", start, excerpts.begin(data, start, end))
                seen.places.append((first_line, excerpts.excerpt(data, start, end)))
