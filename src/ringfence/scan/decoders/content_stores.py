"""Where the content of a pointer lies: in the repository's own stores, or in those that the policy names."""

from __future__ import annotations

import hashlib
import json
import os

from .pointer import Pointer, is_hash

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

KINDS = ("lfs", "annex", "dvc")
_CHUNK = 1 << 20
_LARGEST_LISTING = 64 << 20  # bytes
_MIXED = "0123456789zqjxkmvwgpfZQJXKMVWGPF"  # git-annex's letters for folders (Annex/DirHashes.hs)


def find_content(pointer: Pointer, folders: Iterable[str]) -> str:
    """Return the path of a pointer's content in the first of the folders that has it, or ""."""
    if os.sep in pointer.key or pointer.key in ("", ".", ".."):
        return ""
    paths = (os.path.join(folder, place) for folder in folders for place in _iter_store_paths(pointer))
    return next((path for path in paths if os.path.isfile(path)), "")


def _iter_store_paths(pointer: Pointer) -> Iterator[str]:
    """Yield where stores of a kind keep a key: each program in its own way, forges in theirs."""
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
        letters = "".join(_MIXED[word >> 6 * place & 31] for place in (1, 0, 3, 2))
        yield os.path.join(letters[:2], letters[2:], key, key)
        yield os.path.join(digest.hex()[:3], digest.hex()[3:6], key, key)  # in a bare repository


def read_dvc_listing(path: str) -> list[Pointer]:
    """Return what DVC's listing of a directory points to; [] for what is none, or too long to be one."""
    with open(path, "rb") as file:
        data = file.read(_LARGEST_LISTING)
    try:
        entries = json.loads(data)
    except ValueError:
        return []
    named = [(str(entry.get("md5", "")), str(entry.get("relpath", ""))) for entry in entries if isinstance(entry, dict)]
    return [Pointer("DVC", "dvc", digest, "md5", digest, -1, name) for digest, name in named if is_hash(digest)]


class PointerContent:
    """The bytes of a file, which are held against what a pointer says of them while they come by."""

    def __init__(self, path: str, pointer: Pointer) -> None:
        self._path, self._pointer, self._size = path, pointer, 0
        self._hash: Any = hashlib.new(pointer.algorithm, usedforsecurity=False) if pointer.algorithm else None

    def iter_chunks(self) -> Iterator[bytes]:
        """Yield the bytes."""
        with open(self._path, "rb") as file:
            while data := file.read(_CHUNK):
                self._size += len(data)
                if self._hash:
                    self._hash.update(data)
                yield data

    @property
    def fault(self) -> str:
        """Say in which way the content isn't what the pointer says, once all of it was read."""
        told = self._pointer
        if told.size not in (-1, self._size):
            return f"it says {told.size} bytes, and its content has {self._size}"
        if self._hash and self._hash.hexdigest() != told.digest:
            return f"it says {told.algorithm} {told.digest[:12]}…, and its content has another"
        return ""
