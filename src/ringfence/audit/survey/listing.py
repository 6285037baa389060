"""Lists a folder or an address of data: every file, hidden ones too, whatever its suffix, and never from a cache.

What reads data for training leaves files out, each library others; a listing of its own is what an audit is held to.
"""

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING

from .model import AuditError, Shard, Work

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .model import Unit

_ALONE = 16 << 20  # bytes; a file as large is a piece of work of its own
_GROUP_BYTES, _GROUP_FILES = 256 << 20, 4_000  # of smaller ones together
_CUT = 128  # one in so many paths ends a group, so that a new file changes no group but its own


def list_shards(unit: Unit) -> list[Shard]:
    """Return the files of a unit, sorted by path.

    Raises:
        AuditError: It can't be listed.
    """
    if "://" in unit.place:
        from .addresses import list_address

        return sorted(list_address(unit.place), key=lambda shard: shard.path)
    if not os.path.lexists(unit.place):
        raise AuditError("there is no such file or folder")
    return sorted(_list_folder(unit.place, unit.skipped), key=lambda shard: shard.path)


def group_shards(unit: Unit, shards: Iterable[Shard]) -> Iterator[Work]:
    """Yield pieces of work that hold all shards: large files alone, small ones together."""
    group: list[Shard] = []
    size = number = 0
    for shard in shards:
        if shard.size >= _ALONE:
            yield Work(unit, number, (shard,), shard.size)
            number += 1
            continue
        group.append(shard)
        size += shard.size
        is_cut = hashlib.sha256(os.fsencode(shard.path)).digest()[0] % _CUT == 0
        if is_cut or size >= _GROUP_BYTES or len(group) >= _GROUP_FILES:
            yield Work(unit, number, tuple(group), size)
            group, size, number = [], 0, number + 1
    if group:
        yield Work(unit, number, tuple(group), size)


def _list_folder(root: str, skipped: tuple[str, ...]) -> Iterator[Shard]:
    """Yield the files below a folder, or the one file; a content to which links lead comes once, by a link's name."""
    if not os.path.isdir(root):
        yield _describe(os.path.basename(root), root)
        return
    links: dict[str, str] = {}
    files: list[tuple[str, str]] = []
    entered = {os.path.realpath(root)}
    waiting = [root]
    without = set(skipped)
    while waiting:
        folder = waiting.pop()
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        for entry in found:
            if entry.path in without:
                continue
            real = os.path.realpath(entry.path) if entry.is_symlink() else entry.path
            if entry.is_dir():
                if entry.is_symlink() and (_is_within(real, root) or real in entered):
                    continue
                entered.add(real)
                waiting.append(entry.path)
            elif entry.is_symlink() and _is_within(real, root) and os.path.isfile(real):
                links.setdefault(real, entry.path)
            else:
                files.append((entry.path, real))
    for path, real in files:
        named = links.get(os.path.realpath(path), path) if links else path
        yield _describe(os.path.relpath(named, root), real)


def _is_within(path: str, root: str) -> bool:
    return f"{path}/".startswith(f"{os.path.realpath(root)}/")


def _describe(name: str, path: str) -> Shard:
    """Return a file by its name below the unit; one that isn't a file is found out when it is read."""
    try:
        about = os.stat(path)
    except OSError as error:
        return Shard(name, 0, f"fault {error.strerror}")
    if not stat.S_ISREG(about.st_mode):
        return Shard(name, 0, "fault it is neither a file nor a folder")
    return Shard(name, about.st_size, f"{about.st_size} {about.st_mtime_ns} {about.st_ino}")
