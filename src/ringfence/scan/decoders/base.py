"""What every decoder takes and gives: a stream of bytes in, streams and pieces of plain text out, within limits."""

from __future__ import annotations

import time

from ...errors import RingfenceError
from ...git.objects import OVERLAP
from ...values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import IO

    from ...model import Limits

PROBE = 4096  # first bytes of a content, by which its format is known
CHUNK = 1 << 20  # bytes unpacked at once: what fits into a processor's cache is scanned nearly twice as fast
_FREE = 64 << 20  # bytes that may be unpacked at any ratio: small files repeat themselves


class UnreadableError(Exception):
    """Why a content, or the rest of it, can't be read."""


@value
class UnreadPart:
    """What of a content stays hidden, and why; `damaged` when it should have been there."""

    reason: str
    damaged: bool = False


@value
class Piece:
    """Plain text inside a content.

    Attributes:
        place: Where it stands: a member of an archive, a cell, a page; "" for all of the content.
        windows: Its bytes as (bytes, how many of them stood in the window before, whether it is the last).
        field: The field whose values these are, if it is known.
        where: For rows: the place of a byte, by its offset in the only window. Elsewhere lines are counted.
        times: For values that many rows share: how many hold the one that a byte belongs to.
    """

    place: str
    windows: Iterable[tuple[bytes, int, bool]]
    field: str = ""
    where: Callable[[int], str] | None = None
    times: Callable[[int], int] | None = None


@value
class Member:
    """A content inside a content, of whatever format."""

    place: str
    stream: Stream


class Budget:
    """What was used up of the limits for one object, of `packed` bytes."""

    def __init__(self, limits: Limits, packed: int) -> None:
        self.limits, self.packed = limits, packed
        self.unpacked = self.members = 0
        self._end = time.monotonic() + limits.seconds

    def count_bytes(self, count: int) -> None:
        """Count unpacked bytes.

        Raises:
            UnreadableError: They are too many, all in all or for what they were unpacked from, or it takes too long.
        """
        self.unpacked += count
        if self.unpacked > self.limits.unpacked:
            raise UnreadableError(f"it unpacks to more than {self.limits.unpacked} bytes (limits.unpacked)")
        if self.unpacked > max(_FREE, self.packed * self.limits.ratio):
            raise UnreadableError(f"it unpacks to more than {self.limits.ratio} times its size (limits.ratio)")
        if time.monotonic() > self._end:
            raise UnreadableError(f"it takes more than {self.limits.seconds} seconds to read (limits.seconds)")

    def add_external_content(self, packed: int) -> str:
        """Add a content that isn't part of the object; say why there is no more to be had, or ""."""
        self.packed += packed
        try:
            self.count_member()
        except UnreadableError as error:
            return str(error)
        return ""

    def count_member(self) -> None:
        """Count a member of an archive, a row group, a page.

        Raises:
            UnreadableError: They are too many.
        """
        self.members += 1
        if self.members > self.limits.members:
            raise UnreadableError(f"it has more than {self.limits.members} members (limits.members)")
        self.count_bytes(0)


class Stream:
    """A content's bytes, read once and in order; what goes wrong while they are unpacked ends them and is kept.

    Attributes:
        path: A file that holds the same bytes, or "".
        failed: Why the bytes ended too early, or "".
    """

    def __init__(self, chunks: Iterable[bytes], path: str = "") -> None:
        self.path, self.failed = path, ""
        self._chunks = iter(chunks)
        self._ready = b""

    def peek_head(self) -> bytes:
        """Return the first bytes without taking them."""
        self._fill_buffer(PROBE)
        return self._ready[:PROBE]

    def read(self, count: int = CHUNK) -> bytes:
        """Return the next `count` bytes, fewer only at the end."""
        self._fill_buffer(count)
        data, self._ready = self._ready[:count], self._ready[count:]
        return data

    def iter_windows(self) -> Iterator[tuple[bytes, int, bool]]:
        """Yield the bytes in windows, each beginning with the last bytes of the one before; see `Piece.windows`."""
        before, data = b"", self._read_block()
        while True:
            fresh = self._read_block()
            yield before + data, len(before), not fresh
            if not fresh:
                return
            before, data = data[-OVERLAP:], fresh

    def open_file(self) -> IO[bytes]:
        """Return a file with all of the bytes, for a format that has to jump; close it, and it is gone.

        It has a `name` to open it by.
        """
        if self.path:
            return open(self.path, "rb")
        from tempfile import NamedTemporaryFile

        file = NamedTemporaryFile(prefix="ringfence-")  # noqa: SIM115 - the caller closes it
        while data := self.read():
            file.write(data)
        file.flush()
        file.seek(0)
        return file

    def _fill_buffer(self, count: int) -> None:
        if len(self._ready) >= count:
            return
        ready = [self._ready]
        size = len(self._ready)
        while size < count and (chunk := self._read_chunk()):
            ready.append(chunk)
            size += len(chunk)
        self._ready = b"".join(ready)

    def _read_block(self) -> bytes:
        """Return what comes next, as it comes, but no less than windows share."""
        self._fill_buffer(OVERLAP)
        data, self._ready = self._ready, b""
        return data

    def _read_chunk(self) -> bytes:
        """Return the next bytes that aren't none, b"" at the end."""
        try:
            return next(filter(None, self._chunks), b"")
        except RingfenceError:
            raise  # git failed, not the content
        except Exception as error:  # noqa: BLE001 - whatever a library says of what was pushed, it can't be read
            self.failed = self.failed or format_read_error(error)
            return b""


def build_limited_stream(chunks: Iterable[bytes], budget: Budget) -> Stream:
    """Return a stream of what a decoder unpacks, counted."""

    def iter_counted() -> Iterator[bytes]:
        for chunk in chunks:
            budget.count_bytes(len(chunk))
            yield chunk

    return Stream(iter_counted())


def build_piece(
    place: str, data: bytes, field: str = "", where: Callable[[int], str] | None = None,
    times: Callable[[int], int] | None = None,
) -> Piece:  # fmt: skip
    """Return a piece that is there as a whole."""
    return Piece(place, ((data, 0, True),), field, where, times)


def format_read_error(error: Exception) -> str:
    """Say in a line why something can't be read."""
    said = " ".join(str(error).split())[:120]
    return said if isinstance(error, UnreadableError) else f"damaged ({said or type(error).__name__})"
