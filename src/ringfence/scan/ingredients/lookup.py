"""Looks up the texts of an object in the index of ingredients, and groups what is found by source."""

from __future__ import annotations

import os

from ...values import replace
from . import scheme
from .fingerprint import fingerprint_letters, fingerprint_lines, fingerprint_object
from .index import open_segments
from .ingredient import Hit, Ingredient, build_ingredient
from .keyed_hash import hash_values
from .texts import iter_object_texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...git.objects import Object
    from ...model import Limits
    from .fingerprint import Fingerprint
    from .ingredient import Hits
    from .sources import Source, SourceTable
    from .texts import Text

_MOST_REPOSITORIES = 3  # that hold the same text before it is nobody's in particular


class Lookup:
    """An open index of ingredients."""

    def __init__(self, folder: str, key: bytes) -> None:
        """Open an index.

        Raises:
            IncompleteError: It is missing, damaged, or made with another key.
        """
        self.folder, self._key = folder, key
        self.manifest, self._segments = open_segments(folder, key)
        self._table: SourceTable | None = None
        self._sources: dict[int, Source] = {}

    def find_in_object(self, item: Object, limits: Limits) -> list[Ingredient]:
        """Return the recorded texts in an object, by its id and by its content."""
        from ..decoders import UnreadPart

        ingredients: list[Ingredient] = []
        for text in iter_object_texts(item, limits):
            if not isinstance(text, UnreadPart):  # the scan for markers reports it
                ingredients += self.find_in_text(text)
        if whole := self.find_object(compute_blob_id(item.path) if item.path else item.oid):
            # With the fingerprints of its text, so that a later version of the file isn't taken for another copy.
            return [replace(whole, values=whole.values.union(*(item.values for item in ingredients)))]
        return _merge_equal(ingredients)

    def find_object(self, oid: str) -> Ingredient | None:
        """Return the recorded file that a git object is, or None."""
        values = hash_values([fingerprint_object(oid)], self._key)
        entries = self._find_entries(values)
        sources = self._load_sources(source for _, source, _ in entries)
        for _, number, count in entries:
            if source := sources.get(number):
                return Ingredient(
                    source, True, False, 1, count, "", "", 1, count, count, 0, frozenset(values), (0, 0, 0, 1)
                )
        return None

    def find_in_text(self, text: Text) -> list[Ingredient]:
        """Return the recorded texts in a text."""
        kinds = fingerprint_text(text.data)
        if not kinds:
            return []
        flat = [(kind, item) for kind, items in kinds.items() for item in items]
        values = hash_values([item[0] for _, item in flat], self._key)
        entries = self._find_entries(values)
        if not entries:
            return []
        sources = self._load_sources(source for _, source, _ in entries)
        groups = _group_entries(entries, sources, flat, values)
        return [ingredient for hits in _explain(groups) if (ingredient := build_ingredient(hits, sources, text))]

    def _find_entries(self, values: list[int]) -> list[tuple[int, int, int]]:
        return [entry for segment in self._segments for entry in segment.find_entries(values)]

    def _load_sources(self, numbers: Iterable[int]) -> dict[int, Source]:
        """Return the sources with these numbers; each is read from the table once."""
        from .sources import SourceTable

        missing = {number for number in numbers if number not in self._sources}
        if missing:
            if self._table is None:
                self._table = SourceTable(self.folder)
            self._sources |= self._table.get(missing)
        return self._sources


def compute_blob_id(path: str) -> str:
    """Return the id that git gives to the content of a file on disk (SHA-1)."""
    from hashlib import sha1

    state = sha1(b"blob %d\0" % os.path.getsize(path), usedforsecurity=False)
    with open(path, "rb") as file:
        while data := file.read(1 << 20):
            state.update(data)
    return state.hexdigest()


def fingerprint_text(data: bytes) -> dict[int, list[Fingerprint]]:
    """Return the fingerprints of a text by kind."""
    return {**fingerprint_lines(data), scheme.LETTERS: fingerprint_letters(data)}


def _group_entries(
    entries: list[tuple[int, int, int]], sources: dict[int, Source], flat: list[tuple[int, Fingerprint]],
    values: list[int],
) -> dict[tuple[str, str], Hits]:  # fmt: skip
    """Return hits by (repository, path), without those that too many repositories have."""
    owners: dict[int, set[str]] = {}
    for index, number, _ in entries:
        if number in sources:
            owners.setdefault(index, set()).add(sources[number].repository)
    groups: dict[tuple[str, str], Hits] = {}
    for index, number, line in entries:
        if number in sources and len(owners[index]) <= _MOST_REPOSITORIES:
            kind, (_, first, last) = flat[index]
            source = sources[number]
            hit = Hit(kind, values[index], first, last, line)
            groups.setdefault((source.repository, source.path), []).append((number, hit))
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
