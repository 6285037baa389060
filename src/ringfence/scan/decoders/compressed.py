"""Compressed streams: gzip, bzip2, xz, lzma, zstd, zlib; a file may hold several streams in a row."""

from __future__ import annotations

import sys

from .base import CHUNK, Member, Stream, UnreadableError, build_limited_stream
from .formats import detect_format

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from .base import Budget

_READ_SIZE = 1 << 18  # packed bytes read at once
_GZIP_HEADER, _ZLIB_HEADER = 31, 15  # zlib's names for header and checksum
_INVENTORY_LINES = 4
_MAX_MEMORY = 128 << 20  # bytes for the dictionary of xz; zstd's own limit is the same


def decode_gzip(stream: Stream, budget: Budget) -> Iterator[Member]:
    """Unpack gzip."""
    yield _build_member(stream, budget, lambda: _ZlibDecompressor(_GZIP_HEADER))


def decode_bzip2(stream: Stream, budget: Budget) -> Iterator[Member]:
    """Unpack bzip2."""
    from bz2 import BZ2Decompressor

    yield _build_member(stream, budget, BZ2Decompressor)


def decode_xz(stream: Stream, budget: Budget) -> Iterator[Member]:
    """Unpack xz."""
    import lzma

    yield _build_member(stream, budget, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MAX_MEMORY))


def decode_zstd(stream: Stream, budget: Budget) -> Iterator[Member]:
    """Unpack zstd."""
    if sys.version_info >= (3, 14):
        from compression.zstd import ZstdDecompressor
    else:
        from backports.zstd import ZstdDecompressor

    yield _build_member(stream, budget, ZstdDecompressor)


def decode_lzma(stream: Stream, budget: Budget) -> Iterator[Member]:
    """Unpack lzma-alone, the format before xz."""
    import lzma

    yield _build_member(stream, budget, lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=_MAX_MEMORY))


def decode_zlib(stream: Stream, budget: Budget) -> Iterator[Member]:
    """Unpack zlib."""
    yield _build_member(stream, budget, lambda: _ZlibDecompressor(_ZLIB_HEADER))


def decode_inventory(stream: Stream, budget: Budget) -> Iterator[Member]:
    """Unpack what follows the four lines of text that an inventory of Sphinx begins with."""
    head = stream.peek_head()
    stream.read(len(head) - len(head.split(b"\n", _INVENTORY_LINES)[-1]))
    yield _build_member(stream, budget, lambda: _ZlibDecompressor(_ZLIB_HEADER))


def _build_member(stream: Stream, budget: Budget, create: Callable[[], Any]) -> Member:
    return Member("", build_limited_stream(_decompress_chunks(stream, create), budget))


def unpack_embedded(stream: Stream, budget: Budget) -> Stream | None:
    """Return what a compressed stream that begins here unpacks to, whatever follows it; None if there is none."""
    form = detect_format(stream.peek_head())
    if not form or form.name not in ("gzip", "bzip2", "xz", "zstd"):
        return None
    try:
        member = next(iter(form.load_decoder()(_Embedded(stream), budget)))
    except ImportError:
        return None
    return member.stream if isinstance(member, Member) else None


class _Embedded(Stream):
    """A compressed stream with other bytes behind it."""

    def __init__(self, stream: Stream) -> None:
        super().__init__(iter(stream.read, b""))


def _decompress_chunks(stream: Stream, create: Callable[[], Any]) -> Iterator[bytes]:
    data = stream.read(_READ_SIZE)
    begin = data[:2] if isinstance(stream, _Embedded) else b""
    while data.startswith(begin):
        unpacker = create()
        yield unpacker.decompress(data, CHUNK)
        while not unpacker.eof:
            data = stream.read(_READ_SIZE) if unpacker.needs_input else b""
            if unpacker.needs_input and not data:
                raise UnreadableError(stream.failed or "damaged (truncated)")
            yield unpacker.decompress(data, CHUNK)
        data = unpacker.unused_data.lstrip(b"\0") or stream.read(_READ_SIZE).lstrip(b"\0")  # padding is allowed
        if not data:
            return


class _ZlibDecompressor:
    """zlib's decompressor with the interface of the others; ISA-L's, if it is installed, is twice as fast."""

    def __init__(self, header: int) -> None:
        self._zlib = _load_zlib().decompressobj(header)

    @property
    def eof(self) -> bool:
        return bool(self._zlib.eof)

    @property
    def needs_input(self) -> bool:
        return not self._zlib.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return bytes(self._zlib.unused_data)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        output: bytes = self._zlib.decompress(self._zlib.unconsumed_tail or data, max_length)
        return output


def _load_zlib() -> Any:
    try:
        from isal import isal_zlib
    except ImportError:
        import zlib

        return zlib
    return isal_zlib
