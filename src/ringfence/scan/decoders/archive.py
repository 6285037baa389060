"""Archives: zip and tar (WebDataset shards are such), each member in its turn."""

from __future__ import annotations

import tarfile
import zipfile

from ...excerpts import sanitise_text
from .base import CHUNK, Member, UnreadableError, UnreadPart, build_limited_stream, format_read_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO, Self, TypeVar

    from .base import Budget, Stream

    T = TypeVar("T", bound=tarfile.TarInfo)

_LONGEST_HEADER = 1 << 20  # bytes of names and attributes before a member of a tar
_KEPT = (
    tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK,
)  # fmt: skip
_SMALLEST_ENTRY = 46  # bytes of a zip's directory for one member, at least
_LONGEST_NAME = 200  # characters of a member's name that are shown
_ENCRYPTED = 1


def decode_zip(stream: Stream, budget: Budget) -> Iterator[Member | UnreadPart]:
    """Yield the members of a zip file."""
    with stream.open_file() as file:
        _check_directory_size(file, budget)
        with zipfile.ZipFile(file) as archive:
            for info in archive.infolist():
                budget.count_member()
                if info.is_dir():
                    continue
                name = sanitise_text(info.filename)[:_LONGEST_NAME]
                if info.flag_bits & _ENCRYPTED:
                    yield UnreadPart(f"{name}: encrypted")
                    continue
                try:
                    member = archive.open(info)
                except (NotImplementedError, zipfile.BadZipFile) as error:
                    yield UnreadPart(f"{name}: {format_read_error(error)}")
                    continue
                with member:
                    yield Member(name, build_limited_stream(_iter_blocks(member), budget))


def decode_tar(stream: Stream, budget: Budget) -> Iterator[Member]:
    """Yield the members of a tar file, as they come by."""
    with tarfile.open(fileobj=stream, mode="r|", bufsize=CHUNK, tarinfo=_Header, ignore_zeros=True) as archive:  # type: ignore[call-overload]  # it only reads
        while info := archive.next():
            budget.count_member()
            archive.members.clear()  # it would keep all of them
            if file := archive.extractfile(info) if info.isreg() else None:
                yield Member(sanitise_text(info.name)[:_LONGEST_NAME], build_limited_stream(_iter_blocks(file), budget))


class _Header(tarfile.TarInfo):
    """A header that is bounded, and that says when it is damaged."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """Read a header."""
        return _check_header(buf, lambda: super(_Header, cls).frombuf(buf, encoding, errors))

    @classmethod
    def _frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str, **how: bool) -> Self:
        """Read a header for a newer tarfile, such as Debian 12's, which no longer asks `frombuf` for it."""
        newer: Callable[..., Self] = super()._frombuf  # type: ignore[misc]  # the types know only the older one
        return _check_header(buf, lambda: newer(buf, encoding, errors, **how))


def _check_header(block: bytes | bytearray, read: Callable[[], T]) -> T:
    """Return a header. tarfile takes one that is damaged for the end, or passes over it.

    Raises:
        UnreadableError: It is damaged, or so long that it would fill the memory, where all of it is kept.
    """
    try:
        header = read()
    except tarfile.HeaderError as error:
        if not bytes(block).strip(b"\0"):
            raise  # the end, or the end of the first of several
        raise UnreadableError(f"damaged ({error})") from None
    if header.type in _KEPT and header.size > _LONGEST_HEADER:
        raise UnreadableError(f"damaged (a header of {header.size} bytes)")
    return header


def _check_directory_size(file: IO[bytes], budget: Budget) -> None:
    """Refuse a zip whose directory would fill the memory: zipfile reads it as a whole.

    Raises:
        UnreadableError: The directory is longer than all members that are allowed could need.
    """
    end = zipfile._EndRecData(file)  # type: ignore[attr-defined]  # noqa: SLF001 - what ZipFile itself reads first
    if end and end[zipfile._ECD_SIZE] > _SMALLEST_ENTRY * 8 * budget.limits.members:  # type: ignore[attr-defined]  # noqa: SLF001 - as above
        raise UnreadableError(f"it has more than {budget.limits.members} members (limits.members)")


def _iter_blocks(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(CHUNK):
        yield block
