"""Files on disk and standard input, for `ringfence check --files`."""

from __future__ import annotations

import os

from ..errors import UsageError
from ..git.objects import WINDOW
from ..model import Change
from .file_store import File, FileStore

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import IO


STDIN = "-"
_OPENING = 64 << 10  # bytes that are read in the time that opening a file takes


def _buffer_stdin() -> IO[bytes]:
    """Copy standard input into a temporary file: some formats are read from their end, and all need a size."""
    import shutil
    import sys
    from tempfile import NamedTemporaryFile

    file = NamedTemporaryFile(prefix="ringfence-")  # noqa: SIM115 - `Files` keeps it open
    shutil.copyfileobj(sys.stdin.buffer, file, WINDOW)
    file.flush()
    return file


class Files(FileStore):
    """Files by their paths; `-` is standard input."""

    def __init__(self, paths: Iterable[str] = ()) -> None:
        """Copy standard input if it is one of the paths, since worker processes can't read ours."""
        self._input = _buffer_stdin() if STDIN in paths else None

    def size(self, name: str) -> int:
        """Return the cost of reading a file in bytes: its size, or what opening it costs."""
        try:
            return max(os.path.getsize(self._resolve_path(name)), _OPENING)
        except OSError:
            return _OPENING

    def open_file(self, name: str) -> File:
        """Return a file."""
        return File(name, self._resolve_path(name))

    def _resolve_path(self, name: str) -> str:
        return self._input.name if self._input and name == STDIN else name


def iter_changes(
    paths: Iterable[str], top: str, find_tags: Callable[[bytes], Sequence[str]] = lambda _: ()
) -> Iterator[Change]:
    """Yield one change for each file at or below the paths, with its path relative to `top`.

    `find_tags` returns the tags of such a path.

    Raises:
        UsageError: A path doesn't exist.
    """
    for path in paths:
        if path != STDIN and not os.path.lexists(path):
            raise UsageError(f"{path}: no such file.")
        for file in iter_files(path):
            yield Change(
                "tree", paths=[(name, file, ()) for name in _list_names(file, os.path.realpath(top), find_tags)]
            )


def _list_names(file: str, top: str, find_tags: Callable[[bytes], Sequence[str]]) -> list[bytes]:
    """Return a file's path relative to `top`, and the one by which links lead to it, if that has more tags."""
    named = os.path.normpath(os.path.join(os.path.realpath(os.getcwd()), file))
    paths = [os.path.relpath(path, top).replace(os.sep, "/") for path in (os.path.realpath(file), named)]
    path, name = map(os.fsencode, paths)
    return [path] if set(find_tags(name)) <= set(find_tags(path)) else [path, name]


def sum_file_sizes(paths: Iterable[str]) -> int:
    """Return the total size in bytes of the files at or below the paths."""
    return sum(os.path.getsize(file) for path in paths for file in iter_files(path) if os.path.isfile(file))


def iter_files(path: str) -> Iterator[str]:
    """Yield a file, or all files below a folder in order; what git itself keeps in `.git` is left out."""
    if not os.path.isdir(path):
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if name != ".git")
        yield from (os.path.join(folder, name) for name in sorted(names))
