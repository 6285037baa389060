"""Files on disk, in git or not yet: what people check before they commit it."""

from __future__ import annotations

import os

from ..errors import UsageError
from ..git.objects import OVERLAP, SMALL, WINDOW, MissingObject
from ..model import Change

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import IO

    from ..git.objects import Object


STDIN = "-"


class File:
    """A file that reads like an `Object`; its name is its path."""

    type = "blob"

    def __init__(self, name: str, path: str = "") -> None:
        self.name = self.oid = name
        self.path = path or name
        self.size = os.path.getsize(self.path)

    def iter_windows(self) -> Iterator[tuple[int, bytes]]:
        """Yield (offset, bytes) windows, each beginning with the last bytes of the one before."""
        with open(self.path, "rb") as file:
            offset, data = 0, file.read(WINDOW)
            while True:
                yield offset, data
                keep = data[-OVERLAP:]
                fresh = file.read(WINDOW)
                if not fresh:
                    return
                offset += len(data) - len(keep)
                data = keep + fresh

    def read(self) -> bytes:
        """Return all of it."""
        with open(self.path, "rb") as file:
            return file.read()

    def skip_rest(self) -> None:
        """Do nothing: nothing is under way."""


def _buffer_stdin() -> IO[bytes]:
    """Return a file with what standard input holds: some formats are read from their end, and all by their size."""
    import shutil
    import sys
    from tempfile import NamedTemporaryFile

    file = NamedTemporaryFile(prefix="ringfence-")  # noqa: SIM115 - it is there as long as who reads it
    shutil.copyfileobj(sys.stdin.buffer, file, WINDOW)
    file.flush()
    return file


class Files:
    """Stands in for a repository's `Objects`; names are paths."""

    clean_cache = None

    def __init__(self, paths: Iterable[str] = ()) -> None:
        """Keep what standard input holds, if it is one of the paths; processes that we start have another."""
        self._input = _buffer_stdin() if STDIN in paths else None

    def size(self, name: str) -> int:
        """Return how many bytes a file has, and no less than what is read in the time in which one is opened."""
        try:
            return max(os.path.getsize(self._resolve_path(name)), SMALL)
        except OSError:
            return SMALL

    def reopen(self) -> Files:
        """Return the same."""
        return self

    def iter_objects(self, names: Iterable[str]) -> Iterator[Object | MissingObject]:
        """Yield every file in order, and what can't be read as `Missing`."""
        for name in names:
            try:
                yield File(name, self._resolve_path(name))  # type: ignore[misc]  # it reads like an Object
            except OSError as error:
                yield MissingObject(name, error.strerror or "it can't be read")

    def _resolve_path(self, name: str) -> str:
        return self._input.name if self._input and name == STDIN else name


def iter_changes(paths: Iterable[str], top: str) -> Iterator[Change]:
    """Yield the files at and below the paths as if they were all new; their place counts from `top`.

    Raises:
        UsageError: There is nothing at a path.
    """
    for path in paths:
        if path != STDIN and not os.path.lexists(path):
            raise UsageError(f"{path}: there is no such file.")
        for file in _iter_files(path):
            place = os.path.relpath(os.path.realpath(file), os.path.realpath(top)).replace(os.sep, "/")
            yield Change("tree", paths=[(os.fsencode(place), file, ())])


def sum_file_sizes(paths: Iterable[str]) -> int:
    """Return how many bytes the files at and below the paths have."""
    return sum(os.path.getsize(file) for path in paths for file in _iter_files(path) if os.path.isfile(file))


def _iter_files(path: str) -> Iterator[str]:
    if not os.path.isdir(path):
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if name != ".git")
        yield from (os.path.join(folder, name) for name in sorted(names))
