"""A Bloom filter of the text that people wrote, so that moving it doesn't make it a tool's.

Of 16 bits for each fingerprint, two are set: one in 60 fingerprints is taken for seen that isn't, which costs a little
recall. It grows by layers, each twice as large as the one before.
"""

from __future__ import annotations

import os

from .bits import find_set_bits, set_bits
from .keyed_hash import hash_values
from .manifest import sync_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np

_FOLDER = "seen"
_SMALLEST = 20  # bits of the first layer, as a power of two: 128 KiB
_BITS_PER_KEY = 16


class SeenText:
    """The text of one repository's people, as of a generation of the index."""

    def __init__(self, folder: str, repository: str, key: bytes, generation: int) -> None:
        """Load what was stored in that generation or before."""
        name = int.from_bytes(repository.encode(), "little") % ((1 << 61) - 1)
        self._folder, self._name = os.path.join(folder, _FOLDER), f"{hash_values([name], key)[0]:016x}"
        self._layers: list[tuple[int, bytearray]] = []
        self._count = 0
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        self._load(generation)

    def add(self, values: Sequence[int] | np.ndarray) -> None:
        """Add fingerprints that differ."""
        left = values
        while len(left):
            if not self._layers or self._count * _BITS_PER_KEY >= len(self._layers[-1][1]) * 8:
                bits = _SMALLEST + len(self._layers)
                self._layers.append((bits, bytearray(1 << bits - 3)))
                self._count = 0
            bits, layer = self._layers[-1]
            room = max(len(layer) * 8 // _BITS_PER_KEY - self._count, 1)
            set_bits(layer, bits, left[:room])
            self._count += len(left[:room])
            left = left[room:]

    def find(self, values: Iterable[int]) -> set[int]:
        """Return those of the fingerprints that were added, and, rarely, one that only looks as if."""
        left = list(values)
        found: set[int] = set()
        for bits, layer in self._layers:
            found |= find_set_bits(layer, bits, left)
        return found

    def store(self, generation: int) -> None:
        """Store it for a generation, which the manifest doesn't have yet."""
        path = os.path.join(self._folder, f"{self._name}.{generation}")
        with open(f"{path}.tmp", "wb") as file:
            file.write(len(self._layers).to_bytes(4, "little") + self._count.to_bytes(8, "little"))
            file.writelines(layer for _, layer in self._layers)
            file.flush()
            os.fsync(file.fileno())
        os.replace(f"{path}.tmp", path)
        sync_folder(self._folder)

    def _load(self, generation: int) -> None:
        """Load the newest file that isn't newer than a generation, and delete the others."""
        names = [entry.name for entry in os.scandir(self._folder) if entry.name.startswith(f"{self._name}.")]
        stored = {int(name.rpartition(".")[2]): name for name in names if not name.endswith(".tmp")}
        newest = max((number for number in stored if number <= generation), default=-1)
        for number, name in stored.items():
            if number != newest:
                os.unlink(os.path.join(self._folder, name))
        if newest < 0:
            return
        with open(os.path.join(self._folder, stored[newest]), "rb") as file:
            data = file.read()
        self._count = int.from_bytes(data[4:12], "little")
        offset = 12
        for number in range(int.from_bytes(data[:4], "little")):
            bits = _SMALLEST + number
            self._layers.append((bits, bytearray(data[offset : offset + (1 << bits - 3)])))
            offset += 1 << bits - 3
