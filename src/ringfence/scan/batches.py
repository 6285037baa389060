"""Scans objects in batches that fit into a processor's cache; what the prefilter doesn't suspect isn't looked at."""

from __future__ import annotations

import os

from ..git.objects import SMALL, MissingObject, SmallObject
from .prefilter import find_suspects, is_worth_loading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from ..git.objects import Object, Objects
    from ..policy.plan import Plan
    from .decoders import UnreadPart
    from .hits import Hits
    from .ingredients.ingredient import Ingredient

_BATCH_BYTES = 256 << 10  # bytes scanned together: what fits into a processor's cache
_SLOTS = 16  # processes that count what they read: ours, and eight workers at most


class _BytesRead:
    """How many bytes this process and its workers have read so far, for a progress line.

    Attributes:
        slots: Numbers in memory that all of them share, one for each; None while nobody asks.
        slot: That of this process.
    """

    slots: Any = None
    slot = 0


_read = _BytesRead()


def share_bytes_read() -> None:
    """Count from now on what is read, in memory that workers share which are forked later."""
    from mmap import mmap

    _read.slots = memoryview(mmap(-1, 8 * _SLOTS)).cast("Q")


def start_slot(number: int) -> None:
    """Count in a slot of our own: this process is a worker, by its number from 0 on."""
    _read.slot = 1 + number % (_SLOTS - 1)


def add_bytes_read(count: int) -> None:
    """Count what was read."""
    if _read.slots:
        _read.slots[_read.slot] += count


def get_bytes_read() -> int:
    """Return how many bytes were read, those of objects that are still being read included."""
    return sum(_read.slots or ())


class ScanResult:
    """The results of scanning objects.

    Attributes:
        matches: Matches by object name, packed, of objects that have any.
        unread: Unread parts by object name, of objects that have any.
        pointer_objects: Objects whose result depends on content outside them (a pointer's target).
        ingredients: Recorded output by object name, of objects that have any.
        objects, bytes: How much was read.
    """

    __slots__ = ("bytes", "ingredients", "matches", "objects", "pointer_objects", "unread")

    def __init__(self) -> None:
        self.matches: dict[str, bytes] = {}
        self.unread: dict[str, tuple[UnreadPart, ...]] = {}
        self.pointer_objects: set[str] = set()
        self.ingredients: dict[str, list[Ingredient]] = {}
        self.objects = self.bytes = 0

    def add(self, other: ScanResult) -> None:
        """Add the results for other objects."""
        self.matches |= other.matches
        self.unread |= other.unread
        self.pointer_objects |= other.pointer_objects
        self.ingredients |= other.ingredients
        self.objects += other.objects
        self.bytes += other.bytes

    def is_clean(self, oid: str) -> bool:
        """Return whether a scanned object has no matches, nothing unread, and no pointers."""
        return oid not in self.matches and self.is_read(oid)

    def is_read(self, oid: str) -> bool:
        """Return whether all that is reported of a scanned object are matches, if it has any."""
        return not any(oid in found for found in (self.unread, self.pointer_objects, self.ingredients))


def scan_objects(objects: Objects, plan: Plan, oids: Iterable[str]) -> ScanResult:
    """Read and scan objects; small ones are decoded only if the prefilter suspects them."""
    result = ScanResult()
    large: list[str] = []  # read once more for their ingredients, as their bytes aren't kept
    batch: list[tuple[Object, bytes]] = []
    size = 0
    for item in objects.iter_objects(oids):
        if isinstance(item, MissingObject):
            from .decoders import UnreadPart

            result.unread[item.name] = (UnreadPart(item.reason, damaged=True),)
            continue
        result.objects += 1
        result.bytes += item.size
        if isinstance(item, SmallObject) or (item.size <= SMALL and os.path.isfile(item.path)):  # a pipe is read once
            batch.append((item, item.read()))
            add_bytes_read(item.size)
            size += item.size
            if size > _BATCH_BYTES:
                _scan_batch(result, plan, batch)
                batch, size = [], 0
        else:
            _scan_object(result, plan, item)
            large.append(item.name)
    if batch:
        _scan_batch(result, plan, batch)
    if plan.has_index:
        again = objects.iter_objects(large)
        _find_ingredients(result, plan, (item for item in again if not isinstance(item, MissingObject)))
    return result


def _find_ingredients(result: ScanResult, plan: Plan, items: Iterable[Object]) -> None:
    from .ingredients.open_index import load_lookup

    result.ingredients.update(load_lookup(plan).find_in_objects(items, plan.limits))


def _scan_batch(result: ScanResult, plan: Plan, batch: list[tuple[Object, bytes]]) -> None:
    if plan.has_index:
        _find_ingredients(result, plan, (item for item, _ in batch))
    suspects: list[tuple[int, Hits | None]]
    if is_worth_loading(plan, sum(len(data) for _, data in batch)):
        suspects = [*find_suspects(plan, [data for _, data in batch])]
    else:
        suspects = [(number, None) for number in range(len(batch))]
    for number, hits in suspects:
        _scan_object(result, plan, batch[number][0], hits)


def _scan_object(result: ScanResult, plan: Plan, item: Object, hits: Hits | None = None) -> None:
    from . import contents

    found = contents.scan_object(item, plan, hits)
    if found.matches:
        from .packed_marks import pack_marks

        result.matches[item.name] = pack_marks(found.matches, plan.catalogue.markers_by_id)
    if found.unread:
        result.unread[item.name] = tuple(found.unread)
    if found.has_pointers:
        result.pointer_objects.add(item.name)
