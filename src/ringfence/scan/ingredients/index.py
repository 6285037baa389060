"""An index of ingredients: a folder with a manifest, segments, a table of sources, and a lock for writers."""

from __future__ import annotations

import os

from ...errors import IncompleteError
from .index_key import compute_key_id
from .manifest import Manifest, read_manifest, sync_folder, write_manifest
from .segment import DamagedSegmentError, Segment, write_columns, write_segment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Self

    from .segment import Entry
    from .sources import Source, SourceTable

SEGMENTS = "segments"
LOCK = "lock"
_MERGE_FROM = 8  # segments; a look-up asks each of them
_KEPT = 4  # sources stored of one fingerprint


def open_segments(folder: str, key: bytes) -> tuple[Manifest, list[Segment]]:
    """Open an index for look-ups.

    Raises:
        IncompleteError: There is none, it is damaged, or it was made with another key.
    """
    for attempt in range(3):
        manifest = read_manifest(folder)
        if manifest is None:
            raise IncompleteError(
                f"there is no index of ingredients in {folder}.", "Record one: ringfence ingredients record --all"
            )
        if manifest.key_id and manifest.key_id != compute_key_id(key):
            raise IncompleteError(
                f"the index of ingredients in {folder} was made with another key.", "Give its key_file in the policy."
            )
        try:
            return manifest, [Segment(_join(folder, name)) for name, _ in manifest.segments]
        except DamagedSegmentError as error:
            # A writer may have merged the segments since the manifest was read.
            if attempt == 2 or read_manifest(folder) == manifest:  # noqa: PLR2004 - the last attempt
                raise IncompleteError(f"the index of ingredients in {folder} is damaged: {error}.") from None
    raise AssertionError


class IndexWriter:
    """Adds to an index. One process at a time writes; others wait.

    What it adds counts from the moment when the manifest is replaced; a writer that is killed before leaves files
    that the next one deletes.
    """

    def __init__(self, folder: str, key: bytes) -> None:
        """Lock an index, which is created if need be.

        Raises:
            IncompleteError: It is damaged, or was made with another key.
        """
        from .sources import SourceTable

        self.folder, self.key = folder, key
        os.makedirs(os.path.join(folder, SEGMENTS), mode=0o700, exist_ok=True)
        self._lock = lock_file(os.path.join(folder, LOCK))
        manifest = read_manifest(folder) or Manifest()
        key_id = compute_key_id(key)
        if manifest.key_id and manifest.key_id != key_id:
            self.close()
            raise IncompleteError(f"the index of ingredients in {folder} was made with another key.")
        self.manifest = Manifest(manifest.generation, key_id, manifest.updated, manifest.segments)
        self.table: SourceTable = SourceTable(folder, writable=True)
        self.table.drop_uncommitted(self.manifest.generation)
        self._delete_orphans()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.table.close()
        self.close()

    def close(self) -> None:
        """Let other writers in."""
        os.close(self._lock)

    def add(
        self, sources: Sequence[Source], entries: Iterable[Entry], items: Iterable[tuple[str, str]], now: str
    ) -> None:
        """Add sources with their fingerprints; an entry's source is an index into `sources`.

        `items` are (repository, item) pairs that are recorded completely with this.
        """
        generation = self.manifest.generation + 1
        first = self.table.add(sources, items, generation)
        name = f"{generation:08d}.fp"
        numbered = [(value, first + source, line) for value, source, line in entries]
        segments = self.manifest.segments
        if numbered:
            segments = (*segments, (name, write_segment(_join(self.folder, name), numbered)))
        self._commit(generation, segments, now)
        if len(segments) >= _MERGE_FROM:
            self.merge(now)

    def merge(self, now: str, *, forgotten: frozenset[int] = frozenset(), everything: bool = False) -> None:
        """Merge the smaller segments into one, or all of them, without the entries of forgotten sources."""
        ordered = sorted(self.manifest.segments, key=lambda segment: segment[1])
        merged = ordered if everything or forgotten else list(_select_for_merge(ordered))
        if not merged:
            return
        generation = self.manifest.generation + 1
        name = f"{generation:08d}.fp"
        count = merge_segments(
            [Segment(_join(self.folder, old)) for old, _ in merged], _join(self.folder, name), forgotten
        )
        rest = tuple(segment for segment in self.manifest.segments if segment not in merged)
        self._commit(generation, (*rest, (name, count)), now)
        self._delete_orphans()

    def forget(self, numbers: frozenset[int], repository: str, now: str) -> None:
        """Remove sources and their fingerprints."""
        self.merge(now, forgotten=numbers)
        self.table.remove(numbers, repository)

    def _commit(self, generation: int, segments: tuple[tuple[str, int], ...], now: str) -> None:
        sync_folder(os.path.join(self.folder, SEGMENTS))
        self.manifest = Manifest(generation, self.manifest.key_id, now, segments)
        write_manifest(self.folder, self.manifest)

    def _delete_orphans(self) -> None:
        known = {name for name, _ in self.manifest.segments}
        for entry in os.scandir(os.path.join(self.folder, SEGMENTS)):
            if entry.name not in known:
                os.unlink(entry.path)


def _join(folder: str, name: str) -> str:
    return os.path.join(folder, SEGMENTS, name)


def _select_for_merge(ordered: Sequence[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Yield the smallest segments, as long as each isn't larger than all before it together."""
    total = 0
    for number, (name, count) in enumerate(ordered):
        if number > 1 and count > 2 * total:
            return
        total += count
        yield name, count


def merge_segments(segments: Sequence[Segment], path: str, forgotten: frozenset[int]) -> int:
    """Write the entries of segments as one; of one fingerprint the first sources are kept. Return their number."""
    from array import array
    from heapq import merge

    keys, sources, lines = array("Q"), array("I"), array("I")
    last, kept = -1, 0
    for value, source, line in merge(*(segment.iter_entries() for segment in segments)):
        if source in forgotten:
            continue
        kept = kept + 1 if value == last else 1
        last = value
        if kept <= _KEPT:
            keys.append(value)
            sources.append(source)
            lines.append(line)
    return write_columns(path, keys, sources, lines)


def lock_file(path: str) -> int:
    """Wait until nobody else holds a lock file, and return its descriptor; closing it, or dying, releases it."""
    import fcntl

    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor
