"""Segments of the index: immutable files of sorted fingerprints, read by mapping them into memory.

Layout, little-endian: `_HEADER`; a bitmap of the fingerprints' highest bits; the fingerprints, 64 bits each, sorted;
then for each the number of its source and its first line there, 32 bits each.
"""

from __future__ import annotations

import mmap
import os
from bisect import bisect_left
from struct import Struct
from zlib import crc32

from . import scheme

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterable, Sequence

# What is stored of a fingerprint: (keyed value, number of its source, first line there from 1).
Entry = tuple[int, int, int]

_MAGIC = b"rf-ingr\n"
_HEADER = Struct("<8sIIQI36x")  # magic, version, bits of the bitmap, entries, checksum of the fields before; 64 bytes
_CHECKED = Struct("<8sIIQ")
_BITS_PER_KEY = 8
_SMALLEST_BITMAP = 9  # bits: 64 bytes


class DamagedSegmentError(Exception):
    """A segment can't be used; the message says why."""


class Segment:
    """An open segment.

    Attributes:
        count: Number of entries.
        keys, sources, lines: The entries, as sequences of integers.
        bitmap, shift: The bitmap, and by how many bits a fingerprint is shifted to its bit.
        data, keys_offset: The whole file, and where its keys begin.
    """

    def __init__(self, path: str) -> None:
        """Map a segment.

        Raises:
            DamagedSegmentError: It has another version or size than its header says, or can't be opened.
        """
        try:
            with open(path, "rb") as file:
                data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except (OSError, ValueError) as error:
            raise DamagedSegmentError(f"{os.path.basename(path)} can't be read: {error}") from None
        self.count, bits, version = _parse_header(data)
        bitmap, keys = 64 + (1 << bits) // 8, 64 + (1 << bits) // 8 + 8 * self.count
        if version != scheme.VERSION:
            raise DamagedSegmentError(f"{os.path.basename(path)} has version {version}, this is {scheme.VERSION}")
        if len(data) != keys + 8 * self.count:
            raise DamagedSegmentError(f"{os.path.basename(path)} is cut short")
        self.data, self.shift, self.keys_offset = data, 64 - bits, bitmap
        self.bitmap = data[64:bitmap]
        self.keys: Sequence[int] = data[bitmap:keys].cast("Q")
        self.sources: Sequence[int] = data[keys : keys + 4 * self.count].cast("I")
        self.lines: Sequence[int] = data[keys + 4 * self.count :].cast("I")

    def find_entries(self, values: Sequence[int]) -> list[tuple[int, int, int]]:
        """Return (index of the value, source, line) for every entry with one of the values."""
        bitmap, shift, keys, count = self.bitmap, self.shift, self.keys, self.count
        found = []
        for index, value in enumerate(values):
            bit = value >> shift
            if bitmap[bit >> 3] >> (bit & 7) & 1:
                at = bisect_left(keys, value)
                while at < count and keys[at] == value:
                    found.append((index, self.sources[at], self.lines[at]))
                    at += 1
        return found

    def iter_entries(self) -> Iterable[Entry]:
        """Return the entries in order."""
        return zip(self.keys, self.sources, self.lines, strict=True)


def _parse_header(data: memoryview) -> tuple[int, int, int]:
    try:
        magic, version, bits, count, checksum = _HEADER.unpack(data[:64])
    except Exception:  # noqa: BLE001 - of an empty or short file
        raise DamagedSegmentError("a segment is cut short") from None
    if magic != _MAGIC or crc32(data[: _CHECKED.size]) != checksum or not _SMALLEST_BITMAP <= bits <= 40:  # noqa: PLR2004 - 128 GiB
        raise DamagedSegmentError("a segment has a damaged header")
    return count, bits, version


def write_segment(path: str, entries: Iterable[Entry]) -> int:
    """Write entries as a segment that appears under its name only when it is complete; return their number."""
    from array import array  # with `collections.abc` 2 ms, which a look-up saves

    rows = sorted(entries)
    return write_columns(
        path,
        array("Q", [value for value, _, _ in rows]),
        array("I", [source for _, source, _ in rows]),
        array("I", [line for _, _, line in rows]),
    )


def write_columns(path: str, keys: array[int], sources: array[int], lines: array[int]) -> int:
    """Write sorted entries, given by column, as a segment; return their number."""
    count = len(keys)
    bits = max((_BITS_PER_KEY * count).bit_length(), _SMALLEST_BITMAP)
    head = _CHECKED.pack(_MAGIC, scheme.VERSION, bits, count)
    temporary = f"{path}.{os.getpid()}.tmp"
    with open(temporary, "wb") as file:
        file.write(_HEADER.pack(_MAGIC, scheme.VERSION, bits, count, crc32(head)))
        file.write(_build_bitmap(keys, bits))
        file.writelines(column.tobytes() for column in (keys, sources, lines))
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    return count


def _build_bitmap(keys: Iterable[int], bits: int) -> bytes:
    bitmap, shift = bytearray((1 << bits) // 8), 64 - bits
    for value in keys:
        bit = value >> shift
        bitmap[bit >> 3] |= 1 << (bit & 7)
    return bytes(bitmap)
