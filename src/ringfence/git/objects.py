"""Streams objects out of git through one `git cat-file`, in bounded memory."""

from __future__ import annotations

import os

from ..errors import GitError
from ..values import value
from .repo import format_exit, write_input

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from .clean_cache import CleanCache
    from .process import Child
    from .repo import Repo


WINDOW = 1 << 20  # bytes of an object in memory at once; with four times as many, scanning takes a sixth longer
OVERLAP = 64 << 10  # bytes repeated from one window to the next, so that a mark across the boundary is found
SMALL = 1 << 20  # bytes; objects up to this size are read at once
_GITLINK = b"160000 "  # the mode of a submodule, whose content is elsewhere
_FATAL = 128  # git's exit status after a `fatal:` message
_TRUNCATED = "git cat-file ended in the middle of an object."
_MAX_FLIGHTS = 2
_FLIGHT_SIZE = 400  # requests of at most 75 bytes: two flights fit into the 64 KiB of a pipe, so neither side blocks


@value
class MissingObject:
    """An object that could not be read; `reason` is shown in reports."""

    name: str
    reason: str


class Object:
    """A large object that is being read; its bytes must be read before the next object is requested.

    Attributes:
        name: The name by which it was requested.
        oid: Its id.
        type: commit, tree, blob or tag.
        size: In bytes.
        path: A file with the same content, or "".
    """

    __slots__ = ("_ahead", "_left", "_repo", "_stream", "name", "oid", "size", "type")
    path = ""

    def __init__(self, name: str, oid: str, kind: str, size: int, stream: Child, repo: Repo | None = None) -> None:
        self.name, self.oid, self.type, self.size = name, oid, kind, size
        self._left, self._stream, self._repo = self.size, stream, repo
        self._ahead: Generator[bytes] | None = None

    def read(self) -> bytes:
        """Return the whole content; only for objects of bounded size."""
        data = self._read_bytes(self._left)
        self._read_terminator()
        return data

    def iter_windows(self) -> Iterator[tuple[int, bytes]]:
        """Yield (offset, bytes) windows of the object; each repeats the last `OVERLAP` bytes of the previous one.

        Raises:
            GitError: Git ended in the middle of the object.
        """
        offset, data = 0, self._read_bytes(min(WINDOW, self._left))
        if self._left:
            self._stream.widen_pipe()
            from .read_ahead import read_ahead

            self._ahead = read_ahead(self._iter_blocks())
        for block in self._ahead or ():
            yield offset, data
            overlap = data[-OVERLAP:]
            offset += len(data) - len(overlap)
            data = overlap + block
        yield offset, data
        self._read_terminator()

    def iter_again(self) -> Iterator[bytes]:
        """Yield the content once more, from a git of its own; nothing where the repository isn't known."""
        if not self._repo:
            return
        child = self._repo.start("cat-file", self.type, self.oid)
        try:
            while block := child.stdout.read(WINDOW):
                yield block
        finally:
            child.wait()

    def _iter_blocks(self) -> Iterator[bytes]:
        while self._left:
            yield self._read_bytes(min(WINDOW, self._left))

    def skip_rest(self) -> None:
        """Discard the bytes that were not read."""
        if self._ahead:
            self._ahead.close()  # its consumer may have stopped in the middle
        while self._left:
            self._read_bytes(min(WINDOW, self._left))
        self._read_terminator()

    def _read_bytes(self, count: int) -> bytes:
        data = self._stream.stdout.read(count)
        if len(data) < count:
            raise GitError(_TRUNCATED)
        self._left -= count
        return data

    def _read_terminator(self) -> None:
        if self._left == 0:
            self._stream.stdout.read(1)  # git writes a line end after every object
            self._left = -1


class SmallObject(Object):
    """A small object; its content is in memory and can be read repeatedly."""

    __slots__ = ("data",)

    def __init__(self, name: str, oid: str, kind: str, data: bytes) -> None:
        self.name, self.oid, self.type, self.size, self.data = name, oid, kind, len(data), data
        self._left, self._repo = -1, None

    def read(self) -> bytes:
        """Return the whole content."""
        return self.data

    def iter_windows(self) -> Iterator[tuple[int, bytes]]:
        """Yield the whole content as one window."""
        yield 0, self.data


class Objects:
    """The objects of a repository, by id or by any name that git resolves (`HEAD:ringfence.toml`).

    Attributes:
        clean_cache: Returns the cache of objects and commits known to be clean; None: everything is checked again.
        size: Returns the size of an object in bytes; None: looking it up would take as long as reading the object.
    """

    size: Callable[[str], int] | None = None

    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        self.clean_cache: Callable[[], CleanCache] | None = None
        self._child: Child | None = self._start_child()  # now, so that git starts up while we do

    def reopen(self) -> Objects:
        """Return the same objects, read through a separate git process with a large pipe."""
        objects = Objects(self.repo)
        objects._ensure_child().widen_pipe()
        return objects

    def iter_objects(self, names: Iterable[str]) -> Iterator[Object | MissingObject]:
        """Yield every named object in order; one that can't be read is yielded as a `MissingObject`.

        Raises:
            GitError: Git itself failed, not only one object.
        """
        pending = list(names)
        flights: list[list[str]] = []
        while pending or flights:
            while pending and len(flights) < _MAX_FLIGHTS:  # so that git works while we read
                flight, pending = pending[:_FLIGHT_SIZE], pending[_FLIGHT_SIZE:]
                self._request_objects(flight)
                flights.append(flight)
            left = yield from self._receive_flight(flights.pop(0))
            if not self._child:
                pending, flights = [*left, *(name for flight in flights for name in flight), *pending], []

    def name_beside(self, commit: str, path: bytes, oid: str, relative: str) -> str:  # noqa: ARG002 - for files
        """Return the name of a file that lies at a path relative to another's folder; "" for none.

        It lies in a commit, or for "" in the index.
        """
        parts = os.fsdecode(path).split("/")[:-1]
        for part in relative.split("/"):
            if part == ".." and not parts:
                return ""
            parts = parts[:-1] if part == ".." else [*parts, part] if part not in ("", ".") else parts
        name = "/".join(parts)
        return "" if relative.startswith("/") or "\n" in name else f"{commit}:{name}"

    def list_files(self, commit: str) -> dict[bytes, str]:
        """Return the ids of a commit's files by their paths, for "" those of the index; {} where there is neither."""
        what = ("ls-tree", "-r", "--full-tree", commit) if commit else ("ls-files", "--stage", "--full-name", ":/")
        column = 2 if commit else 1
        files: dict[bytes, str] = {}
        for entry in self.repo.run(what[0], "-z", *what[1:], ok=(0, 128)).split(b"\0"):
            facts, _, path = entry.partition(b"\t")
            if path and not facts.startswith(_GITLINK):
                files[path] = facts.split(b" ")[column].decode()
        return files

    def read_object(self, name: str) -> bytes | None:
        """Return the content of a small object, or None if it is missing or unreadable."""
        for item in self.iter_objects([name]):
            if isinstance(item, Object):
                return item.read()
        return None

    def _request_objects(self, names: list[str]) -> None:
        request = "".join(f"contents {name}\n" for name in names) + "flush\n"
        write_input(self._ensure_child(), request.encode("utf-8", "surrogateescape"))

    def _receive_flight(self, names: list[str]) -> Generator[Object | MissingObject, None, list[str]]:
        """Yield the objects of one flight; return the names still to be requested after git ended on a damaged one."""
        child = self._ensure_child()
        stream = child.stdout
        for index, name in enumerate(names):
            header = stream.readline()
            if not header:
                yield MissingObject(name, self._explain_exit(child))
                return names[index + 1 :]
            if header.endswith((b" missing\n", b" ambiguous\n", b" submodule\n", b" excluded\n")):
                yield MissingObject(name, f"the object is {header[:-1].rpartition(b' ')[2].decode()}")
                continue
            oid, kind, length = header.decode().split(" ")
            size = int(length)
            if size <= SMALL:
                data = stream.read(size)
                if len(data) < size:
                    raise GitError(_TRUNCATED)
                stream.read(1)  # git writes a line end after every object
                yield SmallObject(name, oid, kind, data)
                continue
            item = Object(name, oid, kind, size, child, self.repo)
            yield item
            if item._left >= 0:  # noqa: SLF001 - both classes share the position in the stream
                item.skip_rest()
        return []

    def _ensure_child(self) -> Child:
        if self._child is None:
            self._child = self._start_child()
        return self._child

    def _start_child(self) -> Child:
        return self.repo.start("cat-file", "--batch-command", "--buffer", feed=True)

    def _explain_exit(self, child: Child) -> str:
        """Return why git ended at an object.

        Raises:
            GitError: Git failed for a reason that has nothing to do with the object.
        """
        self._child = None
        status, message = child.wait(), child.last_error
        if status != _FATAL or not message:
            raise GitError(f"git cat-file {format_exit(status, message)}")
        if "not a git repository" in message or "dubious ownership" in message:
            raise GitError(message[:200])
        return f"git can't read it ({message[:120]})"
