"""The oldest text that has a fingerprint decides whose it is, by numpy and without."""

from __future__ import annotations

import random

import pytest

import samples
from ringfence.scan.ingredients import engine
from ringfence.scan.ingredients.collected import Collected

PERSON = -1


def collect(
    monkeypatch: pytest.MonkeyPatch, batches: list[list[tuple[int, int, bytes]]], *, by_numpy: bool
) -> Collected:
    made = engine._Engine()
    if by_numpy:
        pytest.importorskip("numpy")
        made.bytes = 1 << 30
    else:
        made._missing = {"vectorised_lookup"}
    monkeypatch.setattr(engine, "_engine", made)
    collected = Collected()
    for number, batch in enumerate(batches):
        collected.add(number, number % 2 or PERSON, 7)
        collected.add_texts(batch)
    return collected


def make_function(name: bytes) -> bytes:
    return samples.FUNCTION.encode().replace(b"open_items", name)


def test_the_oldest_text_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    mine, theirs = make_function(b"my_items"), make_function(b"their_items")
    collected = collect(monkeypatch, [[(3, 10, mine)], [(PERSON, 0, mine), (4, 20, theirs)]], by_numpy=False)
    assert {source for source, _ in collected.candidates.values()} == {1, 4}
    again = collect(monkeypatch, [[(3, 10, mine)], [(PERSON, 0, mine)], [(5, 30, mine)]], by_numpy=False)
    assert {source for source, _ in again.candidates.values()} == {1, 5}
    assert min(line for source, line in again.candidates.values() if source == 5) == 30


@pytest.mark.parametrize("seed", range(4))
def test_numpy_collects_what_pure_python_collects(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    chosen = random.Random(seed)
    functions = [make_function(b"items_%d" % number) for number in range(5)]
    batches = [
        [(chosen.choice((PERSON, PERSON, 2, 3)), chosen.randrange(50), chosen.choice(functions)) for _ in range(4)]
        for _ in range(6)
    ]
    pure = collect(monkeypatch, batches, by_numpy=False)
    fast = collect(monkeypatch, batches, by_numpy=True)
    assert pure.candidates == fast.candidates
    assert len(pure.candidates) > 20
    assert set(pure.list_people()) == set(map(int, fast.list_people()))
    assert len(fast.list_people()) == len(set(map(int, fast.list_people()))) > 20
