"""Divides objects among workers, so that each reads as many bytes."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..git.objects import Objects

_OBJECT_COST = 2000  # bytes that are read in the time that each object takes besides


def distribute_objects(objects: Objects, new: dict[str, bytes], loads: list[int]) -> list[list[str]]:
    """Return the names of objects, given with their paths, for each worker; `loads` are its bytes so far, and grow.

    Files on disk go one by one to the worker that has least. Objects of git are cut in the order of their paths, since
    git stores versions of a path as deltas of each other: of one path that has most bytes, each worker gets a part.
    """
    shares: list[list[str]] = [[] for _ in loads]
    if objects.size:
        for name in new:
            number = loads.index(min(loads))
            loads[number] += objects.size(name)
            shares[number].append(name)
        return shares
    from ..git.object_sizes import measure_objects

    names = sorted(new, key=new.__getitem__)
    sizes = [size + _OBJECT_COST for size in measure_objects(objects.repo, names)]
    target = (sum(loads) + sum(sizes)) / len(loads)
    number = 0
    for name, size in zip(names, sizes, strict=True):
        while loads[number] + size / 2 > target and number < len(loads) - 1:
            number += 1
        loads[number] += size
        shares[number].append(name)
    return shares
