"""Pointers of DVC: `*.dvc` files and `dvc.lock`, in any YAML that DVC reads, JSON included."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

import yaml

from .pointer import Pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

_MD5 = 32
_HEX = frozenset("0123456789abcdef")
# The keys that DVC's schemas know; it refuses a file with any other.
_FILE = frozenset(
    ("always_changed", "cmd", "deps", "desc", "frozen", "locked", "md5", "meta", "outs", "params", "wdir")
)
_LOCK = frozenset(("datasets", "schema", "stages"))
_OUTPUT = frozenset(
    ("cache", "checksum", "cloud", "desc", "etag", "files", "fs_config", "hash", "isexec", "labels", "md5", "meta",
     "metric", "nfiles", "path", "persist", "plot", "push", "remote", "size", "type", "version_id")
)  # fmt: skip
_MERGE = "<<"
_MAX_MERGES = 20  # mappings that one is made of; DVC writes none
_MAX_LEVELS = 30  # of nesting; DVC's files have seven
_MAX_POINTERS = 100_000
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # every scalar as its text: a hash may look like a number


def parse_dvc_pointers(data: bytes) -> list[Pointer]:
    """Return the pointers in a file of DVC's; [] for any other file."""
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    try:
        if not _has_keys_of_dvc(text):
            return []
        content = yaml.load(text, _Loader)  # noqa: S506 - it makes nothing but texts, lists and dictionaries
    except (yaml.YAMLError, ValueError, RecursionError):
        return []  # DVC can't read it either
    pointers: list[Pointer] = []
    for pointer in _iter_pointers(content):
        if len(pointers) >= _MAX_POINTERS:  # one list can stand in many places
            return [Pointer("DVC", "dvc", "")]
        pointers.append(pointer)
    return pointers


def _has_keys_of_dvc(text: str) -> bool:
    """Return whether a YAML text is a mapping with keys of DVC alone, without reading more than that needs."""
    level = 0
    is_key = True
    keys = set()
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.SequenceStartEvent) and level == 0:
            return False
        if level == 1 and isinstance(event, yaml.ScalarEvent | yaml.AliasEvent | yaml.CollectionStartEvent):
            if is_key:
                if not isinstance(event, yaml.ScalarEvent) or event.value not in _FILE | _LOCK | {_MERGE}:
                    return False
                keys.add(event.value)
            is_key = not is_key
        level += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if level > _MAX_LEVELS:
            return False
    return bool(keys & {"outs", "stages", _MERGE})


def _iter_pointers(content: Any) -> Iterator[Pointer]:
    content = _merge_mappings(content)
    folder = content.get("wdir")
    yield from _iter_outputs(content.get("outs"), folder if isinstance(folder, str) else "")
    stages = content.get("stages") if "schema" in content else None  # without it, it is `dvc.yaml`
    for stage in stages.values() if isinstance(stages, dict) else ():
        yield from _iter_outputs(_merge_mappings(stage).get("outs"), "")


def _iter_outputs(outputs: Any, folder: str) -> Iterator[Pointer]:
    for item in outputs if isinstance(outputs, list) else ():
        output = _merge_mappings(item)
        if isinstance(output.get("path"), str) and output.keys() <= _OUTPUT:
            path = posixpath.normpath(posixpath.join(folder, output["path"]))
            files = output.get("files")
            if isinstance(files, list) and files:
                for file in files:
                    name = file.get("relpath") if isinstance(file, dict) else None
                    if isinstance(name, str):
                        yield _build_pointer(file, posixpath.join(path, name))
            else:
                yield _build_pointer(output, path)


def _merge_mappings(content: Any) -> dict[str, Any]:
    """Return a mapping with what YAML's `<<` takes into it; {} for anything else.

    The loader leaves `<<` alone: merged mappings can be made to double in size with each line.
    """
    merged: dict[str, Any] = {}
    waiting = [content]
    for mapping in waiting:
        if isinstance(mapping, dict):
            merged = {key: text for key, text in mapping.items() if key != _MERGE} | merged
            more = mapping.get(_MERGE)
            waiting += (more if isinstance(more, list) else [more])[: max(0, _MAX_MERGES - len(waiting))]
    return merged


def _build_pointer(output: dict[str, Any], path: str) -> Pointer:
    """Return the pointer of an output, whose key is "" where DVC keeps it elsewhere than by its MD5.

    Before version 3, its MD5 is that of the text with normalised line ends.
    """
    digest, size = output.get("md5"), output.get("size")
    if not isinstance(digest, str) or not is_hash(digest):
        return Pointer("DVC", "dvc", "", path=path)
    is_exact = output.get("hash") == "md5" or digest.endswith(".dir")
    has_size = isinstance(size, str) and size.isascii() and size.isdigit() and is_exact and not digest.endswith(".dir")
    algorithm = "md5" if is_exact else ""
    known_size = int(str(size)) if has_size else -1
    return Pointer("DVC", "dvc", digest, algorithm, digest.removesuffix(".dir"), known_size, path)


def is_hash(text: str) -> bool:
    """Return whether a text is the MD5 of a file, or of a directory's listing (`.dir`)."""
    digest = text.removesuffix(".dir")
    return len(digest) == _MD5 and _HEX.issuperset(digest)
