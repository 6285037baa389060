"""Cache of the ids of clean objects and commits, so that each is read only once.

An object is clean if it has no mark at all, a commit if its check had no finding and nothing unread. An id is the
digest of the content, so that an entry holds for every repository, and also after a refused push. Each plan has a
cache file of its own.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from zlib import crc32

from ..policy import cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from ..policy.plan import Plan
    from .marks_cache import MarksCache

_MAX_IDS = 400_000  # 8 to 13 MB
_INDEX_FROM = 500  # ids; for fewer, a binary search for each is faster than building an index
_MAGIC = b"ringfence clean 1\n"
_COMMIT = 0x80  # in the byte after an id: it is a commit, and the other bits are the tags of the zones it touches
_MAX_TAGS = 7


class CleanCache:
    """The clean ids of one plan.

    The file holds sorted records of equal width: an id, and one byte (see `_COMMIT`).
    """

    def __init__(self, plan: Plan) -> None:
        self._zoned = plan.zones.path_tags
        # With ref-bound zones, the zones of a commit depend on the refs that it is pushed to.
        self._takes_commits = not plan.zones.has_refs and len(plan.zones.path_tags) <= _MAX_TAGS
        key = cache.build_key([*plan.iter_digest_parts(), *_read_index_state(plan)])
        self._name, self._marks_name = f"{key}.clean", f"{key}.marks"
        self._marks: MarksCache | None = None
        self._records, self._width, self._is_loaded = b"", 1, False
        self._index: dict[bytes, int] = {}

    @property
    def is_present(self) -> bool:
        """Whether the cache has any entry."""
        return cache.has_file(self._name)

    def find_clean_objects(self, oids: Collection[str]) -> set[str]:
        """Return those of the objects that are known to be clean."""
        return {oid for oid, tags in self._find_records(oids).items() if not tags & _COMMIT}

    def find_clean_commits(self, oids: Collection[str]) -> dict[str, set[str]]:
        """Return those of the commits that are known to be clean, each with the tags of the zones it touches."""
        records = self._find_records(oids) if self._takes_commits else {}
        return {
            oid: {tag for number, tag in enumerate(self._zoned) if bits >> number & 1}
            for oid, bits in records.items()
            if bits & _COMMIT
        }

    def store_clean(self, oids: Collection[str], commits: Collection[tuple[str, tuple[str, ...]]]) -> None:
        """Store clean objects, and clean commits with the tags of their zones; the newest 400,000 ids are kept."""
        new = [bytes.fromhex(oid) + b"\0" for oid in oids]
        if self._takes_commits:
            new += [bytes.fromhex(oid) + bytes((_COMMIT | self._encode_tags(tags),)) for oid, tags in commits]
        if not new:
            return
        self._load_records()
        width = len(new[0])
        old = [self._records[at : at + width] for at in range(0, len(self._records), width)]
        records = b"".join(sorted(list(dict.fromkeys([*new, *(old if self._width == width else ())]))[:_MAX_IDS]))
        cache.store_file(self._name, _MAGIC + bytes((width,)) + crc32(records).to_bytes(4, "big") + records)

    def load_marks(self) -> MarksCache:
        """Return the cache of the marks in objects that aren't clean."""
        if not self._marks:
            from .marks_cache import MarksCache

            self._marks = MarksCache(self._marks_name)
        return self._marks

    def _encode_tags(self, tags: Iterable[str]) -> int:
        return sum(1 << self._zoned.index(tag) for tag in tags if tag in self._zoned)

    def _find_records(self, oids: Collection[str]) -> dict[str, int]:
        """Return the byte that belongs to each id in the cache."""
        self._load_records()
        if not self._records:
            return {}
        width = self._width
        if len(oids) < _INDEX_FROM and not self._index:
            pairs = ((oid, self._find_bits(bytes.fromhex(oid))) for oid in oids)
            return {oid: bits for oid, bits in pairs if bits >= 0}
        if not self._index:
            records = self._records
            self._index = {
                records[at : at + width - 1]: records[at + width - 1] for at in range(0, len(records), width)
            }
        index = self._index
        return {oid: index[name] for oid in oids if (name := bytes.fromhex(oid)) in index}

    def _load_records(self) -> None:
        if not self._is_loaded:
            self._records, self._width = _parse_records(cache.load_file(self._name))
            self._is_loaded = True

    def _find_bits(self, name: bytes) -> int:
        at = self._width * bisect_left(range(len(self._records) // self._width), name, key=self._get_id)
        return self._records[at + self._width - 1] if self._records[at : at + self._width - 1] == name else -1

    def _get_id(self, number: int) -> bytes:
        return self._records[self._width * number : self._width * (number + 1) - 1]


def _read_index_state(plan: Plan) -> list[bytes]:
    """Return the manifest of the index of ingredients: what is clean changes with it."""
    if not plan.has_index:
        return []
    try:
        with open(os.path.join(plan.ingredients.index, "manifest"), "rb") as file:
            return [file.read()]
    except OSError:
        return [b"missing"]


def _parse_records(content: bytes) -> tuple[bytes, int]:
    """Return the records of a cache file and their width in bytes; (b"", 1) for a damaged file."""
    head, records = content[: len(_MAGIC) + 5], content[len(_MAGIC) + 5 :]
    width = head[-5] if len(head) == len(_MAGIC) + 5 and head.startswith(_MAGIC) else 0
    is_intact = width and not len(records) % width and crc32(records) == int.from_bytes(head[-4:], "big")
    return (records, width) if is_intact else (b"", 1)
