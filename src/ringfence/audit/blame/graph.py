"""The commits of a history as numbers, children before their parents."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ...git.repo import Repo


@dataclass(frozen=True, slots=True)
class Graph:
    """A history.

    Attributes:
        oids: The commits, each before its parents.
        parents: For each commit the numbers of its parents, those of `links` last.
        numbers: The number of each commit by its id.
        linked: Numbers of the commits to which `links` added a parent.
        ends: Numbers of the commits at which reading stopped because `known` has them; their parents aren't here.
    """

    oids: list[str]
    parents: list[tuple[int, ...]]
    numbers: dict[str, int]
    ends: frozenset[int]
    linked: frozenset[int] = frozenset()


def read_graph(
    repo: Repo, tips: Iterable[str], known: Iterable[str] = (), links: Mapping[str, Sequence[str]] | None = None
) -> Graph:
    """Read the commits that tips reach and `known` ones don't.

    Args:
        repo: The repository.
        tips: Full ids of commits.
        known: Full ids of commits to stop at.
        links: Additional parents by commit: where the work of a squashed request is.
    """
    extra = [oid for more in (links or {}).values() for oid in more]
    feed = "".join(f"{oid}\n" for oid in (*tips, *extra, *(f"^{oid}" for oid in known)))
    listed = repo.run("rev-list", "--topo-order", "--parents", "--boundary", "--stdin", feed=feed.encode())
    rows = [line.split() for line in listed.decode().splitlines()]
    ends = {row[0][1:] for row in rows if row[0].startswith("-")}
    names = {row[0].removeprefix("-"): tuple(row[1:]) if row[0] not in ends else () for row in rows}
    for end in ends:
        names[end] = ()
    linked = {oid for oid in links or () if oid in names and oid not in ends}
    order = list(names)
    if linked:
        after = _find_descendants(names, linked)
        wider = dict(names)
        for oid in linked:
            wider[oid] += tuple(each for each in (links or {})[oid] if each in names and oid not in after[each])
        if len(sorted_order := _sort(wider)) == len(names):  # else links close a circle among themselves
            names, order = wider, sorted_order
        else:
            linked = set()
    numbers = {oid: number for number, oid in enumerate(order)}
    linked &= numbers.keys()
    parents = [tuple(numbers[parent] for parent in names[oid] if parent in numbers) for oid in order]
    return Graph(
        order, parents, numbers, frozenset(numbers[end] for end in ends), frozenset(map(numbers.__getitem__, linked))
    )


def _find_descendants(names: Mapping[str, tuple[str, ...]], linked: Iterable[str]) -> dict[str, _Reached]:
    """Return for each commit which of the linked ones it has in its history: such a one can't be made of it."""
    bits = {oid: 1 << number for number, oid in enumerate(linked)}
    reached: dict[str, int] = {}
    for oid in reversed(list(names)):  # parents first
        found = bits.get(oid, 0)
        for parent in names[oid]:
            found |= reached.get(parent, 0)
        reached[oid] = found
    return {oid: _Reached(bits, found) for oid, found in reached.items()}


class _Reached:
    """A set of linked commits, as bits of a number: there may be thousands for each of thousands of commits."""

    __slots__ = ("_bits", "_found")

    def __init__(self, bits: dict[str, int], found: int) -> None:
        self._bits, self._found = bits, found

    def __contains__(self, oid: str) -> bool:
        return bool(self._bits[oid] & self._found)


def _sort(names: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return commits so that each is before its parents; those in a circle are left out."""
    waiting = dict.fromkeys(names, 0)
    for parents in names.values():
        for parent in parents:
            if parent in waiting:
                waiting[parent] += 1
    ready = deque(oid for oid, count in waiting.items() if not count)
    order: list[str] = []
    while ready:
        oid = ready.popleft()
        order.append(oid)
        for parent in names[oid]:
            if parent in waiting:
                waiting[parent] -= 1
                if not waiting[parent]:
                    ready.append(parent)
    return order
