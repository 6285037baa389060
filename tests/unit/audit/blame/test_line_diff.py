"""Two versions are compared line by line: what is said to be the same is the same, in the same order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ringfence.audit.blame.line_diff import find_hunks

LINES = st.lists(st.sampled_from([b"", b"}", b"a", b"b", b"c", b"return"]), max_size=40)


def apply_hunks(old: list[bytes], new: list[bytes]) -> list[bytes]:
    made: list[bytes] = []
    at = 0
    for first, count, start, added in find_hunks(old, new):
        made += [*old[at:first], *new[start : start + added]]
        assert len(made) == start + added
        at = first + count
    return [*made, *old[at:]]


@given(LINES, LINES)
def test_the_hunks_make_the_new_version_of_the_old_one(old: list[bytes], new: list[bytes]) -> None:
    assert apply_hunks(old, new) == new


def test_lines_that_both_have_equally_often_stay() -> None:
    old = [b"x", b"go", b"x", b"go", b"y", b"end"]
    new = [b"z", b"go", b"w", b"go", b"v", b"w", b"end"]
    assert [hunk[:2] for hunk in find_hunks(old, new)] == [(0, 1), (2, 1), (4, 1)]


def test_empty_lines_between_others_stay() -> None:
    old = [line for number in range(300) for line in (b"data: %d" % number, b"")]
    new = [line for number in range(200) for line in (b"event: %d" % number, b"")]
    kept = len(old) - sum(count for _, count, _, _ in find_hunks(old, new))
    assert kept == 200
