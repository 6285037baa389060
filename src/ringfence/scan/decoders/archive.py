"""Archives: zip and tar (also WebDataset shards), member by member."""

from __future__ import annotations

import sys
import tarfile
import zipfile

from ...excerpts import sanitise_text
from .base import CHUNK, Member, Stream, UnreadableError, UnreadPart, build_limited_stream, format_read_error
from .signatures import begins_zip
from .tar_headers import CUT, Blocks, read_plain_member

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO, Any, Self, TypeVar

    from .base import Budget

    T = TypeVar("T", bound=tarfile.TarInfo)

_MAX_HEADER = 1 << 20  # bytes of names and attributes before a member of a tar; tarfile buffers them
_BUFFERED_TYPES = (
    tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK,
)  # fmt: skip
_MIN_ENTRY = 46  # bytes in a zip's directory for one member
_MAX_NAME = 200  # characters of a member's name that are shown
_TAR_BUFFER = 128 << 10  # bytes; tarfile copies what is left of it for each member
_ENCRYPTED = 1
_ZSTD = 93  # a method of packing
_ENTRY_MAGIC, _ENTRY_HEADER, _ENTRY_LENGTHS = b"PK\x03\x04", 30, 26  # of an entry: its header, the lengths in it


def decode_zip(stream: Stream, budget: Budget) -> Iterator[Member | UnreadPart]:
    """Yield the members of a zip file."""
    with stream.open_file() as file:
        _check_directory_size(file, budget)
        with _open_zip(file) as archive:
            infos = archive.infolist()
            for info in infos:
                budget.count_member()
                if info.is_dir() and not info.file_size and not info.compress_size:
                    continue
                name = sanitise_text(info.filename)[:_MAX_NAME]
                path = info.filename.replace("\\", "/").encode("utf-8", "replace")
                if info.flag_bits & _ENCRYPTED:
                    yield Member(name, Stream(()), path)  # its name alone
                    yield UnreadPart(f"{name}: encrypted")
                    continue
                if info.compress_type == _ZSTD and isinstance(archive, zipfile.ZipFile) and sys.version_info < (3, 14):
                    yield UnreadPart(
                        f"{name}: zstd: decoder not installed: pip install 'ringfence[data]'", extra="data"
                    )
                    continue
                try:
                    member = archive.open(info)
                except Exception as error:  # noqa: BLE001 - two modules have an error of their own for it
                    yield UnreadPart(f"{name}: {format_read_error(error)}")
                    continue
                with member:
                    yield Member(name, build_limited_stream(_iter_blocks(member), budget), path)
            hidden = _count_hidden_entries(file, infos, archive.start_dir)
        if hidden:
            yield UnreadPart(f"it has {hidden} entries that its directory doesn't list")


def _open_zip(file: IO[bytes]) -> Any:
    """Open a zip file; before Python 3.14 members packed with zstd (as of Inspect's logs) need a module of its own."""
    archive = zipfile.ZipFile(file)
    if sys.version_info < (3, 14) and any(info.compress_type == _ZSTD for info in archive.infolist()):
        try:
            from backports.zstd import zipfile as newer
        except ImportError:
            return archive
        archive.close()
        file.seek(0)
        return newer.ZipFile(file)
    return archive


def decode_tar(stream: Stream, budget: Budget) -> Iterator[Member]:
    """Yield the members of a tar file in order; the stream is read once."""
    blocks = Blocks(stream)
    while member := read_plain_member(blocks):
        budget.count_member()
        chunks = blocks.iter_data(member.size if member.is_file else 0)
        if member.is_file:
            path = member.path.decode("utf-8", "surrogateescape")
            yield Member(sanitise_text(path)[:_MAX_NAME], build_limited_stream(chunks, budget), member.path)
        for _ in chunks:  # what was not read of it
            pass
        if blocks.is_cut:
            raise tarfile.ReadError(CUT)
    yield from _decode_by_tarfile(blocks, budget)


def _decode_by_tarfile(blocks: Blocks, budget: Budget) -> Iterator[Member]:
    """Yield the members from the first on that isn't plain."""
    if not (begin := blocks.read(1)):
        return
    blocks.give_back(begin)
    with tarfile.open(fileobj=blocks, mode="r|", bufsize=_TAR_BUFFER, tarinfo=_Header, ignore_zeros=True) as archive:  # type: ignore[call-overload]  # only `read` is called
        while info := archive.next():
            budget.count_member()
            archive.members.clear()  # tarfile would keep all of them in memory
            # What tarfile doesn't know is a file to every tar.
            is_file = info.isreg() or info.type not in tarfile.SUPPORTED_TYPES
            name, path = sanitise_text(info.name)[:_MAX_NAME], info.name.encode("utf-8", "surrogateescape")
            file = archive.extractfile(info) if is_file else None
            if file or info.issym() or info.islnk():
                stream = build_limited_stream(_iter_blocks(file), budget) if file else Stream(())
                yield Member(name, stream, path)


class _Header(tarfile.TarInfo):
    """A tar header of bounded size that raises an error when it is damaged."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """Parse a header."""
        return _check_header(buf, lambda: super(_Header, cls).frombuf(buf, encoding, errors))

    @classmethod
    def _frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str, **options: bool) -> Self:
        """Parse a header for a newer tarfile, such as Debian 12's, which doesn't call `frombuf` any more."""
        newer: Callable[..., Self] = super()._frombuf  # type: ignore[misc]  # the stubs know only the older one
        return _check_header(buf, lambda: newer(buf, encoding, errors, **options))


def _check_header(block: bytes | bytearray, parse: Callable[[], T]) -> T:
    """Return a parsed header; tarfile itself treats a damaged one as the end, or skips it.

    Raises:
        UnreadableError: It is damaged, or too large to buffer.
    """
    try:
        header = parse()
    except tarfile.HeaderError as error:
        if not bytes(block).strip(b"\0"):
            raise  # the end, or the end of the first of several concatenated files
        raise UnreadableError(f"damaged ({error})") from None
    if header.type in _BUFFERED_TYPES and header.size > _MAX_HEADER:
        raise UnreadableError(f"damaged (a header of {header.size} bytes)")
    return header


def _check_directory_size(file: IO[bytes], budget: Budget) -> None:
    """Check the size of a zip's directory, which zipfile reads into memory as a whole.

    Raises:
        UnreadableError: The directory is larger than the allowed number of members could need.
    """
    end = zipfile._EndRecData(file)  # type: ignore[attr-defined]  # noqa: SLF001 - what ZipFile itself reads first
    if end and end[zipfile._ECD_SIZE] > _MIN_ENTRY * 8 * budget.limits.members:  # type: ignore[attr-defined]  # noqa: SLF001 - as above
        raise UnreadableError(f"it has more than {budget.limits.members} members (limits.members)")


def _count_hidden_entries(file: IO[bytes], infos: list[zipfile.ZipInfo], directory: int) -> int:
    """Return how many entries before the directory aren't in it; programs that read a stream unpack them."""
    gaps, end = [], 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset > end:
            gaps.append((end, info.header_offset))
        file.seek(info.header_offset + _ENTRY_LENGTHS)
        lengths = file.read(4)
        names = int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
        end = max(end, info.header_offset + _ENTRY_HEADER + names + info.compress_size)
    gaps.append((end, directory))
    count = 0
    for first, last in gaps:
        overlap, at = b"", first
        file.seek(first)
        while at < last and (block := file.read(min(CHUNK, last - at))):
            data = overlap + block
            count += sum(begins_zip(data[start:]) for start in _find_all(data, _ENTRY_MAGIC))
            at += len(block)
            overlap = data[-_ENTRY_HEADER:] if at < last else b""
    return count


def _find_all(data: bytes, magic: bytes) -> Iterator[int]:
    start = data.find(magic)
    while start >= 0:
        yield start
        start = data.find(magic, start + 1)


def _iter_blocks(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(CHUNK):
        yield block
