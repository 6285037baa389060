"""Stamps of repositories: equal as long as nothing changed that their policy depends on, and cheap to build."""

from __future__ import annotations

import os
from hashlib import blake2b

_MOST_BRANCHES = 1000  # loose branches whose tips are read


def build_stamp(directory: str) -> str:
    """Return a digest of a bare repository's configuration and branches; "" where git has to be asked.

    Files that git includes into the configuration aren't followed, so that such a repository has no stamp.
    """
    config = _read_bytes(os.path.join(directory, "config"))
    if b"include" in config.lower() or os.path.exists(os.path.join(directory, "config.worktree")):
        return ""
    parts = [config, _read_bytes(os.path.join(directory, "HEAD"))]
    parts += [_describe_file(os.path.join(directory, name)) for name in ("packed-refs", "reftable/tables.list")]
    count = 0
    for folder, folders, names in os.walk(os.path.join(directory, "refs", "heads")):
        folders.sort()
        for name in sorted(names):
            count += 1
            if count > _MOST_BRANCHES:
                return ""
            path = os.path.join(folder, name)
            parts += [os.fsencode(path), _read_bytes(path)]
    state = blake2b(digest_size=16)
    for part in parts:
        state.update(b"%d\n" % len(part) + part)
    return state.hexdigest()


def digest_file(path: str) -> str:
    """Return a digest of a file's content; "" where it can't be read."""
    content = _read_bytes(os.path.expanduser(path))
    return blake2b(content, digest_size=16).hexdigest() if content else ""


def _read_bytes(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(1 << 22)
    except OSError:
        return b""


def _describe_file(path: str) -> bytes:
    """Return size, time and inode of a file that git replaces whenever it changes."""
    try:
        status = os.stat(path)
    except OSError:
        return b""
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ino}".encode()
