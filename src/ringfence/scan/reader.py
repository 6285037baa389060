"""Reads and scans each distinct object once, in this process or in workers, and keeps the results."""

from __future__ import annotations

from ..policy.markers.catalogue import SURFACES
from .batches import ScanResult, scan_objects, start_slot
from .prefilter import load_prefilter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..git.objects import Objects
    from ..model import ScanCounts
    from ..policy.plan import Plan
    from .decoders import UnreadPart
    from .ingredients.ingredient import Ingredient
    from .matches import MarkerMatches
    from .workers import Worker

CACHE_FROM = 50  # objects; fewer are read faster than they are looked up in the clean cache
_WORKERS_FROM, _WORKERS_FROM_BYTES = 300, 16 << 20  # objects, bytes; fewer are read faster than workers start
_UNPACKED = 50  # objects whose matches are kept as values


class ObjectReader:
    """Reads objects on request and keeps their results; of clean objects, most by far, only the ids.

    Attributes:
        objects: What is read.
        clean: Ids of the objects that were read and are clean (see `ScanResult.is_clean`).
    """

    def __init__(self, objects: Objects, plan: Plan, examined: ScanCounts) -> None:
        self.objects, self._plan, self._examined = objects, plan, examined
        self._requested_ids, self._result = set[str](), ScanResult()
        self._unpacked: dict[str, dict[tuple[str, str], MarkerMatches]] = {}  # those that were asked for last
        self.clean: list[str] = []
        self._marked: list[str] = []
        self._workers: list[Worker] = []
        self._loads: list[int] = []  # bytes requested from each worker
        self._flights: list[dict[str, bytes]] = []  # requests that workers haven't answered yet, oldest first
        self._flight_count = 0

    def read_objects(self, oids: Iterable[str]) -> None:
        """Read and scan the objects that are not known yet, and wait for those that workers are reading."""
        oids = list(oids)
        while any(oid in flight for flight in self._flights for oid in oids):
            self._receive_flight()
        self._scan_in_process(self._filter_unknown((oid, b"") for oid in oids))

    def request_objects(self, pairs: Iterable[tuple[str, bytes]]) -> int:
        """Start reading the objects that are not known yet, given as (id, path); return a number for `wait_for_flight`.

        Workers get the versions of a path together, as far as that leaves them as much to read as the others.
        """
        new = self._filter_unknown(pairs)
        if not self._workers and (len(new) >= _WORKERS_FROM or self._is_large(new)):
            self._workers = self._start_workers(new)
            self._loads = [0 for _ in self._workers]
        if not self._workers:
            self._scan_in_process(new)
            return self._flight_count
        from .shares import distribute_objects

        for worker, share in zip(self._workers, distribute_objects(self.objects, new, self._loads), strict=True):
            worker.send_request(share)
        self._flights.append(new)
        self._flight_count += 1
        return self._flight_count

    def wait_for_flight(self, flight: int) -> None:
        """Wait for the objects of a `request_objects`."""
        while self._flight_count - len(self._flights) < flight:
            self._receive_flight()

    def has_matches(self, oid: str) -> bool:
        """Return whether an object that was read has matches."""
        return oid in self._result.matches

    def get_matches(self, oid: str) -> dict[tuple[str, str], MarkerMatches]:
        """Return the matches in an object that was read, by marker id and field."""
        if oid not in self._result.matches:
            return {}
        if oid not in self._unpacked:
            from .packed_marks import unpack_marks

            if len(self._unpacked) >= _UNPACKED:
                del self._unpacked[next(iter(self._unpacked))]
            self._unpacked[oid] = unpack_marks(self._result.matches[oid], self._plan.catalogue.markers_by_id)
        return self._unpacked[oid]

    def get_unread(self, oid: str) -> tuple[UnreadPart, ...]:
        """Return the parts of an object that could not be read; () if there are none."""
        return self._result.unread.get(oid, ())

    def get_ingredients(self, oid: str) -> list[Ingredient]:
        """Return the recorded output in an object that was read."""
        return self._result.ingredients.get(oid, [])

    def list_marks(self) -> dict[str, bytes]:
        """Return the matches in the objects that were read now and have matches alone (see `MarksCache`)."""
        return {oid: self._result.matches[oid] for oid in self._marked}

    @property
    def pointer_objects(self) -> set[str]:
        """Objects whose result depends on content outside them (a pointer's target)."""
        return self._result.pointer_objects

    def _filter_unknown(self, pairs: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
        """Return the objects that were neither requested before nor are in the clean cache."""
        new = {oid: path for oid, path in pairs if oid not in self._requested_ids}
        self._requested_ids.update(new)
        if (clean_cache := self.objects.clean_cache) and (len(new) >= CACHE_FROM or self._examined.remembered):
            clean = clean_cache().find_clean_objects(new)
            marks = clean_cache().load_marks().find_marks(oid for oid in new if oid not in clean)
            self._examined.remembered += len(clean) + len(marks)
            self._result.matches |= marks
            new = {oid: path for oid, path in new.items() if oid not in clean and oid not in marks}
        return new

    def _scan_in_process(self, new: dict[str, bytes]) -> None:
        self._record_result(new, scan_objects(self.objects, self._plan, new))

    def _receive_flight(self) -> None:
        requested, result = self._flights.pop(0), ScanResult()
        for worker in self._workers:
            result.add(worker.receive_answer())
        self._record_result(requested, result)

    def _record_result(self, requested: dict[str, bytes], result: ScanResult) -> None:
        self._result.add(result)
        self._examined.objects += result.objects
        self._examined.bytes += result.bytes
        self.clean += filter(result.is_clean, requested)
        self._marked += filter(result.is_read, result.matches)

    def _start_workers(self, new: Iterable[str]) -> list[Worker]:
        """Start the workers for objects; what they need is loaded before, so that all share its memory."""
        from functools import partial

        from .workers import Worker, count_workers

        load_prefilter(self._plan)
        self._plan.load_scanners()
        if self._plan.has_index:
            from .ingredients import engine, open_index

            open_index.load_lookup(self._plan)
            engine.prepare(sum(map(self.objects.size, new)) if self.objects.size else _WORKERS_FROM_BYTES)
        for part in SURFACES:
            self._plan.catalogue.load_group(part)
        return [Worker(partial(self._build_worker_task, number)) for number in range(count_workers())]

    def _is_large(self, new: Iterable[str]) -> bool:
        """Return whether the total size is known, and large enough for workers."""
        size = self.objects.size
        return size is not None and sum(map(size, new)) >= _WORKERS_FROM_BYTES

    def _build_worker_task(self, number: int) -> Callable[[list[str]], ScanResult]:
        from functools import partial

        start_slot(number)
        return partial(scan_objects, self.objects.reopen(), self._plan)
