"""A Bloom filter of the text that people wrote, so that moving it doesn't make it a tool's.

Of 16 bits for each fingerprint, two are set: one in 60 fingerprints is taken for seen that isn't, which costs a little
recall. It grows by layers, each twice as large as the one before.
"""

from __future__ import annotations

import os

from .keyed_hash import hash_values
from .manifest import sync_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_FOLDER = "seen"
_SMALLEST = 20  # bits of the first layer, as a power of two: 128 KiB
_BITS_PER_KEY = 16
_LOW = (1 << 32) - 1


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

    def add(self, values: Iterable[int]) -> None:
        """Add fingerprints."""
        for value in values:
            if not self._layers or self._count * _BITS_PER_KEY >= len(self._layers[-1][1]) * 8:
                bits = _SMALLEST + len(self._layers)
                self._layers.append((bits, bytearray(1 << bits - 3)))
                self._count = 0
            bits, layer = self._layers[-1]
            first, second = value >> 64 - bits, (value & _LOW) * (value >> 32) >> 24 & (1 << bits) - 1
            layer[first >> 3] |= 1 << (first & 7)
            layer[second >> 3] |= 1 << (second & 7)
            self._count += 1

    def has(self, value: int) -> bool:
        """Return whether a fingerprint was added, or, rarely, looks as if."""
        for bits, layer in self._layers:
            first, second = value >> 64 - bits, (value & _LOW) * (value >> 32) >> 24 & (1 << bits) - 1
            if layer[first >> 3] >> (first & 7) & 1 and layer[second >> 3] >> (second & 7) & 1:
                return True
        return False

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
