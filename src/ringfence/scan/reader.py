"""Reads each distinct object once, scans it as bytes, and remembers what was in it."""

from __future__ import annotations

from ..git.objects import Missing, Small
from .prefilter import SURFACES, sieve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..git.objects import Object, Objects
    from ..model import Examined
    from ..policy.plan import Plan
    from .decoders import Hidden
    from .matches import Seen
    from .workers import Worker

_HEAP = 256 << 10  # bytes scanned as one: what fits into a processor's cache
_WORTH_ASKING = 50  # objects; fewer are read before it is known whether they have to be
_MANY, _MUCH = 300, 16 << 20  # objects, or bytes; below, reading them takes no longer than starting processes


class Looked:
    """What came of looking at objects: what stands in those that aren't clean, and how much was read."""

    __slots__ = ("bytes", "hidden", "leading_out", "objects", "seen")

    def __init__(self) -> None:
        self.seen: dict[str, dict[tuple[str, str], Seen]] = {}
        self.hidden: dict[str, tuple[Hidden, ...]] = {}
        self.leading_out: set[str] = set()  # what these come to is also a matter of what lies elsewhere
        self.objects = self.bytes = 0

    def add(self, other: Looked) -> None:
        """Add what came of looking at others."""
        self.seen |= other.seen
        self.hidden |= other.hidden
        self.leading_out |= other.leading_out
        self.objects += other.objects
        self.bytes += other.bytes

    def is_clean(self, oid: str) -> bool:
        """Say whether nothing stands in an object that was looked at, whatever lies elsewhere."""
        return not (oid in self.seen or oid in self.hidden or oid in self.leading_out)


def look(objects: Objects, plan: Plan, oids: Iterable[str]) -> Looked:
    """Read and scan objects; of the small ones only those that the sieve suspects are taken apart."""
    looked = Looked()
    heap: list[Small] = []
    size = 0
    for item in objects.each(oids):
        if isinstance(item, Missing):
            from .decoders import Hidden

            looked.hidden[item.name] = (Hidden(item.reason, damaged=True),)
            continue
        looked.objects += 1
        looked.bytes += item.size
        if isinstance(item, Small):
            heap.append(item)
            size += item.size
            if size > _HEAP:
                _sift(looked, plan, heap)
                heap, size = [], 0
        else:
            _read(looked, plan, item)
    if heap:
        _sift(looked, plan, heap)
    return looked


def _sift(looked: Looked, plan: Plan, heap: list[Small]) -> None:
    for number in sieve(plan).suspects([item.data for item in heap]):
        _read(looked, plan, heap[number])


def _read(looked: Looked, plan: Plan, item: Object) -> None:
    from . import contents

    found = contents.read(item, plan)
    if found.seen:
        looked.seen[item.name] = found.seen
    if found.hidden:
        looked.hidden[item.name] = tuple(found.hidden)
    if found.leads_out:
        looked.leading_out.add(item.name)


class Reading:
    """What is known of a repository's objects. Most are clean, and only their ids are kept.

    Attributes:
        clean: Objects that were read, and that nothing stands in, whatever lies elsewhere.
    """

    def __init__(self, objects: Objects, plan: Plan, examined: Examined) -> None:
        self._objects, self._plan, self._examined = objects, plan, examined
        self._known: set[str] = set()
        self._looked = Looked()
        self.clean: list[str] = []
        self._workers: list[Worker] = []
        self._loads: list[int] = []  # bytes that each was asked to read
        self._flights: list[dict[str, bytes]] = []  # what workers were asked for and haven't answered, oldest first
        self._sent = 0

    def read(self, oids: Iterable[str]) -> None:
        """Read and scan the objects that are not known yet, and wait for those that are on their way."""
        oids = list(oids)
        while any(oid in flight for flight in self._flights for oid in oids):
            self._land()
        self._look(self._new((oid, b"") for oid in oids))

    def ask(self, wanted: Iterable[tuple[str, bytes]]) -> int:
        """Have the objects read that are not known yet, each with a path it lies at; `settle` waits for the flight.

        All versions of a path go to one worker, since git keeps them as differences from each other.
        """
        new = self._new(wanted)
        if not self._workers and (len(new) >= _MANY or self._is_much(new)):
            self._workers = self._hired()
            self._loads = [0 for _ in self._workers]
        if not self._workers:
            self._look(new)
            return self._sent
        for worker, share in zip(self._workers, self._shared(new), strict=True):
            worker.ask(share)
        self._flights.append(new)
        self._sent += 1
        return self._sent

    def settle(self, flight: int) -> None:
        """Wait for what an `ask` asked for."""
        while self._sent - len(self._flights) < flight:
            self._land()

    def seen(self, oid: str) -> dict[tuple[str, str], Seen]:
        """Return what stands in an object that was read, by marker and field."""
        return self._looked.seen.get(oid, {})

    def hidden(self, oid: str) -> tuple[Hidden, ...]:
        """Return why an object's content, or parts of it, could not be read; () if all of it could."""
        return self._looked.hidden.get(oid, ())

    @property
    def leading_out(self) -> set[str]:
        """Return the objects of which what they come to isn't a matter of their bytes alone."""
        return self._looked.leading_out

    def _new(self, wanted: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
        """Return what isn't known yet, by now or from before."""
        new = {oid: path for oid, path in wanted if oid not in self._known}
        self._known.update(new)
        if (memory := self._objects.memory) and len(new) >= _WORTH_ASKING:
            clean = memory().clean(new)
            self._examined.remembered += len(clean)
            new = {oid: path for oid, path in new.items() if oid not in clean}
        return new

    def _look(self, new: dict[str, bytes]) -> None:
        self._note(new, look(self._objects, self._plan, new))

    def _land(self) -> None:
        asked, looked = self._flights.pop(0), Looked()
        for worker in self._workers:
            looked.add(worker.answer())
        self._note(asked, looked)

    def _note(self, asked: dict[str, bytes], looked: Looked) -> None:
        self._looked.add(looked)
        self._examined.objects += looked.objects
        self._examined.bytes += looked.bytes
        self.clean += filter(looked.is_clean, asked)

    def _hired(self) -> list[Worker]:
        """Return workers that share what they scan with."""
        from .workers import Worker, count

        sieve(self._plan)
        for part in SURFACES:
            self._plan.catalogue.group(part)
        return [Worker(self._begin) for _ in range(count())]

    def _is_much(self, new: Iterable[str]) -> bool:
        """Say whether it is known that reading these takes longer than starting processes that do."""
        size = self._objects.size
        return size is not None and sum(map(size, new)) >= _MUCH

    def _shared(self, new: dict[str, bytes]) -> list[list[str]]:
        """Return what each worker reads: where sizes are known, the next goes to the one that had the least."""
        shares: list[list[str]] = [[] for _ in self._workers]
        for oid, path in new.items():
            number = sum(path) % len(shares)
            if self._objects.size:
                number = self._loads.index(min(self._loads))
                self._loads[number] += self._objects.size(oid)
            shares[number].append(oid)
        return shares

    def _begin(self) -> Callable[[list[str]], Looked]:
        from functools import partial

        return partial(look, self._objects.again(), self._plan)
