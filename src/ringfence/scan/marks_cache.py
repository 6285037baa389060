"""Cache of the marks in objects, beside that of clean ones: a history with marks is read once, too.

What could not be read, pointers and recorded output depend on more than an object's bytes: such objects are left out.
"""

from __future__ import annotations

from ..policy import cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_MAX_BYTES = 32 << 20  # of the file; the newest are kept


class MarksCache:
    """The marks of objects, packed, by the objects' ids, in a file for each plan."""

    def __init__(self, name: str) -> None:
        """Take the name of the file."""
        self._name = name
        self._sections: dict[str, bytes] | None = None

    def find_marks(self, oids: Iterable[str]) -> dict[str, bytes]:
        """Return the marks of those of the objects that are known."""
        sections = self._load_sections()
        return {oid: sections[oid] for oid in oids if oid in sections} if sections else {}

    def store_marks(self, marks: dict[str, bytes]) -> None:
        """Store the marks of objects."""
        kept, size = dict[str, bytes](), 0
        for oid, data in (marks | self._load_sections()).items():
            size += len(data)
            if size > _MAX_BYTES:
                break
            kept[oid] = data
        cache.write_sections(self._name, kept)

    def _load_sections(self) -> dict[str, bytes]:
        if self._sections is None:
            reader = cache.open_sections(self._name)
            self._sections = (reader.load_all() if reader else None) or {}
        return self._sections
