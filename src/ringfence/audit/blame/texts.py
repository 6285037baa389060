"""The lines of file versions, without their white space, as they are compared."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from ...git.objects import MissingObject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...git.objects import Object, Objects

_SPACE = b" \t\r\f\v"
_LARGEST = 32 << 20  # bytes; lines aren't looked for in larger files
_KEPT = 48 << 20  # bytes of text kept
_PROBE = 8000  # bytes in which git looks for a NUL
_NO_WORD = bytes(code for code in range(256) if code > 127 or not chr(code).isalnum())  # noqa: PLR2004 - ASCII


class Texts:
    """Reads versions of files, and keeps those that were read last.

    Attributes:
        missing: The versions that the clone lacks.
    """

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._kept: OrderedDict[str, tuple[list[bytes], int]] = OrderedDict()
        self._size = 0
        self.missing: set[str] = set()

    def has(self, *oids: str) -> bool:
        """Return whether versions can be read; those that can't are in `missing`."""
        self.load(oids)
        return self.missing.isdisjoint(oids)

    def read_lines(self, oid: str) -> list[bytes]:
        """Return the lines of a version without white space; none for a binary, missing or huge one."""
        if oid and oid not in self._kept:
            self.load([oid])
        if not oid:
            return []
        self._kept.move_to_end(oid)
        return self._kept[oid][0]

    def load(self, oids: Iterable[str]) -> None:
        """Read versions that will be asked for: each request of git waits for its answer."""
        missing = dict.fromkeys(oid for oid in oids if oid and oid not in self._kept)
        for item in self._objects.iter_objects(missing):
            self._keep(item)
        while self._size > _KEPT and len(self._kept) > len(missing):
            self._size -= self._kept.popitem(last=False)[1][1]

    def _keep(self, item: Object | MissingObject) -> None:
        if isinstance(item, MissingObject):
            self.missing.add(item.name)
        data = b"" if isinstance(item, MissingObject) or item.size > _LARGEST else item.read()
        self._kept[item.name] = [] if is_binary(data) else strip_lines(data), len(data)
        self._size += len(data)


def is_binary(data: bytes) -> bool:
    """Return whether git takes a content for binary."""
    return b"\0" in data[:_PROBE]


def strip_lines(data: bytes) -> list[bytes]:
    """Return the lines of a text without white space."""
    lines = data.translate(None, _SPACE).split(b"\n")
    if not lines[-1] and (not data or data.endswith(b"\n")):
        lines.pop()
    return lines


def strip_line(line: bytes) -> bytes:
    """Return a line without white space and line end."""
    return line.translate(None, _SPACE + b"\n")


def count_alphanumerics(line: bytes) -> int:
    """Return how many letters and digits a line has: how much it says."""
    return len(line.translate(None, _NO_WORD))
