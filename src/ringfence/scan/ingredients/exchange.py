"""Publishes an index to a folder or an address of fsspec, and fetches it from there, without the key.

Every file is checked by its SHA-256, which the published list names; the list is written last, and the manifest of a
fetched index is renamed into place last, so that whoever reads in between has the state before.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from typing import IO, Any

from ...errors import IncompleteError, UsageError
from .index import SEGMENTS, lock_file
from .manifest import MANIFEST, read_manifest
from .sources import SOURCES

_LIST = "published"
_CHUNK = 1 << 20


def publish_index(folder: str, address: str) -> int:
    """Copy an index to an address, only what isn't there yet; return the number of files that were copied.

    Raises:
        IncompleteError: There is no index, or the address can't be written.
    """
    lock = lock_file(os.path.join(folder, "lock"))
    try:
        manifest = read_manifest(folder)
        if manifest is None:
            raise IncompleteError(f"there is no index of ingredients in {folder}.")
        with tempfile.TemporaryDirectory() as temporary:
            sources = os.path.join(temporary, SOURCES)
            _copy_database(os.path.join(folder, SOURCES), sources)
            files = {f"{SEGMENTS}/{name}": os.path.join(folder, SEGMENTS, name) for name, _ in manifest.segments}
            files |= {SOURCES: sources, MANIFEST: os.path.join(folder, MANIFEST)}
            store = _open_store(address)
            before = _read_list(store)
            digests = {name: _compute_digest(path) for name, path in files.items()}
            changed = [name for name, digest in digests.items() if before.get(name) != digest]
            for name in changed:
                # Under its digest, so that a reader of the list before still finds what that names.
                with open(files[name], "rb") as source, store.open_write(f"{digests[name]}") as target:
                    shutil.copyfileobj(source, target, _CHUNK)
            with store.open_write(_LIST) as target:
                target.write("".join(f"{digest} {name}\n" for name, digest in sorted(digests.items())).encode())
            for digest in set(before.values()) - set(digests.values()):
                store.remove(digest)
    except OSError as error:
        raise IncompleteError(f"the index can't be published to {address}: {error}.") from None
    finally:
        os.close(lock)
    return len(changed)


def fetch_index(address: str, folder: str) -> int:
    """Make an index the copy of a published one; return the number of files that were fetched.

    Raises:
        IncompleteError: Nothing is published there, a file is damaged, or the index here is newer.
    """
    os.makedirs(os.path.join(folder, SEGMENTS), mode=0o700, exist_ok=True)
    lock = lock_file(os.path.join(folder, "lock"))
    try:
        return _fetch_files(address, folder)
    except OSError as error:
        raise IncompleteError(f"the index can't be fetched from {address}: {error}.") from None
    finally:
        os.close(lock)


def _fetch_files(address: str, folder: str) -> int:
    store = _open_store(address)
    digests = _read_list(store)
    if MANIFEST not in digests:
        raise IncompleteError(f"no index of ingredients is published at {address}.")
    with tempfile.TemporaryDirectory(dir=folder, prefix=".fetch-") as temporary:
        _fetch_file(store, digests[MANIFEST], os.path.join(temporary, MANIFEST))
        new, old = read_manifest(temporary), read_manifest(folder)
        if new and old and (old.generation > new.generation or (old.key_id and old.key_id != new.key_id)):
            raise IncompleteError(
                f"the index in {folder} is newer than the published one, or has another key.",
                "Fetch into a new folder.",
            )
        fetched = 1
        ordered = sorted(digests, key=lambda name: (name == MANIFEST, name == SOURCES))
        for name in ordered[:-1]:
            path = os.path.join(folder, *name.split("/"))
            if not os.path.exists(path) or _compute_digest(path) != digests[name]:
                part = os.path.join(temporary, "part")
                _fetch_file(store, digests[name], part)
                os.replace(part, path)
                fetched += 1
        os.replace(os.path.join(temporary, MANIFEST), os.path.join(folder, MANIFEST))
    known = {os.path.basename(name) for name in digests}
    for entry in os.scandir(os.path.join(folder, SEGMENTS)):
        if entry.name not in known:
            os.unlink(entry.path)
    return fetched


def _fetch_file(store: _Store, digest: str, path: str) -> None:
    with store.open_read(digest) as source, open(path, "wb") as target:
        shutil.copyfileobj(source, target, _CHUNK)
        target.flush()
        os.fsync(target.fileno())
    if _compute_digest(path) != digest:
        raise IncompleteError(f"a file of the published index is damaged: {digest}.", "Publish it again.")


def _read_list(store: _Store) -> dict[str, str]:
    """Return the digests of the published files by name; {} where nothing is published."""
    try:
        with store.open_read(_LIST) as file:
            rows = [line.split(" ") for line in file.read().decode().splitlines()]
    except FileNotFoundError:
        return {}
    names = {name: digest for digest, name in rows}
    if any(name not in (MANIFEST, SOURCES) and os.path.dirname(name) != SEGMENTS for name in names):
        raise IncompleteError("the published list names files that don't belong to an index.")
    return names


def _compute_digest(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy_database(path: str, target: str) -> None:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db, closing(sqlite3.connect(target)) as copy:
        db.backup(copy)


class _Store:
    """A folder, local or of fsspec."""

    def __init__(self, system: Any, folder: str) -> None:
        self._system, self._folder = system, folder

    def open_read(self, name: str) -> IO[bytes]:
        return self._system.open(f"{self._folder}/{name}", "rb")  # type: ignore[no-any-return]  # of fsspec

    def open_write(self, name: str) -> IO[bytes]:
        return self._system.open(f"{self._folder}/{name}", "wb")  # type: ignore[no-any-return]

    def remove(self, name: str) -> None:
        self._system.rm(f"{self._folder}/{name}")


class _Local:
    """The part of fsspec's interface that is used, for a folder on this machine."""

    def open(self, path: str, mode: str) -> Any:
        if mode == "rb":
            return open(path, mode)
        return _Renamed(path)

    def rm(self, path: str) -> None:
        os.unlink(path)


class _Renamed:
    """A file that appears under its name when it is complete."""

    def __init__(self, path: str) -> None:
        self._path, self._part = path, f"{path}.{os.getpid()}.tmp"

    def __enter__(self) -> IO[bytes]:
        os.makedirs(os.path.dirname(self._path), exist_ok=True)
        self._file = open(self._part, "wb")
        return self._file

    def __exit__(self, kind: object, *_: object) -> None:
        self._file.close()
        if kind is None:
            os.replace(self._part, self._path)


def _open_store(address: str) -> _Store:
    if "://" not in address:
        return _Store(_Local(), os.path.abspath(address))
    try:
        import fsspec
    except ImportError:
        raise UsageError(f"{address}: needs fsspec.", "Type: pip install 'ringfence[ingredients]'") from None
    system, folder = fsspec.core.url_to_fs(address)
    system.makedirs(folder, exist_ok=True)
    return _Store(system, folder)
