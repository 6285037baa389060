"""Objects are divided so that each worker reads as many bytes."""

from __future__ import annotations

from conftest import Work
from ringfence.git.object_sizes import measure_objects
from ringfence.git.objects import Objects
from ringfence.git.repo import Repo
from ringfence.scan.shares import distribute_objects


def store(work: Work, sizes: list[int]) -> list[str]:
    datas = [b"%07d" % number + b"x" * (size - 7) for number, size in enumerate(sizes)]
    return [work.did("hash-object", "-w", "--stdin", stdin=data) for data in datas]


def test_sizes_are_those_of_the_objects(clone: Work) -> None:
    oids = store(clone, [7, 70, 700])
    assert measure_objects(Repo(str(clone.path)), [*oids, "0" * 40, *oids[:1]]) == [7, 70, 700, 0, 7]


def test_more_objects_than_are_asked_for_at_once_are_measured(clone: Work) -> None:
    (oid,) = store(clone, [70])
    many = [oid, "0" * 40] * 1700
    assert measure_objects(Repo(str(clone.path)), many) == [70, 0] * 1700


def test_a_path_with_most_bytes_is_cut(clone: Work) -> None:
    oids = store(clone, [50_000] * 8 + [100] * 8)
    new = {oid: b"large.jsonl" if number < 8 else b"%d.txt" % number for number, oid in enumerate(oids)}
    loads = [0, 0]
    shares = distribute_objects(Objects(Repo(str(clone.path))), new, loads)
    assert sorted(name for share in shares for name in share) == sorted(oids)
    assert [sum(new[name] == b"large.jsonl" for name in share) for share in shares] == [4, 4]
    assert max(loads) < 1.3 * min(loads)


def test_who_has_read_less_gets_more(clone: Work) -> None:
    oids = store(clone, [10_000] * 10)
    loads = [60_000, 0]
    shares = distribute_objects(Objects(Repo(str(clone.path))), dict.fromkeys(oids, b"a"), loads)
    assert len(shares[0]) < 4 < len(shares[1])
