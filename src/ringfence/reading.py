"""Reads each distinct object once, scans it as bytes, and remembers what was in it."""

from __future__ import annotations

from . import decoders, excerpts
from .objects import OVERLAP, Missing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .markers.catalogue import Catalogue, Marker
    from .model import Examined
    from .objects import Object, Objects

_PROBE = 4096
_EXCERPTS = 20  # places of one marker in one object that are remembered
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


class Reading:
    """What is known of a repository's objects. Most are clean, and only their ids are kept."""

    def __init__(self, objects: Objects, catalogue: Catalogue, examined: Examined) -> None:
        self._objects, self._examined = objects, examined
        self._groups = [(part, catalogue.group(part)) for part in SURFACES]
        self._clean: set[str] = set()
        self._seen: dict[str, dict[str, Seen]] = {}
        self._hidden: dict[str, Hidden] = {}

    def read(self, oids: Iterable[str]) -> None:
        """Read and scan the objects that are not known yet."""
        known = (self._clean, self._seen, self._hidden)
        for item in self._objects.each([oid for oid in dict.fromkeys(oids) if not any(oid in k for k in known)]):
            if isinstance(item, Missing):
                self._hidden[item.name] = Hidden(item.reason, damaged=True)
            else:
                self._examined.objects += 1
                self._examined.bytes += item.size
                self._scan(item)

    def seen(self, oid: str) -> dict[str, Seen]:
        """Return what stands in an object that was read, by marker."""
        return self._seen.get(oid, {})

    def hidden(self, oid: str) -> Hidden | None:
        """Return why an object's content could not be read, if it could not."""
        return self._hidden.get(oid)

    def _scan(self, item: Object) -> None:
        found: dict[str, Seen] = {}
        wide, line = "", 1
        for offset, window in item.windows():
            if offset == 0:
                wide = decoders.text.encoding(window)
                if reason := decoders.opaque(window[:_PROBE], item.size):
                    self._hidden[item.name] = Hidden(reason, damaged=False)
            # Each match counts in one window: it begins on one side of the middle of what two windows share.
            first = OVERLAP // 2 if offset else 0
            is_last = offset + len(window) >= item.size
            last = len(window) if is_last else len(window) - OVERLAP // 2
            self._scan_window(window, first, last, line, found)
            if wide:  # as well: what only begins like wide text must not hide the rest
                data, before, within = (
                    decoders.text.recode(part, wide) for part in (window, window[:first], window[:last])
                )
                self._scan_window(data, len(before), len(within), line, found)
            if not is_last:
                line += decoders.text.recode(window[:-OVERLAP], wide).count(b"\n")
        if found:
            self._seen[item.name] = found
        elif item.name not in self._hidden:
            self._clean.add(item.name)

    def _scan_window(self, data: bytes, first: int, last: int, line: int, found: dict[str, Seen]) -> None:
        for part, group in self._groups:
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
