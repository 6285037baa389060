"""Digests of files that a receipt vouches for, and whether they are still what was judged."""

from __future__ import annotations

import hashlib
import os

from ..errors import IncompleteError
from ..excerpts import sanitise_text
from ..values import value
from .files import iter_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


@value
class FileDigest:
    """A file.

    Attributes:
        path: Its path as given, with `/`.
        sha256: The digest of its content.
        state: What changes whenever it is written or replaced: device, inode, size and times.
    """

    path: str
    sha256: str
    state: tuple[int, ...]


def digest_files(paths: Iterable[str]) -> list[FileDigest]:
    """Return the digests of all files at or below the paths; those that can't be read have none.

    Raises:
        IncompleteError: A file changed while it was read.
    """
    found = []
    for path in paths:
        for file in iter_files(path):
            try:
                found.append(_digest_file(file))
            except OSError:
                continue  # the check says that it is unread
    check_unchanged(found)
    return found


def check_unchanged(files: Iterable[FileDigest]) -> None:
    """Check that files are as they were when their digest was made.

    Raises:
        IncompleteError: One isn't.
    """
    for file in files:
        try:
            state = _read_state(file.path)
        except OSError:
            state = ()
        if state != file.state:
            raise IncompleteError(
                f"{sanitise_text(file.path)} changed while it was judged.", "Check files that nobody writes to."
            )


def _digest_file(path: str) -> FileDigest:
    state = _read_state(path)
    with open(path, "rb") as file:
        return FileDigest(path.replace(os.sep, "/"), hashlib.file_digest(file, "sha256").hexdigest(), state)


def _read_state(path: str) -> tuple[int, ...]:
    found = os.stat(path)
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
