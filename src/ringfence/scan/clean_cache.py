"""What was found clean before, so that only what is new costs anything: ids in a file of the cache.

An id is the digest of what it names, so that wherever the same one comes again, the same bytes do: from another
repository, or from a push that was refused. What is kept about it is only that nothing at all stands in an object, or
that nothing was found or left unread in a commit, by the very same plan.
"""

from __future__ import annotations

from bisect import bisect_left
from zlib import crc32

from ..policy import cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from ..policy.plan import Plan

_MOST = 400_000  # ids, 8 to 13 MB
_FEW = 500  # ids, below which looking each up is faster than taking the file apart
_MAGIC = b"ringfence clean 1\n"
_COMMIT = 0x80  # in an id's last byte: it names a commit, and the other bits say which tags of zones it touches
_TAGS = 7


class CleanCache:
    """The ids that are kept for a plan."""

    def __init__(self, plan: Plan) -> None:
        self._zoned = plan.zones.zoned
        # Which zones hold for a commit may depend on the refs it comes with.
        self._takes_commits = not plan.zones.has_refs and len(plan.zones.zoned) <= _TAGS
        self._name = f"{cache.build_key(plan.iter_digest_parts())}.clean"
        self._records, self._width, self._is_loaded = b"", 1, False
        self._index: dict[bytes, int] = {}

    @property
    def is_present(self) -> bool:
        """Whether anything is kept."""
        return cache.has_file(self._name)

    def find_clean_objects(self, oids: Collection[str]) -> set[str]:
        """Return which objects nothing stands in."""
        return {oid for oid, tags in self._find_records(oids).items() if not tags & _COMMIT}

    def find_clean_commits(self, oids: Collection[str]) -> dict[str, set[str]]:
        """Return which commits nothing was found in, each with the tags of the zones that it touches."""
        found = self._find_records(oids) if self._takes_commits else {}
        return {
            oid: {tag for place, tag in enumerate(self._zoned) if bits >> place & 1}
            for oid, bits in found.items()
            if bits & _COMMIT
        }

    def store_clean(self, oids: Collection[str], commits: Collection[tuple[str, tuple[str, ...]]]) -> None:
        """Keep what was found clean, commits with their tags; of too many, what was found last."""
        noted = [bytes.fromhex(oid) + b"\0" for oid in oids]
        if self._takes_commits:
            noted += [bytes.fromhex(oid) + bytes((_COMMIT | self._encode_tags(tags),)) for oid, tags in commits]
        if not noted:
            return
        self._load_records()
        width = len(noted[0])
        old = [self._records[at : at + width] for at in range(0, len(self._records), width)]
        records = b"".join(sorted(list(dict.fromkeys([*noted, *(old if self._width == width else ())]))[:_MOST]))
        cache.store_file(self._name, _MAGIC + bytes((width,)) + crc32(records).to_bytes(4, "big") + records)

    def _encode_tags(self, tags: Iterable[str]) -> int:
        return sum(1 << self._zoned.index(tag) for tag in tags if tag in self._zoned)

    def _find_records(self, oids: Collection[str]) -> dict[str, int]:
        """Return the last byte of each id that is kept."""
        self._load_records()
        if not self._records:
            return {}
        width = self._width
        if len(oids) < _FEW and not self._index:
            looked_up = ((oid, self._find_bits(bytes.fromhex(oid))) for oid in oids)
            return {oid: bits for oid, bits in looked_up if bits >= 0}
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


def _parse_records(content: bytes) -> tuple[bytes, int]:
    """Return the records of a file and their width; what isn't whole is as good as nothing."""
    head, records = content[: len(_MAGIC) + 5], content[len(_MAGIC) + 5 :]
    width = head[-5] if len(head) == len(_MAGIC) + 5 and head.startswith(_MAGIC) else 0
    is_whole = width and not len(records) % width and crc32(records) == int.from_bytes(head[-4:], "big")
    return (records, width) if is_whole else (b"", 1)
