"""The interface of decoders: a stream of bytes in; members and pieces of plain text out, within limits."""

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
    from .pointer import Pointer

PROBE = 4096  # first bytes of a content, from which its format is detected
CHUNK = 1 << 20  # bytes unpacked at once: chunks that fit into a processor's cache are scanned nearly twice as fast
_WIDEST = 4  # bytes of a character in UTF-32
_RATIO_FROM = 64 << 20  # unpacked bytes; below, any ratio is allowed, since small files can be very repetitive


class UnreadableError(Exception):
    """A content, or the rest of it, can't be read; the message is the reason shown in reports."""


@value
class UnreadPart:
    """A part of a content that can't be read, with the reason.

    `damaged`: git should have the object but hasn't. `pointer`: no store has the content of it. `extra`: the extra of
    ringfence that would bring a reader, or "". `is_note`: it counts only where the content is a git note.
    """

    reason: str
    damaged: bool = False
    pointer: Pointer | None = None
    extra: str = ""
    is_note: bool = False


@value
class Piece:
    """Plain text inside a content.

    Attributes:
        place: Description of its place in the content: a member of an archive, a cell, a page; "" for the whole.
        windows: Its bytes as (bytes, number of them repeated from the previous window, whether it is the last).
        field: The field whose values these are, if known.
        get_place: For rows in one window: returns the place of the byte at an offset. None: lines are counted.
        get_count: For values shared by several rows: returns how many rows have the value at an offset.
        is_named: A model in it is only named, with measures alone beside it.
    """

    place: str
    windows: Iterable[tuple[bytes, int, bool]]
    field: str = ""
    get_place: Callable[[int], str] | None = None
    get_count: Callable[[int], int] | None = None
    is_named: bool = False


@value
class Member:
    """A content nested in another, in any format; `path` is its name in an archive, which is judged as a path is."""

    place: str
    stream: Stream
    path: bytes = b""


class Budget:
    """The limits for unpacking one object of `packed` bytes, and what was used of them."""

    def __init__(self, limits: Limits, packed: int) -> None:
        self.limits, self.packed = limits, packed
        self.unpacked = self.members = 0
        self._end = time.monotonic() + limits.seconds

    def count_bytes(self, count: int) -> None:
        """Count unpacked bytes.

        Raises:
            UnreadableError: The total, the ratio to the packed bytes, or the time exceeds its limit.
        """
        self.unpacked += count
        if self.unpacked > self.limits.unpacked:
            raise UnreadableError(f"it unpacks to more than {self.limits.unpacked} bytes (limits.unpacked)")
        if self.unpacked > max(_RATIO_FROM, self.packed * self.limits.ratio):
            raise UnreadableError(f"it unpacks to more than {self.limits.ratio} times its size (limits.ratio)")
        if time.monotonic() > self._end:
            raise UnreadableError(f"it takes more than {self.limits.seconds} seconds to read (limits.seconds)")

    def add_external_content(self, packed: int) -> str:
        """Count a content outside the object (a pointer's target) of `packed` bytes.

        Return the reason why it must not be read, or "".
        """
        self.packed += packed
        try:
            self.count_member()
        except UnreadableError as error:
            return str(error)
        return ""

    def count_member(self) -> None:
        """Count a member of an archive, a row group, a page.

        Raises:
            UnreadableError: A limit is exceeded.
        """
        self.members += 1
        if self.members > self.limits.members:
            raise UnreadableError(f"it has more than {self.limits.members} members (limits.members)")
        self.count_bytes(0)


class Stream:
    """The bytes of a content, read once and in order; an error while unpacking ends them and is kept in `failed`.

    Attributes:
        path: A file with the same bytes, or "".
        failed: The reason why the bytes are incomplete, or "".
    """

    def __init__(self, chunks: Iterable[bytes], path: str = "") -> None:
        self.path, self.failed = path, ""
        self._chunks = iter(chunks)
        self._buffer = b""

    def peek_head(self) -> bytes:
        """Return the first `PROBE` bytes without consuming them."""
        self._fill_buffer(PROBE)
        return self._buffer[:PROBE]

    def peek_whole(self, most: int) -> bytes | None:
        """Return all bytes without consuming them; None where they are more than `most`, or can't all be read."""
        self._fill_buffer(most + 1)
        return None if len(self._buffer) > most or self.failed else self._buffer

    def read(self, count: int = CHUNK) -> bytes:
        """Return the next `count` bytes, fewer only at the end."""
        self._fill_buffer(count)
        data, self._buffer = self._buffer[:count], self._buffer[count:]
        return data

    def iter_windows(self) -> Iterator[tuple[bytes, int, bool]]:
        """Yield the bytes in overlapping windows, in the form of `Piece.windows`."""
        overlap, data = b"", self._read_block()
        while True:
            following = self._read_block()
            yield overlap + data, len(overlap), not following
            if not following:
                return
            overlap, data = data[-OVERLAP:], following

    def iter_again(self) -> Iterator[bytes]:
        """Yield nothing: what was unpacked is gone."""
        return iter(())

    def open_file(self) -> IO[bytes]:
        """Return a file with all bytes, for formats that need random access; its `name` is a path.

        The caller closes it, which removes a temporary file.
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
        if len(self._buffer) >= count:
            return
        chunks = [self._buffer]
        size = len(self._buffer)
        while size < count and (chunk := self._read_chunk()):
            chunks.append(chunk)
            size += len(chunk)
        self._buffer = b"".join(chunks)

    def _read_block(self) -> bytes:
        """Return the next bytes in the size they come in, but at least `OVERLAP` of them before the end.

        Before the end they are a multiple of four, so that wide characters aren't cut.
        """
        self._fill_buffer(OVERLAP)
        data, self._buffer = self._buffer, b""
        if (odd := len(data) % _WIDEST) and len(data) >= OVERLAP:
            data, self._buffer = data[:-odd], data[-odd:]
        return data

    def _read_chunk(self) -> bytes:
        """Return the next chunk that isn't empty; b"" at the end, or after an error, which `failed` keeps."""
        try:
            return next(filter(None, self._chunks), b"")
        except RingfenceError:
            raise  # git failed, not the content
        except Exception as error:  # noqa: BLE001 - decoders' libraries raise anything on malformed input
            self.failed = self.failed or format_read_error(error)
            return b""


def build_limited_stream(chunks: Iterable[bytes], budget: Budget) -> Stream:
    """Return a stream of unpacked chunks that are counted against the budget as they are read."""

    def iter_counted() -> Iterator[bytes]:
        for chunk in chunks:
            budget.count_bytes(len(chunk))
            yield chunk

    return Stream(iter_counted())


def build_piece(
    place: str, data: bytes, field: str = "", get_place: Callable[[int], str] | None = None,
    get_count: Callable[[int], int] | None = None,
) -> Piece:  # fmt: skip
    """Return a piece whose text is one window."""
    return Piece(place, ((data, 0, True),), field, get_place, get_count)


def format_read_error(error: Exception) -> str:
    """Return the reason for a failed read in one line: the message of an `UnreadableError`, or `damaged (…)`."""
    if isinstance(error, MemoryError):
        return "its reader needs more memory than it may have"
    message = " ".join(str(error).split())[:120]
    return message if isinstance(error, UnreadableError) else f"damaged ({message or type(error).__name__})"
