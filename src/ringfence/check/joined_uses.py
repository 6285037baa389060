"""Finds uses whose call of a rival's model lies in one file, and what keeps the answers in another that imports it.

Loaded only where a file of a change keeps rows, or calls a rival. What a file imports is looked up in the tree of the
same commit, in the index, or among the files that are judged together.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ..excerpts import format_path, sanitise_text
from ..git.objects import MissingObject
from ..model import Location, Occurrence
from ..scan.code_parts import is_code, parse_code
from ..scan.use import describe_use
from ..scan.uses import find_evidence
from ..values import replace, value
from . import deadline
from .call_names import CodeFile, NameFinder, find_mention
from .uses import build_joined_marker, build_use_marker, is_aside, is_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ..model import Touched
    from ..policy.markers.catalogue import Marker
    from ..scan.reader import ObjectReader
    from .results import Results, Tags

_LARGEST = 1 << 20  # bytes of a file of code that is looked at
_MOST_IMPORTERS = 5_000  # files in which importers of a new call are looked for
_KEPT_FILES, _KEPT_TREES = 500, 4
_RULE = "rival_use"


@value
class Part:
    """A file of a change that has a part of a use: it keeps rows, or calls a rival."""

    commit: str
    touched: Touched
    tags: Tags
    is_call: bool


class Joiner:
    """Joins the parts of uses."""

    def __init__(self, results: Results, reader: ObjectReader, own: Mapping[bytes, str]) -> None:
        """Take the ids of what is judged without a commit, by path."""
        self._results, self._reader, self._plan, self._own = results, reader, results.plan, own
        self._read_file = lru_cache(_KEPT_FILES)(self._read_code)
        self._list_tree = lru_cache(_KEPT_TREES)(self._list_files)

    def judge_parts(self, parts: Iterable[Part]) -> None:
        """Add a finding for each file of a commit that comes to a use with what it imports, if that is new."""
        judged: set[tuple[str, bytes]] = set()
        for part in parts:
            deadline.check_deadline()
            for path, tags in self._list_importers(part) if part.is_call else [(part.touched[0], part.tags)]:
                if (part.commit, path) not in judged:
                    judged.add((part.commit, path))
                    self._judge_file(part, path, self._plan.actions.filter_not_ignoring(tags, _RULE))

    def _judge_file(self, part: Part, path: bytes, tags: Tags) -> None:
        found = self._find_use(part.commit, path) if tags else None
        if not found:
            return
        marker, occurrence = found
        for parent in _name_parents(part):
            older = self._find_use(parent, path)
            if older and older[0].vendor == marker.vendor:
                return
        if terms := self._plan.find_terms(marker.vendor):
            marker = replace(marker, why=f"{marker.why} {terms}")
        model = self._results.find_model(marker.product.encode())
        self._results.add_mark(marker, tags, replace(occurrence, commit=part.commit), model)

    def _find_use(self, commit: str, path: bytes) -> tuple[Marker, Occurrence] | None:
        """Return the use that a file comes to with what it imports; None where it comes to none."""
        files, name = self._list_tree(commit), path.decode("utf-8", "surrogateescape")

        def load(module: str) -> CodeFile | None:
            module_path = module.encode("utf-8", "surrogateescape")
            return self._read_file(files[module_path], module_path)

        file = load(name) if path in files and is_code(path) else None
        if not (file and file.loops) or is_aside(name) or is_text(name):
            return None
        mention = find_mention(file.code.text, NameFinder(self._plan, files, load).find_names(name, file))
        if not mention:
            return None
        at, origin = mention
        marker = build_joined_marker(origin.use, file.loops[0], name, file.code.text)
        if not marker:
            return None
        called, place = sanitise_text(describe_use(origin.use)), format_path(origin.path.encode())
        also = (Location(origin.use.line, called, place),)
        line = file.code.text.count(b"\n", 0, at)
        return marker, Occurrence("", "use", f"{called}, by {place}", path, line, also=also)

    def _list_importers(self, part: Part) -> Iterator[tuple[bytes, Tags]]:
        """Yield the files that keep rows in the tree in which a call is new, those in near folders first."""
        files, find_tags = self._list_tree(part.commit), self._plan.zones.find_tags
        inside = [(path, tags) for path in files if is_code(path) and (tags := find_tags(path))]
        own = part.touched[0].split(b"/")
        inside.sort(key=lambda item: (-_count_shared(own, item[0].split(b"/")), item[0]))
        del inside[_MOST_IMPORTERS:]
        self._reader.read_objects(files[path] for path, _ in inside)
        for path, tags in inside:
            if self._reader.has_matches(files[path]) and has_loop(self._reader, files[path]):
                yield path, tags

    def _list_files(self, commit: str) -> dict[bytes, str]:
        files = self._reader.objects.list_files(commit)
        return files if commit else {**files, **self._own}

    def _read_code(self, oid: str, path: bytes) -> CodeFile | None:
        data = b""
        for item in self._reader.objects.iter_objects([oid]):  # to its end, so that what isn't read is skipped
            if not isinstance(item, MissingObject) and item.size <= _LARGEST:
                data = item.read()
        if not data:
            return None
        evidence = find_evidence(self._plan, data)
        uses = tuple(use for use in evidence.list_uses() if "called" in use.facts)
        asked = {name for kind, name in evidence.seen if kind == "load"}
        asked |= {"" for kind, _ in evidence.seen if kind == "host"}
        return CodeFile(parse_code(data, path), uses, tuple(evidence.list_loops()), frozenset(asked))


def list_parts(reader: ObjectReader, commit: str, touched: Touched, tags: Tags) -> list[Part]:
    """Return the part of a use that a file of a change has; [] for most files."""
    path, oid, parents = touched
    marks = [item.marker for item in reader.get_matches(oid).values() if item.part in ("use", "loop")]
    if not marks or not is_code(path):
        return []
    if any(marker.kind == "loop" for marker in marks):
        return [Part(commit, touched, tags, is_call=False)]
    older = {marker.id for parent in parents for marker in _list_uses(reader, parent)}
    calls = [marker for marker in marks if marker.kind == "use" and marker.id not in older]
    weak = any((built := build_use_marker(marker, path)) and built.strength == "weak" for marker in calls)
    return [Part(commit, touched, tags, is_call=True)] if weak else []


def has_loop(reader: ObjectReader, oid: str) -> bool:
    """Return whether an object that was read keeps rows of a kind that models make."""
    return any(item.part == "loop" for item in reader.get_matches(oid).values())


def _list_uses(reader: ObjectReader, oid: str) -> list[Marker]:
    return [item.marker for item in reader.get_matches(oid).values() if item.part == "use"] if oid else []


def _name_parents(part: Part) -> list[str]:
    """Return names of the commits before, as far as they have the file of the part."""
    heads = [f"{part.commit}^{number}" for number, _ in enumerate(part.touched[2], 1)]
    return heads if part.commit else ["HEAD", "MERGE_HEAD"][: len(heads)]


def _count_shared(folders: list[bytes], others: list[bytes]) -> int:
    """Return how many folders two paths have in common."""
    pairs = zip(folders[:-1], others[:-1], strict=False)
    return next(
        (number for number, (one, other) in enumerate(pairs) if one != other), min(len(folders), len(others)) - 1
    )
