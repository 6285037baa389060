"""Finds the content of pointers in local stores: the repository's own, and those that the policy names."""

from __future__ import annotations

import hashlib
import json
import os

from .dvc_pointer import is_hash
from .pointer import Pointer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

KINDS = ("lfs", "annex", "dvc")
_CHUNK = 1 << 20
_MAX_LISTING = 64 << 20  # bytes
_ANNEX_LETTERS = "0123456789zqjxkmvwgpfZQJXKMVWGPF"  # git-annex's alphabet for folder names (Annex/DirHashes.hs)


def find_content(pointer: Pointer, folders: Iterable[str]) -> str:
    """Return the path of a pointer's content in the first store folder that has it, or ""."""
    if os.sep in pointer.key or pointer.key in ("", ".", ".."):
        return ""
    paths = (os.path.join(folder, place) for folder in folders for place in _iter_store_paths(pointer))
    return next((path for path in paths if os.path.isfile(path)), "")


def _iter_store_paths(pointer: Pointer) -> Iterator[str]:
    """Yield the relative paths at which a store may keep a key; they differ by program, version and forge."""
    key = pointer.key
    if pointer.store == "lfs":
        yield os.path.join(key[:2], key[2:4], key)
        yield os.path.join(key[:2], key[2:4], key[4:])  # GitLab, Gitea
    elif pointer.store == "dvc":
        yield os.path.join("files", "md5", key[:2], key[2:])
        yield os.path.join(key[:2], key[2:])  # before version 3
    else:
        digest = hashlib.md5(os.fsencode(key), usedforsecurity=False).digest()
        word = int.from_bytes(digest[:4], "little")
        letters = "".join(_ANNEX_LETTERS[word >> 6 * index & 31] for index in (1, 0, 3, 2))
        yield os.path.join(letters[:2], letters[2:], key, key)
        yield os.path.join(digest.hex()[:3], digest.hex()[3:6], key, key)  # in a bare repository


def read_dvc_listing(path: str) -> list[Pointer]:
    """Return the pointers in DVC's listing of a directory (a JSON file); [] if it is invalid or over 64 MiB."""
    with open(path, "rb") as file:
        data = file.read(_MAX_LISTING)
    try:
        entries = json.loads(data)
    except ValueError:
        return []
    files = [(str(entry.get("md5", "")), str(entry.get("relpath", ""))) for entry in entries if isinstance(entry, dict)]
    return [Pointer("DVC", "dvc", digest, "md5", digest, -1, name) for digest, name in files if is_hash(digest)]


class PointerContent:
    """The content of a pointer, whose size and digest are verified while it is read."""

    def __init__(self, path: str, pointer: Pointer) -> None:
        self._path, self._pointer, self._size = path, pointer, 0
        self._hash: Any = hashlib.new(pointer.algorithm, usedforsecurity=False) if pointer.algorithm else None

    def iter_chunks(self) -> Iterator[bytes]:
        """Yield the bytes in chunks."""
        with open(self._path, "rb") as file:
            while data := file.read(_CHUNK):
                self._size += len(data)
                if self._hash:
                    self._hash.update(data)
                yield data

    @property
    def fault(self) -> str:
        """The difference between pointer and content, or ""; only valid after all chunks were read."""
        pointer = self._pointer
        if pointer.size not in (-1, self._size):
            return f"it says {pointer.size} bytes, but its content has {self._size}"
        if self._hash and self._hash.hexdigest() != pointer.digest:
            return f"it says {pointer.algorithm} {pointer.digest[:12]}…, but its content has another hash"
        return ""
