"""Files with the interface of git's objects, for whatever is judged outside of a repository."""

from __future__ import annotations

import os

from ..git.objects import OVERLAP, WINDOW, MissingObject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Self

    from ..git.objects import Object


class File:
    """A file with the interface of `git.objects.Object`; `name` is the path as given, `path` where it is read."""

    type = "blob"

    def __init__(self, name: str, path: str = "") -> None:
        self.name = self.oid = name
        self.path = path or name
        self.size = os.path.getsize(self.path)

    def iter_windows(self) -> Iterator[tuple[int, bytes]]:
        """Yield (offset, bytes) windows of the file; each repeats the last `OVERLAP` bytes of the previous one."""
        with open(self.path, "rb") as file:
            offset, data = 0, file.read(WINDOW)
            while True:
                yield offset, data
                overlap = data[-OVERLAP:]
                block = file.read(WINDOW)
                if not block:
                    return
                offset += len(data) - len(overlap)
                data = overlap + block

    def iter_again(self) -> Iterator[bytes]:
        """Yield nothing: whoever wants the content once more opens the path."""
        return iter(())

    def read(self) -> bytes:
        """Return the whole content."""
        with open(self.path, "rb") as file:
            return file.read()

    def skip_rest(self) -> None:
        """Do nothing: no stream has to be advanced."""


class FileStore:
    """Files with the interface of `git.objects.Objects`, by their names."""

    clean_cache = None

    def size(self, name: str) -> int:
        """Return the cost of reading a file in bytes."""
        raise NotImplementedError

    def open_file(self, name: str) -> File | Object:
        """Return a file.

        Raises:
            OSError: It can't be read.
        """
        raise NotImplementedError

    def reopen(self) -> Self:
        """Return the same object; files need no process of their own."""
        return self

    def name_beside(self, commit: str, path: bytes, oid: str, relative: str) -> str:  # noqa: ARG002 - as for objects
        """Return "": a file beside another is judged only if it is named too."""
        return ""

    def list_files(self, commit: str) -> dict[bytes, str]:  # noqa: ARG002 - as for objects
        """Return {}: only the files that are named are judged, together."""
        return {}

    def describe_error(self, error: OSError) -> str:
        """Return why a file can't be read."""
        return error.strerror or "unreadable"

    def iter_objects(self, names: Iterable[str]) -> Iterator[Object | MissingObject]:
        """Yield every file in order; one that can't be read is yielded as a `MissingObject`."""
        for name in names:
            try:
                yield self.open_file(name)  # type: ignore[misc]  # it reads like an Object
            except OSError as error:
                yield MissingObject(name, self.describe_error(error))
