"""Provenance of data files by `PROVENANCE.toml`; loaded only where a tag demands it.

A file is described by the last `[[data]]` that names it, or by a sidecar file with the same keys.
"""

from __future__ import annotations

import hashlib

from ...errors import PolicyError
from ...excerpts import format_path, sanitise_text
from ...git.objects import MissingObject
from ...model import SUBMODULE, Occurrence
from ...policy.markers.catalogue import Marker
from ...policy.markers.databases import compile_group
from ...policy.markers.globs import translate_glob
from ...policy.markers.scanner import Scanner
from ...policy.schema.parse import parse_toml
from ...policy.schema.provenance_file import ProvenanceFile, Source, flatten_source
from ...scan.decoders.pointer import parse_pointers
from .base import Rule
from .declaration import find_declaration_fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...git.objects import Object, Objects
    from ...model import Change, Touched
    from ...policy.plan import Plan
    from ..results import Results, Tags
    from .base import LocatedChange

LIST_NAME = "PROVENANCE.toml"
SIDECAR_SUFFIX = ".provenance.toml"
_OURS = (LIST_NAME, "ringfence.toml", "waivers.toml")  # they hold no data
_LARGEST = 16 << 20  # bytes of a list
_MOST_PATTERNS = 1000
_LONGEST = 100  # characters that are shown


def _build_marker(name: str, product: str, why: str) -> Marker:
    return Marker(f"provenance-{name}", "", "", product, "provenance", "definitive", why)


MISSING = _build_marker("missing", "no provenance entry", f"Here each file is described in {LIST_NAME}.")
WRONG = _build_marker(
    "wrong",
    "a description that can't be used",
    f"An entry of {LIST_NAME} has all the keys it needs, with valid values.",
)
CHANGED = _build_marker(
    "changed", "data that isn't what was described", "The file's SHA-256 isn't the one in its entry."
)
RIVAL = _build_marker("rival", "data that a rival made", "The generator in its entry isn't allowed here.")
CONTRADICTED = _build_marker(
    "contradicted", "a mark in data described as human", "The description says `human`, and the file another thing."
)


class ProvenanceList:
    """The entries of a list, by path.

    Raises:
        PolicyError: It can't be used.
    """

    def __init__(self, data: bytes, origin: str = LIST_NAME) -> None:
        self._entries = parse_toml(ProvenanceFile, data, origin).data
        named = [(number, path) for number, item in enumerate(self._entries) for path in item.paths]
        self._plain = {path: number for number, path in named if not _is_pattern(path)}
        patterns = [(number, path) for number, path in named if _is_pattern(path)]
        if len(patterns) > _MOST_PATTERNS:
            raise PolicyError(f"{origin}: more than {_MOST_PATTERNS} patterns.")
        self._numbers = [number for number, _ in patterns]
        try:
            find = compile_group("zone", [translate_glob(f"/{path}") for _, path in patterns])
        except ValueError as error:
            raise PolicyError(f"{origin}: a path can't be used: {error.args[-1]}.") from None
        self._patterns = Scanner("zone", find) if patterns else None

    def find_source(self, path: str) -> Source | None:
        """Return the entry for a file, or None."""
        numbers = [self._plain[path]] if path in self._plain else []
        found = self._patterns.find_matches(path.encode("utf-8", "surrogateescape")) if self._patterns else ()
        numbers += [self._numbers[index] for index in found]
        return self._entries[max(numbers)] if numbers else None

    def iter_files(self) -> Iterator[dict[str, str]]:
        """Yield the entry of each file that is named, by its path or beside its hash.

        Raises:
            PolicyError: A file has no hash, or a pattern no files.
        """
        for item in self._entries:
            if isinstance(item.sha256, str) and (patterns := [path for path in item.paths if _is_pattern(path)]):
                raise PolicyError(f"{LIST_NAME}: {patterns[0]}: `sha256` has to name the files, as a table by path.")
        hashed = [path for item in self._entries if not isinstance(item.sha256, str) for path in item.sha256]
        for path in dict.fromkeys([*self._plain, *hashed]):
            if entry := self.find_source(path):
                yield flatten_source(path, entry, LIST_NAME)


class ProvenanceRule(Rule):
    """Judges whether the data files that commits bring have a valid entry."""

    def __init__(self, results: Results, objects: Objects) -> None:
        self._results, self._objects = results, objects
        self._lists: dict[str, ProvenanceList | str] = {}  # by the id of its content; why it can't be used

    def judge_batch(self, batch: list[LocatedChange]) -> None:
        """Judge the files that commits, or the staged index, bring into a zone."""
        for change, _, paths in batch:
            if change.kind in ("commit", "staged"):
                self._judge_files(change, paths)

    def _judge_files(self, change: Change, paths: list[tuple[Touched, Tags]]) -> None:
        actions = self._results.plan.actions
        demanded = [(path, oid, actions.filter_demanding(tags, "provenance")) for (path, oid, _), tags in paths]
        files = [
            item for item in demanded if item[2] and item[1] and not item[1].startswith(SUBMODULE) and is_data(item[0])
        ]
        listed = self._read_list(change.commit) if files else None
        for path, oid, tags in files:
            fault, excerpt = self._find_fault(listed, change.commit, path, oid)
            if fault:
                occurrence = Occurrence(change.commit, "path", sanitise_text(excerpt)[:_LONGEST], path)
                self._results.add_finding(fault, tags, occurrence)

    def _find_fault(
        self, listed: ProvenanceList | str | None, commit: str, path: bytes, oid: str
    ) -> tuple[Marker | None, str]:
        """Return what is wrong with a file's entry, and the excerpt to show; None where nothing is."""
        if isinstance(listed, str):
            return WRONG, listed
        try:
            entry = (listed and listed.find_source(_decode_path(path))) or self._read_sidecar(commit, path)
        except PolicyError as error:
            return WRONG, error.message
        if entry is None:
            return MISSING, format_path(path)
        if found := find_description_fault(entry, path, compute_sha256(self._objects, oid), self._results.plan):
            return found
        is_marked = any(item.commit == commit and item.path == format_path(path) for item in self._results.findings)
        return (CONTRADICTED, "generator = human") if is_marked and entry.generator.lower() == "human" else (None, "")

    def _read_list(self, commit: str) -> ProvenanceList | str | None:
        """Return the list in a commit or the index; or why it can't be used; None where there is none."""
        found: ProvenanceList | str | None = None
        for item in self._objects.iter_objects([f"{commit}:{LIST_NAME}"]):
            if not isinstance(item, MissingObject):
                found = self._lists.get(item.oid) or _parse_list(item)
                self._lists[item.oid] = found
        return found

    def _read_sidecar(self, commit: str, path: bytes) -> Source | None:
        name = _decode_path(path)
        return parse_sidecar(
            name, None if "\n" in name else self._objects.read_object(f"{commit}:{name}{SIDECAR_SUFFIX}")
        )


def _parse_list(item: Object) -> ProvenanceList | str:
    """Return a list, or why it can't be used."""
    if item.size > _LARGEST:
        return f"{LIST_NAME}: {item.size} bytes; the limit is 16 MiB"
    try:
        return ProvenanceList(item.read())
    except PolicyError as error:
        return error.message


def find_description_fault(entry: Source, path: bytes, digest: str, plan: Plan) -> tuple[Marker, str] | None:
    """Return what is wrong with an entry: its hash, or its generator."""
    if entry.find_digest(_decode_path(path)) != digest:
        return CHANGED, f"sha256 = {digest}"
    generator = f"generator = {entry.generator}"
    if plan.generators.find_allowed_instead(path, entry.generator):
        return RIVAL, generator
    found = find_declaration_fault(entry.generator, plan)
    if found is None or (plan.generators.is_restricted(path) and found.id == "declaration-wrong"):
        return None  # it is in the catalogue and allowed, or in the zone's own list
    return (WRONG if found.id == "declaration-wrong" else RIVAL), generator


def compute_sha256(objects: Objects, oid: str) -> str:
    """Return the SHA-256 of an object, or of the content that it points to (Git LFS); "" where it can't be read."""
    digest, done, head = hashlib.sha256(), 0, b""
    for item in objects.iter_objects([oid]):
        if isinstance(item, MissingObject):
            return ""
        for offset, data in item.iter_windows():
            head = head or data
            digest.update(data[done - offset :])
            done = offset + len(data)
    pointed = parse_pointers(head) if done == len(head) else []
    digests = [item.digest for item in pointed if item.algorithm == "sha256"]
    return digests[0] if len(digests) == len(pointed) == 1 else digest.hexdigest()


def is_data(path: bytes) -> bool:
    """Return whether a file needs an entry: all but provenance files and ringfence's own."""
    return _decode_path(path) not in _OURS and not path.endswith(SIDECAR_SUFFIX.encode())


def parse_sidecar(path: str, data: bytes | None) -> Source | None:
    """Return the entry in a file's sidecar, or None where there is no sidecar.

    Raises:
        PolicyError: It can't be used.
    """
    return None if data is None else parse_toml(Source, data, path + SIDECAR_SUFFIX)


def _is_pattern(path: str) -> bool:
    return any(char in path for char in "*?[")


def _decode_path(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")
