"""Compressed streams: gzip, bzip2, xz, zstd; a file may hold several streams in a row."""

from __future__ import annotations

import sys

from .base import CHUNK, Member, UnreadableError, build_limited_stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from .base import Budget, Stream

_READ_SIZE = 1 << 18  # packed bytes read at once
_MAX_MEMORY = 128 << 20  # bytes for the dictionary of xz; zstd's own limit is the same


def decode_gzip(stream: Stream, budget: Budget) -> Iterator[Member]:
    """Unpack gzip."""
    yield _build_member(stream, budget, _GzipDecompressor)


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


def _build_member(stream: Stream, budget: Budget, create: Callable[[], Any]) -> Member:
    return Member("", build_limited_stream(_decompress_chunks(stream, create), budget))


def _decompress_chunks(stream: Stream, create: Callable[[], Any]) -> Iterator[bytes]:
    data = stream.read(_READ_SIZE)
    while data:
        unpacker = create()
        yield unpacker.decompress(data, CHUNK)
        while not unpacker.eof:
            data = stream.read(_READ_SIZE) if unpacker.needs_input else b""
            if unpacker.needs_input and not data:
                raise UnreadableError(stream.failed or "damaged (truncated)")
            yield unpacker.decompress(data, CHUNK)
        data = unpacker.unused_data.lstrip(b"\0") or stream.read(_READ_SIZE).lstrip(b"\0")  # padding is allowed


class _GzipDecompressor:
    """zlib's decompressor with the interface of the others; ISA-L's, if it is installed, is twice as fast."""

    def __init__(self) -> None:
        self._zlib = _load_zlib().decompressobj(31)  # gzip's header and checksum

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
