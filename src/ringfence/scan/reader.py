"""Reads each distinct object once, scans it as bytes, and remembers what was in it."""

from __future__ import annotations

from ..git.objects import MissingObject, SmallObject
from .prefilter import SURFACES, load_prefilter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..git.objects import Object, Objects
    from ..model import ScanCounts
    from ..policy.plan import Plan
    from .decoders import UnreadPart
    from .matches import MarkerMatches
    from .workers import Worker

_HEAP = 256 << 10  # bytes scanned as one: what fits into a processor's cache
_WORTH_ASKING = 50  # objects; fewer are read before it is known whether they have to be
_MANY, _MUCH = 300, 16 << 20  # objects, or bytes; below, reading them takes no longer than starting processes


class ScanResult:
    """What came of looking at objects: what stands in those that aren't clean, and how much was read."""

    __slots__ = ("bytes", "matches", "objects", "pointer_objects", "unread")

    def __init__(self) -> None:
        self.matches: dict[str, dict[tuple[str, str], MarkerMatches]] = {}
        self.unread: dict[str, tuple[UnreadPart, ...]] = {}
        self.pointer_objects: set[str] = set()  # what these come to is also a matter of what lies elsewhere
        self.objects = self.bytes = 0

    def add(self, other: ScanResult) -> None:
        """Add what came of looking at others."""
        self.matches |= other.matches
        self.unread |= other.unread
        self.pointer_objects |= other.pointer_objects
        self.objects += other.objects
        self.bytes += other.bytes

    def is_clean(self, oid: str) -> bool:
        """Say whether nothing stands in an object that was looked at, whatever lies elsewhere."""
        return not (oid in self.matches or oid in self.unread or oid in self.pointer_objects)


def scan_objects(objects: Objects, plan: Plan, oids: Iterable[str]) -> ScanResult:
    """Read and scan objects; of the small ones only those that the sieve suspects are taken apart."""
    looked = ScanResult()
    heap: list[SmallObject] = []
    size = 0
    for item in objects.iter_objects(oids):
        if isinstance(item, MissingObject):
            from .decoders import UnreadPart

            looked.unread[item.name] = (UnreadPart(item.reason, damaged=True),)
            continue
        looked.objects += 1
        looked.bytes += item.size
        if isinstance(item, SmallObject):
            heap.append(item)
            size += item.size
            if size > _HEAP:
                _scan_suspects(looked, plan, heap)
                heap, size = [], 0
        else:
            _scan_object(looked, plan, item)
    if heap:
        _scan_suspects(looked, plan, heap)
    return looked


def _scan_suspects(looked: ScanResult, plan: Plan, heap: list[SmallObject]) -> None:
    for number in load_prefilter(plan).find_suspects([item.data for item in heap]):
        _scan_object(looked, plan, heap[number])


def _scan_object(looked: ScanResult, plan: Plan, item: Object) -> None:
    from . import contents

    found = contents.scan_object(item, plan)
    if found.matches:
        looked.matches[item.name] = found.matches
    if found.unread:
        looked.unread[item.name] = tuple(found.unread)
    if found.has_pointers:
        looked.pointer_objects.add(item.name)


class ObjectReader:
    """What is known of a repository's objects. Most are clean, and only their ids are kept.

    Attributes:
        clean: Objects that were read, and that nothing stands in, whatever lies elsewhere.
    """

    def __init__(self, objects: Objects, plan: Plan, examined: ScanCounts) -> None:
        self._objects, self._plan, self._examined = objects, plan, examined
        self._requested_ids: set[str] = set()
        self._result = ScanResult()
        self.clean: list[str] = []
        self._workers: list[Worker] = []
        self._loads: list[int] = []  # bytes that each was asked to read
        self._flights: list[dict[str, bytes]] = []  # what workers were asked for and haven't answered, oldest first
        self._flight_count = 0

    def read_objects(self, oids: Iterable[str]) -> None:
        """Read and scan the objects that are not known yet, and wait for those that are on their way."""
        oids = list(oids)
        while any(oid in flight for flight in self._flights for oid in oids):
            self._receive_flight()
        self._scan_in_process(self._filter_unknown((oid, b"") for oid in oids))

    def request_objects(self, wanted: Iterable[tuple[str, bytes]]) -> int:
        """Have the objects read that are not known yet, each with a path it lies at; `settle` waits for the flight.

        All versions of a path go to one worker, since git keeps them as differences from each other.
        """
        new = self._filter_unknown(wanted)
        if not self._workers and (len(new) >= _MANY or self._is_large(new)):
            self._workers = self._start_workers()
            self._loads = [0 for _ in self._workers]
        if not self._workers:
            self._scan_in_process(new)
            return self._flight_count
        for worker, share in zip(self._workers, self._distribute_objects(new), strict=True):
            worker.send_request(share)
        self._flights.append(new)
        self._flight_count += 1
        return self._flight_count

    def wait_for_flight(self, flight: int) -> None:
        """Wait for what an `ask` asked for."""
        while self._flight_count - len(self._flights) < flight:
            self._receive_flight()

    def get_matches(self, oid: str) -> dict[tuple[str, str], MarkerMatches]:
        """Return what stands in an object that was read, by marker and field."""
        return self._result.matches.get(oid, {})

    def get_unread(self, oid: str) -> tuple[UnreadPart, ...]:
        """Return why an object's content, or parts of it, could not be read; () if all of it could."""
        return self._result.unread.get(oid, ())

    @property
    def pointer_objects(self) -> set[str]:
        """Return the objects of which what they come to isn't a matter of their bytes alone."""
        return self._result.pointer_objects

    def _filter_unknown(self, wanted: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
        """Return what isn't known yet, by now or from before."""
        new = {oid: path for oid, path in wanted if oid not in self._requested_ids}
        self._requested_ids.update(new)
        if (memory := self._objects.clean_cache) and len(new) >= _WORTH_ASKING:
            clean = memory().find_clean_objects(new)
            self._examined.remembered += len(clean)
            new = {oid: path for oid, path in new.items() if oid not in clean}
        return new

    def _scan_in_process(self, new: dict[str, bytes]) -> None:
        self._record_result(new, scan_objects(self._objects, self._plan, new))

    def _receive_flight(self) -> None:
        asked, looked = self._flights.pop(0), ScanResult()
        for worker in self._workers:
            looked.add(worker.receive_answer())
        self._record_result(asked, looked)

    def _record_result(self, asked: dict[str, bytes], looked: ScanResult) -> None:
        self._result.add(looked)
        self._examined.objects += looked.objects
        self._examined.bytes += looked.bytes
        self.clean += filter(looked.is_clean, asked)

    def _start_workers(self) -> list[Worker]:
        """Return workers that share what they scan with."""
        from .workers import Worker, count_workers

        load_prefilter(self._plan)
        for part in SURFACES:
            self._plan.catalogue.load_group(part)
        return [Worker(self._build_worker_task) for _ in range(count_workers())]

    def _is_large(self, new: Iterable[str]) -> bool:
        """Say whether it is known that reading these takes longer than starting processes that do."""
        size = self._objects.size
        return size is not None and sum(map(size, new)) >= _MUCH

    def _distribute_objects(self, new: dict[str, bytes]) -> list[list[str]]:
        """Return what each worker reads: where sizes are known, the next goes to the one that had the least."""
        shares: list[list[str]] = [[] for _ in self._workers]
        for oid, path in new.items():
            number = sum(path) % len(shares)
            if self._objects.size:
                number = self._loads.index(min(self._loads))
                self._loads[number] += self._objects.size(oid)
            shares[number].append(oid)
        return shares

    def _build_worker_task(self) -> Callable[[list[str]], ScanResult]:
        from functools import partial

        return partial(scan_objects, self._objects.reopen(), self._plan)
