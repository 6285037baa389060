"""Finds lines again that a commit moved or copied, within a file or from another one that it changes.

The measure is that of `git blame -M -C`: a run counts if it has more than 20 letters and digits in the same file, 40 in
another.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from .texts import count_alphanumerics, strip_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from .entries import Entry
    from .stream import FileChange
    from .texts import Texts

    Left = list[tuple[FileChange, list[Entry]]]  # lines that a commit added, by file
    Live = dict[bytes, list[Entry]]  # lines on their way, by path
    Run = tuple[int, int, int, int]  # weight, first line wanted, first line in the source, number of lines

IN_FILE, FROM_OTHERS = 20, 40  # letters and digits that a run must exceed
_SEED = 4  # letters and digits of a line from which a run is looked for; it may go on with shorter ones
_MOST_PLACES = 24  # that a line has in a source before runs aren't begun at it
_MOST_PAIRS = 4_000_000  # of places compared for one commit; behind that, not at lines that have many places


class Wanted:
    """Lines that are looked for: the text of each, and its number in the revision that is traced.

    None among the texts separates what doesn't adjoin.
    """

    def __init__(self) -> None:
        self.texts: list[bytes | None] = []
        self.finals: list[int] = []

    def add(self, entries: Iterable[Entry], get_line: Callable[[int], bytes], least: int) -> None:
        """Add the runs that weigh more than `least`."""
        for final, start, count in entries:
            texts = [get_line(number) for number in range(start, start + count)]
            if measure(texts) > least:
                self.texts += (None, *texts)
                self.finals += range(final - 1, final + count)

    def find_moves(self, sources: Iterable[Sequence[bytes]], least: int) -> list[tuple[int, Entry]]:
        """Return runs of lines that sources have, each with the number of the source and by its lines there."""
        finder = _Finder(self.texts)
        runs = [(run, number) for number, source in enumerate(sources) for run in finder.find_runs(source, least)]
        chosen = _choose_runs(runs, self.texts, least)
        return [(number, (self.finals[first], at, count)) for (_, first, at, count), number in chosen]


class _Finder:
    """An index of the lines that are looked for."""

    def __init__(self, wanted: list[bytes | None]) -> None:
        self._wanted = wanted
        self._places: dict[bytes, list[int]] = {}
        for number, line in enumerate(wanted):
            if line:
                self._places.setdefault(line, []).append(number)
        self._seeds = {line for line in self._places if count_alphanumerics(line) >= _SEED}
        self._pairs = 0

    def find_runs(self, source: Sequence[bytes], least: int) -> list[Run]:
        """Return the longest runs of wanted lines in a source that weigh more than `least`."""
        common = self._seeds.intersection(source)
        if not common:
            return []
        counts = Counter(line for line in source if line in common)
        runs: list[Run] = []
        ends: dict[int, int] = {}  # by diagonal: where the last run ended in the source
        wanted = self._wanted
        for at, line in enumerate(source):
            if line not in common or counts[line] > _MOST_PLACES:
                continue
            places = self._places[line]
            self._pairs += len(places)
            if self._pairs > _MOST_PAIRS and len(places) > _MOST_PLACES:
                continue
            for number in places:
                diagonal = at - number
                if ends.get(diagonal, -1) >= at:
                    continue
                first, last = number, number + 1
                while first and diagonal + first and wanted[first - 1] == source[diagonal + first - 1]:
                    first -= 1
                while last < len(wanted) and diagonal + last < len(source) and wanted[last] == source[diagonal + last]:
                    last += 1
                ends[diagonal] = diagonal + last - 1
                score = measure(wanted[first:last])
                if score > least:
                    runs.append((score, first, diagonal + first, last - first))
        return runs


def _choose_runs(runs: Sequence[tuple[Run, int]], wanted: Sequence[bytes | None], least: int) -> list[tuple[Run, int]]:
    """Return runs, each given with the number of its source, that share no wanted line: the weightiest first.

    What a weightier run leaves of another counts if it still weighs more than `least`.
    """
    taken = bytearray(len(wanted))
    chosen: list[tuple[Run, int]] = []
    for (_, first, at, count), source in sorted(runs, key=lambda each: (-each[0][0], each[1], each[0][1:])):
        begin = first
        while begin < first + count:
            end = begin
            while end < first + count and not taken[end]:
                end += 1
            score = measure(wanted[begin:end])
            if score > least:
                chosen.append(((score, begin, at + begin - first, end - begin), source))
                taken[begin:end] = b"\1" * (end - begin)
            begin = end + 1
    return chosen


def measure(lines: Iterable[bytes | None]) -> int:
    """Return how much a run of lines weighs, as git counts it: one, and one for each letter and digit."""
    return 1 + count_alphanumerics(b"".join(filter(None, lines)))


def find_moved(
    entries: list[Entry], get_line: Callable[[int], bytes], old: Sequence[bytes]
) -> tuple[list[Entry], list[Entry]]:
    """Return those of a file's added lines that its old version has elsewhere, by their lines there, and the rest."""
    wanted = Wanted()
    wanted.add(entries, get_line, IN_FILE)
    moved = [entry for _, entry in wanted.find_moves([old], IN_FILE)] if wanted.texts else []
    return moved, subtract_entries(entries, moved)


def pass_moved(left: Left, changes: Sequence[FileChange], texts: Texts, passed: Live) -> Left:
    """Pass lines on that were moved or copied within their file or from another one that the commit changes.

    Args:
        left: The lines that the commit seems to add.
        changes: All that it changes.
        texts: Reads old versions.
        passed: Where the lines go that were there before.

    Returns:
        What is left.
    """
    rest: Left = []
    wanted = Wanted()
    sources = [change for change in changes if change.old_oid]
    numbered = [(change, entries, number_added(change, entries)) for change, entries in left]
    heavy = [(change, measure(added.values())) for change, _, added in numbered]
    texts.load(
        source.old_oid
        for source in sources
        if any(each is not source and weight > FROM_OTHERS for each, weight in heavy)
    )
    for (change, entries, added), (_, weight) in zip(numbered, heavy, strict=True):
        again = entries
        if weight > IN_FILE:
            if change.old_oid and not change.is_new:
                moved, again = find_moved(entries, added.__getitem__, texts.read_lines(change.old_oid))
                passed.setdefault(change.old_path, []).extend(moved)
            if again and len(sources) > (not change.is_new):
                wanted.add(again, added.__getitem__, FROM_OTHERS)
        rest.append((change, again))
    if not wanted.texts:
        return rest
    copied = wanted.find_moves((texts.read_lines(source.old_oid) for source in sources), FROM_OTHERS)
    for number, entry in copied:
        passed.setdefault(sources[number].old_path, []).append(entry)
    return [(change, subtract_entries(entries, [entry for _, entry in copied])) for change, entries in rest]


def number_added(change: FileChange, entries: Iterable[Entry]) -> Mapping[int, bytes]:
    """Return the text of added lines by their number; an empty one where git shows none."""
    numbered: dict[int, bytes] = {}
    wanted = {number for _, start, count in entries for number in range(start, start + count)}
    for (_, _, new, _), lines in zip(change.hunks, change.added, strict=True):
        for number, line in enumerate(lines, new):
            if number in wanted:
                numbered[number] = strip_line(line)
    return numbered if len(numbered) == len(wanted) else dict.fromkeys(wanted, b"") | numbered


def subtract_entries(entries: list[Entry], taken: Iterable[Entry]) -> list[Entry]:
    """Return runs without the lines that others have, by their number in the revision that is traced."""
    gone = {final + number for final, _, count in taken for number in range(count)}
    if not gone:
        return entries
    rest: list[Entry] = []
    for final, start, count in entries:
        begin = 0
        for number in range(count + 1):
            if number == count or final + number in gone:
                if number > begin:
                    rest.append((final + begin, start + begin, number - begin))
                begin = number + 1
    return rest
