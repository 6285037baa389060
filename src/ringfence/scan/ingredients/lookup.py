"""Looks up the texts of an object in the index of ingredients, and groups what is found by source."""

from __future__ import annotations

import os
from itertools import islice

from ...values import replace
from ..decoders import PROBE, Budget, UnreadPart, detect_format
from . import scheme
from .engine import find_hits
from .fingerprint import fingerprint_object
from .index import open_segments
from .ingredient import Hit, Ingredient, build_ingredient, merge_lines, split_clusters
from .keyed_hash import hash_values
from .texts import call_with_texts, iter_texts, open_stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...git.objects import Object
    from ...model import Limits
    from .call_lookup import CallLookup
    from .engine import LocatedHit
    from .ingredient import Hits
    from .sources import Source, SourceTable
    from .texts import Text

_BATCH = 512 << 10  # bytes of text looked up at once
_MOST_SOURCES = 20  # source files that are named for one text
_MOST_REPOSITORIES = 3  # that hold the same text before it is nobody's in particular


class Lookup:
    """An open index of ingredients."""

    def __init__(self, folder: str, key: bytes, most_letters: int = 0) -> None:
        """Open an index; `most_letters` is as in `engine.find_hits`.

        Raises:
            IncompleteError: It is missing, damaged, or made with another key.
        """
        self.folder, self._key, self._most_letters = folder, key, most_letters
        self.manifest, self._segments = open_segments(folder, key)
        self._table: tuple[int, SourceTable] | None = None  # with the process that opened it: workers are forked
        self._sources: dict[int, Source] = {}

    def find_in_objects(self, items: Iterable[Object], limits: Limits) -> Iterator[tuple[str, list[Ingredient]]]:
        """Yield the name of each object that has recorded text, and the text: by its id and by its content."""
        calls = self._load_calls()
        oids: dict[str, str] = {}
        batch: list[tuple[str, Text]] = []
        size = 0
        found: dict[str, list[Ingredient]] = {}
        for item in items:
            oids[item.name] = compute_blob_id(item.path) if item.path else item.oid
            stream = open_stream(item, calls.watch_rows(item.name) if calls else None)
            if detect_format(stream.peek_head()[:PROBE]):
                if calls and stream.peek_head().startswith(b"PAR1"):
                    stream = calls.read_parquet(item.name, stream, limits)
                found[item.name] = call_with_texts(stream, item.size, limits, self._find_in_texts) or []
                continue
            for text in iter_texts(stream, Budget(limits, item.size)):
                if isinstance(text, UnreadPart):
                    continue  # the scan for markers reports it
                batch.append((item.name, text))
                size += len(text.data)
                if size >= _BATCH:
                    self._find_in_batch(batch, found)
                    batch, size = [], 0
        self._find_in_batch(batch, found)
        for name, some in calls.iter_found() if calls else ():
            found.setdefault(name, []).extend(some)
        wholes = self._find_wholes(oids)
        for name in dict.fromkeys((*wholes, *(name for name, some in found.items() if some))):
            ingredients = found.get(name, [])
            if whole := wholes.get(name):
                # With the fingerprints of its text, so that a later version of the file isn't taken for another copy.
                yield name, [replace(whole, values=whole.values.union(*(item.values for item in ingredients)))]
            else:
                yield name, _merge_equal(ingredients)

    def _find_in_texts(self, texts: Iterator[Text | UnreadPart]) -> list[Ingredient]:
        """Return the recorded texts in the texts of one object."""
        found: dict[str, list[Ingredient]] = {}
        for text in texts:
            if not isinstance(text, UnreadPart):
                self._find_in_batch([("", text)], found)
        return found.get("", [])

    def _find_in_batch(self, batch: list[tuple[str, Text]], found: dict[str, list[Ingredient]]) -> None:
        """Add the recorded texts in texts, given with the names of their objects."""
        by_text: dict[int, list[LocatedHit]] = {}
        for hit in self.find_hits([text.data for _, text in batch]) if batch else ():
            by_text.setdefault(hit[1], []).append(hit)
        for number, hits in by_text.items():
            name, text = batch[number]
            sources = self._load_sources(hit[5] for hit in hits)
            for group in islice(_explain(_group_hits(hits, sources)), _MOST_SOURCES):
                if ingredient := build_ingredient(group, sources, text):
                    found.setdefault(name, []).append(ingredient)

    def _load_calls(self) -> CallLookup | None:
        """Return what finds calls in rows, if any were recorded, so that rows are worth reading."""
        [value] = hash_values([scheme.CALLS], self._key)
        if not any(segment.find_entries([value]) for segment in self._segments):
            return None
        from .call_lookup import CallLookup

        return CallLookup(self.find_values)

    def find_values(self, fingerprints: list[int]) -> dict[int, tuple[int, Source]]:
        """Return which fingerprints the index has: by their index, the keyed value and its source."""
        values = hash_values(fingerprints, self._key)
        entries = [entry for segment in self._segments for entry in segment.find_entries(values)]
        sources = self._load_sources(number for _, number, _ in entries)
        return {index: (values[index], sources[number]) for index, number, _ in entries if number in sources}

    def _find_wholes(self, oids: dict[str, str]) -> dict[str, Ingredient]:
        """Return the recorded files that objects are, by the objects' names; given are their ids."""
        names = list(oids)
        values = hash_values([fingerprint_object(oid) for oid in oids.values()], self._key)
        found: dict[str, Ingredient] = {}
        for segment in self._segments:
            for index, number, count in segment.find_entries(values):
                source = self._load_sources([number]).get(number)
                if source and names[index] not in found:
                    known = frozenset((values[index],))
                    found[names[index]] = Ingredient(
                        source, True, False, 1, count, "", "", 1, count, count, 0, known, (0, 0, 0, 1)
                    )
        return found

    def find_whole(self, oid: str) -> Ingredient | None:
        """Return the recorded file that an object is, by its id."""
        return self._find_wholes({oid: oid}).get(oid)

    def find_ranges(self, text: Text) -> Iterator[tuple[Ingredient, list[tuple[int, int, int]]]]:
        """Yield each run of recorded lines in a text, with the lines that match: (first, last, first in the source).

        A hint alone is left out. Texts are looked up by themselves, since many of them come to more than one source.
        """
        hits = self.find_hits([text.data])
        sources = self._load_sources(hit[5] for hit in hits)
        for group in _explain(_group_hits(hits, sources)):
            for cluster in split_clusters(group):
                ingredient = build_ingredient(cluster, sources, text)
                if ingredient and ingredient.is_copy:
                    yield ingredient, merge_lines(cluster, text)

    def find_hits(self, texts: list[bytes]) -> list[LocatedHit]:
        """Return the fingerprints of texts that the index has."""
        return find_hits(texts, self._key, self._segments, self._most_letters)

    def _load_sources(self, numbers: Iterable[int]) -> dict[int, Source]:
        """Return the sources with these numbers; each is read from the table once."""
        missing = {number for number in numbers if number not in self._sources}
        if missing:
            from .sources import SourceTable  # with SQLite 5 ms, which a hook without a hit saves

            if self._table is None or self._table[0] != os.getpid():
                self._table = os.getpid(), SourceTable(self.folder)
            self._sources |= self._table[1].get(missing)
        return self._sources


def compute_blob_id(path: str) -> str:
    """Return the id that git gives to the content of a file on disk (SHA-1)."""
    from hashlib import sha1

    state = sha1(b"blob %d\0" % os.path.getsize(path), usedforsecurity=False)
    with open(path, "rb") as file:
        while data := file.read(1 << 20):
            state.update(data)
    return state.hexdigest()


def _group_hits(hits: list[LocatedHit], sources: dict[int, Source]) -> dict[tuple[str, str], Hits]:
    """Return hits by (repository, path), without those that too many repositories have."""
    owners: dict[int, set[str]] = {}
    for _, _, value, _, _, number, _ in hits:
        if number in sources:
            owners.setdefault(value, set()).add(sources[number].repository)
    groups: dict[tuple[str, str], Hits] = {}
    for kind, _, value, first, last, number, line in hits:
        if number in sources and len(owners[value]) <= _MOST_REPOSITORIES:
            source = sources[number]
            groups.setdefault((source.repository, source.path), []).append(
                (number, Hit(kind, value, first, last, line))
            )
    return groups


def _explain(groups: dict[tuple[str, str], Hits]) -> Iterator[Hits]:
    """Yield the hits of the source file with most of them, then of the next for what is left, and so on."""
    while groups:
        best = max(groups, key=lambda name: (len({hit.value for _, hit in groups[name]}), name))
        hits = groups.pop(best)
        yield hits
        known = {hit.value for _, hit in hits}
        rest = {name: [pair for pair in pairs if pair[1].value not in known] for name, pairs in groups.items()}
        groups = {name: pairs for name, pairs in rest.items() if pairs}


def _merge_equal(ingredients: list[Ingredient]) -> list[Ingredient]:
    """Return ingredients without those whose fingerprints another one has too: the same text, raw and unescaped."""
    kept: list[Ingredient] = []
    for item in sorted(ingredients, key=lambda item: (-item.is_copy, -len(item.values))):
        if not any(item.values <= other.values for other in kept):
            kept.append(item)
    return sorted(kept, key=lambda item: (item.line, item.place))
