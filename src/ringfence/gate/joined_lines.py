"""Fingerprints of lines that several commits of tools wrote together: one edits what another has written.

A commit's own lines are recorded by themselves. Where it changes some in the middle of a tool's text, runs that hold
old and new lines are in no commit's additions; they are a tool's if all their lines are.
"""

from __future__ import annotations

from ..scan.ingredients.fingerprint import fingerprint_lines, is_significant
from ..scan.ingredients.scheme import LINES
from ..values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

    from ..git.patches import Hunk

Places = dict[int, tuple[int, int]]  # (number of the source, line) by fingerprint


@value
class JoinedLines:
    """A run of old and new lines.

    Attributes:
        fingerprint: Its fingerprint.
        source, line: The number of the source that it is of, and its first line there.
        kept: For each old line the fingerprints of the runs that it was in before: one of them must be a tool's.
    """

    fingerprint: int
    source: int
    line: int
    kept: tuple[frozenset[int], ...]


def list_joined_lines(hunk: Hunk, source: int) -> list[JoinedLines]:
    """Return the runs in which a hunk puts lines between those that stay; none where it leaves no line."""
    start, lines = hunk
    after = [line for line in lines if line[:1] != b"-"]
    if all(line[:1] == b"+" for line in after) or len(after) == len(lines) - len(after):
        return []
    runs: dict[int, set[int]] = {}  # before, by line
    old = [line for line in lines if line[:1] != b"+"]
    for fingerprint, first, last in fingerprint_lines(_join(old))[LINES]:
        for number in range(first, last + 1):
            runs.setdefault(number, set()).add(fingerprint)
    numbers = [number for number, line in enumerate(old) if line[:1] == b" "]
    stays = [number for number, line in enumerate(after) if line[:1] == b" " and is_significant(line[1:])]
    before = dict(zip((number for number, line in enumerate(after) if line[:1] == b" "), numbers, strict=True))
    found: list[JoinedLines] = []
    for fingerprint, first, last in fingerprint_lines(_join(after))[LINES]:
        kept = [before[number] for number in stays if first <= number <= last]
        is_joined = kept and any(line[:1] == b"+" and is_significant(line[1:]) for line in after[first : last + 1])
        if is_joined and all(number in runs for number in kept):
            needed = tuple(frozenset(runs[number]) for number in kept)
            found.append(JoinedLines(fingerprint, source, start + first, needed))
    return found


def select_tools_lines(
    joined: Iterable[JoinedLines], recorded: Places, find_known: Callable[[list[int]], set[int]], people: Container[int]
) -> Places:
    """Return where the runs stand of which each line is a tool's.

    Args:
        joined: The runs, those of the oldest commit first.
        recorded: What commits of tools add by themselves.
        find_known: Returns which of some fingerprints were recorded before as a tool's.
        people: Fingerprints of what people wrote.
    """
    joined = list(joined)
    asked = {number for item in joined for runs in item.kept for number in runs if number not in recorded}
    known = recorded.keys() | find_known([number for number in asked if number not in people])
    found: Places = {}
    for item in joined:
        if item.fingerprint not in people and all(not known.isdisjoint(runs) for runs in item.kept):
            found.setdefault(item.fingerprint, (item.source, item.line))
            known.add(item.fingerprint)
    return found


def _join(lines: Iterable[bytes]) -> bytes:
    return b"".join(line[1:] for line in lines)
