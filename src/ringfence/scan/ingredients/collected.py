"""What a piece of history holds, read from its newest commit to its oldest: fingerprints of tools, and of people.

First introduction wins: a fingerprint is a tool's only where the oldest text that has it is one's.
"""

from __future__ import annotations

from . import engine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

_FEWEST_BITS, _MOST_BITS = 20, 27  # of a fingerprint, that tell most people's from those of tools
_ROOM = 3  # bits more than the tools' fingerprints need: one in eight of people's looks like one of theirs
_MOST_ARRAYS = 1 << 24  # fingerprints of people before equal ones are merged: 128 MiB


class Collected:
    """Fingerprints of tools and of people.

    Attributes:
        candidates: Fingerprints of tools, as value → (index of the source, line).
    """

    def __init__(self) -> None:
        self.candidates: dict[int, tuple[int, int]] = {}
        self._people: set[int] = set()
        self._arrays: list[np.ndarray] = []  # of people's, by numpy
        self._count = 0
        self._likely: np.ndarray | None = None  # whether a candidate begins with these bits
        self._bits = 0

    def add_texts(self, texts: Sequence[tuple[int, int, bytes]]) -> None:
        """Add texts that are older than all before: (index of the source, -1 for a person's; first line; text)."""
        columns = engine.fingerprint_columns([text for _, _, text in texts])
        if columns is None:
            for _, owner, value, line, _ in engine.fingerprint_texts([text for _, _, text in texts]):
                source, start, _ = texts[owner]
                self.add(value, source, start + line)
            return
        import numpy as np

        sources = np.array([source for source, _, _ in texts])
        starts = np.array([start for _, start, _ in texts])
        for values, owners, lines in columns:
            self._add_columns(values, sources[owners], starts[owners] + lines)

    def add(self, value: int, source: int, line: int) -> None:
        """Add a fingerprint that is older than all before."""
        if source < 0:
            self.candidates.pop(value, None)
            self._people.add(value)
        else:
            self.candidates[value] = source, line
            if self._likely is not None:
                self._likely[value >> 64 - self._bits] = True

    def list_people(self) -> Sequence[int] | np.ndarray:
        """Return the fingerprints of people, each once."""
        if not self._arrays:
            return list(self._people)
        import numpy as np

        return np.unique(np.concatenate((*self._arrays, np.array(list(self._people), np.uint64))))

    def find_people(self, values: Sequence[int]) -> set[int]:
        """Return which of some fingerprints people wrote."""
        found = self._people.intersection(values)
        if self._arrays:
            import numpy as np

            wanted = np.array(values, np.uint64)
            for array in self._arrays:
                found.update(wanted[np.isin(wanted, array)].tolist())
        return found

    def _add_columns(self, values: np.ndarray, sources: np.ndarray, lines: np.ndarray) -> None:
        """Add fingerprints by column; of people's, only those are looked at one by one that a tool may have, too."""
        import numpy as np

        is_tools = sources >= 0
        likely = self._grow_likely(int(np.count_nonzero(is_tools)))
        bits = (values >> np.uint64(64 - self._bits)).astype(np.int64)
        likely[bits[is_tools]] = True
        chosen = np.flatnonzero(is_tools | likely[bits])
        for value, source, line in zip(
            values[chosen].tolist(), sources[chosen].tolist(), lines[chosen].tolist(), strict=True
        ):
            if source < 0:
                self.candidates.pop(value, None)
            else:
                self.candidates[value] = source, line
        self._arrays.append(np.unique(values[~is_tools]))
        self._count += len(self._arrays[-1])
        if self._count > _MOST_ARRAYS:
            self._arrays = [np.unique(np.concatenate(self._arrays))]
            self._count = len(self._arrays[0])

    def _grow_likely(self, more: int) -> np.ndarray:
        """Return the table of likely fingerprints, large enough for so many more of tools."""
        import numpy as np

        wanted = (len(self.candidates) + more).bit_length() + _ROOM
        bits = min(max(wanted, _FEWEST_BITS), _MOST_BITS)
        if self._likely is None or bits > self._bits:
            self._bits, self._likely = bits, np.zeros(1 << bits, np.bool_)
            known = np.fromiter(self.candidates, np.uint64, len(self.candidates))
            self._likely[(known >> np.uint64(64 - bits)).astype(np.int64)] = True
        return self._likely
