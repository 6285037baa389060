"""Streams objects out of git: each once, in bounded memory, through one `git cat-file`."""

from __future__ import annotations

from ..errors import GitError
from ..values import value
from .repo import write_input

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterable, Iterator
    from typing import Protocol

    from .process import Child
    from .repo import Repo

    class CleanCache(Protocol):
        """See `scan/clean_cache.py`."""

        @property
        def is_present(self) -> bool:
            """Whether anything is kept."""

        def find_clean_objects(self, oids: Collection[str]) -> set[str]:
            """Return which objects nothing stands in."""

        def find_clean_commits(self, oids: Collection[str]) -> dict[str, set[str]]:
            """Return which commits nothing was found in, each with the tags of the zones that it touches."""

        def store_clean(self, oids: Collection[str], commits: Collection[tuple[str, tuple[str, ...]]]) -> None:
            """Keep what was found clean, commits with their tags."""


WINDOW = 1 << 20  # bytes of an object held at once; four times as many take a sixth longer, for the memory they touch
OVERLAP = 64 << 10  # bytes repeated from one window to the next, so that a marker on the seam is seen
SMALL = 64 << 10  # bytes of an object that is read at once
_SAID_SO = 128  # how git ends when it has told what is wrong
_ENDED = "git cat-file ended in the middle of an object."
_FLIGHTS = 2
_IN_FLIGHT = 400  # requests of at most 75 bytes: two flights are below the 64 KiB a pipe holds, so no side waits


@value
class MissingObject:
    """An object that could not be read: `reason` is what a report says."""

    name: str
    reason: str


class Object:
    """An object being read; its bytes come as windows and are gone when the next object is asked for."""

    __slots__ = ("_ahead", "_left", "_stream", "name", "oid", "size", "type")
    path = ""  # of a file with the same bytes, where there is one

    def __init__(self, name: str, oid: str, kind: str, size: int, stream: Child) -> None:
        self.name, self.oid, self.type, self.size = name, oid, kind, size
        self._left, self._stream = self.size, stream
        self._ahead: Generator[bytes] | None = None

    def read(self) -> bytes:
        """Return all bytes of an object that is known to be small."""
        data = self._read_bytes(self._left)
        self._read_terminator()
        return data

    def iter_windows(self) -> Iterator[tuple[int, bytes]]:
        """Yield (offset, bytes) windows over the object, each beginning with the last bytes of the one before.

        Raises:
            GitError: Git ended before the object did.
        """
        offset, data = 0, self._read_bytes(min(WINDOW, self._left))
        if self._left:
            self._stream.widen_pipe()
            from .read_ahead import read_ahead

            self._ahead = read_ahead(self._iter_blocks())
        for block in self._ahead or ():
            yield offset, data
            keep = data[-OVERLAP:]
            offset += len(data) - len(keep)
            data = keep + block
        yield offset, data
        self._read_terminator()

    def _iter_blocks(self) -> Iterator[bytes]:
        while self._left:
            yield self._read_bytes(min(WINDOW, self._left))

    def skip_rest(self) -> None:
        """Pass over what was not read."""
        if self._ahead:
            self._ahead.close()  # whoever read it may have left in the middle
        while self._left:
            self._read_bytes(min(WINDOW, self._left))
        self._read_terminator()

    def _read_bytes(self, count: int) -> bytes:
        data = self._stream.stdout.read(count)
        if len(data) < count:
            raise GitError(_ENDED)
        self._left -= count
        return data

    def _read_terminator(self) -> None:
        if self._left == 0:
            self._stream.stdout.read(1)  # the line end behind every object
            self._left = -1


class SmallObject(Object):
    """A small object: it has been read, and can be read as often as one likes."""

    __slots__ = ("data",)

    def __init__(self, name: str, oid: str, kind: str, data: bytes) -> None:
        self.name, self.oid, self.type, self.size, self.data = name, oid, kind, len(data), data
        self._left = -1

    def read(self) -> bytes:
        """Return all of its bytes."""
        return self.data

    def iter_windows(self) -> Iterator[tuple[int, bytes]]:
        """Yield the one window that it is."""
        yield 0, self.data


class Objects:
    """The objects of a repository, by id or by any name git understands (`HEAD:ringfence.toml`).

    Attributes:
        clean_cache: Returns what knows which of them were found clean before; None: all are judged again.
        size: Tells how many bytes one has; None: asking for it would take as long as reading it.
    """

    size: Callable[[str], int] | None = None

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        self.clean_cache: Callable[[], CleanCache] | None = None
        self._child: Child | None = self._start_child()  # at once: it gets ready while we do

    def reopen(self) -> Objects:
        """Return the same objects through a git of their own, for whoever reads many."""
        objects = Objects(self._repo)
        objects._ensure_child().widen_pipe()
        return objects

    def iter_objects(self, names: Iterable[str]) -> Iterator[Object | MissingObject]:
        """Yield every named object in order; one that can't be read is a `Missing`, and the rest still come.

        Raises:
            GitError: Git itself fails, rather than an object.
        """
        waiting = list(names)
        asked: list[list[str]] = []
        while waiting or asked:
            while waiting and len(asked) < _FLIGHTS:  # so that git has work while we read
                flight, waiting = waiting[:_IN_FLIGHT], waiting[_IN_FLIGHT:]
                self._request_objects(flight)
                asked.append(flight)
            left = yield from self._receive_flight(asked.pop(0))
            if not self._child:
                waiting, asked = [*left, *(name for flight in asked for name in flight), *waiting], []

    def read_object(self, name: str) -> bytes | None:
        """Return the bytes of a small object, or None when there is no such object."""
        for item in self.iter_objects([name]):
            if isinstance(item, Object):
                return item.read()
        return None

    def _request_objects(self, names: list[str]) -> None:
        request = "".join(f"contents {name}\n" for name in names) + "flush\n"
        write_input(self._ensure_child(), request.encode("utf-8", "surrogateescape"))

    def _receive_flight(self, names: list[str]) -> Generator[Object | MissingObject, None, list[str]]:
        """Read what was asked for in one go; return what is left to ask for after git ended on a damaged object."""
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
                    raise GitError(_ENDED)
                stream.read(1)  # the line end behind every object
                yield SmallObject(name, oid, kind, data)
                continue
            item = Object(name, oid, kind, size, child)
            yield item
            if item._left >= 0:  # noqa: SLF001 - the reader and its object are one thing
                item.skip_rest()
        return []

    def _ensure_child(self) -> Child:
        if self._child is None:
            self._child = self._start_child()
        return self._child

    def _start_child(self) -> Child:
        return self._repo.start("cat-file", "--batch-command", "--buffer", feed=True)

    def _explain_exit(self, child: Child) -> str:
        """Say why git ended instead of answering; an object it can't read is a reason, a failing git an error."""
        self._child = None
        status = child.wait()
        if status != _SAID_SO or not child.complaint:
            raise GitError(f"git cat-file ended with {status}: {child.complaint[:200] or 'it gave no reason'}")
        if "not a git repository" in child.complaint or "dubious ownership" in child.complaint:
            raise GitError(child.complaint[:200])
        return f"git can't read it ({child.complaint[:120]})"
