"""Outputs that DVC leaves to git (`cache: false`): what its pointer names is in the same commit, and read there."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING

from ..git.objects import MissingObject
from ..git.raw import iter_entries
from ..scan.decoders import UnreadPart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ..git.objects import Object, Objects
    from ..scan.decoders import Pointer

_SHOWN = 10
_MOST_FILES = 10_000  # of a folder
_TREE = b"40000"


def drop_outputs_in_git(
    objects: Objects,
    commit: str,
    path: bytes,
    oid: str,
    parts: Iterable[UnreadPart],
    is_judged: Callable[[bytes], bool],
) -> Sequence[UnreadPart]:
    """Return the unread parts of a file, less the outputs of DVC that git has, with the hash that DVC names.

    Args:
        objects: The repository's objects.
        commit: The commit that has the file; "" for the index.
        path: The file's path.
        oid: Its id.
        parts: Its unread parts.
        is_judged: Says whether the tags of the file hold for another path too.
    """

    def is_in_git(pointer: Pointer) -> bool:
        name = objects.name_beside(commit, path, oid, pointer.path) if pointer.path and pointer.key else ""
        digest = pointer.key.removesuffix(".dir")
        if pointer.store != "dvc" or not name or not is_judged(os.fsencode(name.partition(":")[2] or name)):
            return False
        return digest in _compute_hashes(objects, name, is_folder=pointer.is_listing)

    left = [part for part in parts if not (part.pointer and is_in_git(part.pointer))]
    pointers = [part for part in left if part.pointer]
    if len(pointers) <= _SHOWN:
        return left
    others = [part for part in left if not part.pointer]
    return [*pointers[:_SHOWN], UnreadPart(f"and {len(pointers) - _SHOWN} more parts of it"), *others]


def _compute_hashes(objects: Objects, name: str, *, is_folder: bool) -> tuple[str, ...]:
    """Return the MD5 that DVC gives a file or folder, and the one that it gave it before version 3; () for none."""
    tree = b""
    for item in objects.iter_objects([name]):
        if isinstance(item, MissingObject):
            return ()
        if item.type == "blob":
            return () if is_folder else _compute_file_hashes(item)
        tree, width = item.read(), len(item.oid) // 2
    if not (tree and is_folder):
        return ()
    files = dict(sorted(_list_files(objects, tree, width)))
    if len(files) > _MOST_FILES:
        return ()
    found: dict[str, tuple[str, ...]] = {}
    for item in objects.iter_objects(set(files.values())):
        if isinstance(item, MissingObject):
            return ()
        found[item.name] = _compute_file_hashes(item)
    return tuple(
        _compute_md5(json.dumps([{"md5": found[oid][form], "relpath": path} for path, oid in files.items()]).encode())
        for form in (0, 1)
    )


def _list_files(objects: Objects, tree: bytes, width: int) -> list[tuple[str, str]]:
    """Return path and id of the files of a raw tree, by their paths' parts; some more than the limit if there are."""
    files: list[tuple[str, str]] = []
    waiting = {"": tree}
    while waiting and len(files) <= _MOST_FILES:
        folders: dict[str, list[str]] = {}
        for prefix, data in waiting.items():
            for mode, name, oid in iter_entries(data, width):
                path = prefix + name.decode("utf-8", "surrogateescape")
                if mode == _TREE:
                    folders.setdefault(oid, []).append(f"{path}/")
                else:
                    files.append((path, oid))
        waiting = {
            prefix: data
            for item in objects.iter_objects(folders)
            if not isinstance(item, MissingObject) and (data := item.read())
            for prefix in folders[item.name]
        }
    return files


def _compute_file_hashes(item: Object) -> tuple[str, str]:
    """Return the MD5 of a file, and that of it with line ends as on Unix."""
    exact, normal = hashlib.md5(usedforsecurity=False), hashlib.md5(usedforsecurity=False)
    done, rest = 0, b""
    for offset, data in item.iter_windows():
        new = data[done - offset :]
        done = offset + len(data)
        exact.update(new)
        rest += new
        held = rest[-1:] if rest.endswith(b"\r") else b""
        normal.update(rest.removesuffix(held).replace(b"\r\n", b"\n"))
        rest = held
    normal.update(rest)
    return exact.hexdigest(), normal.hexdigest()


def _compute_md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
