"""Recognises compressed formats whose first bytes are no proof: by unpacking a little."""

from __future__ import annotations

_TRIAL = 256  # bytes unpacked
_MIN_ZLIB, _MIN_LZMA = 8, 18  # bytes of the shortest stream
_DEFLATE, _MAX_WINDOW, _CHECK = 8, 7, 31  # RFC 1950, 2.2
_MAX_PROPERTIES, _MAX_DICTIONARY, _MAX_SIZE = 225, 1 << 30, 1 << 40  # of the header of lzma-alone
_MEMORY = 64 << 20


def begins_zlib(head: bytes) -> bool:
    """Return whether a zlib stream begins here, such as a loose object of git."""
    if len(head) < _MIN_ZLIB or head[0] & 15 != _DEFLATE or head[0] >> 4 > _MAX_WINDOW:
        return False
    if (head[0] << 8 | head[1]) % _CHECK or head[1] & 32:  # a dictionary that we don't have
        return False
    import zlib

    try:
        return bool(zlib.decompressobj().decompress(head, _TRIAL))
    except zlib.error:
        return False


def begins_lzma(head: bytes) -> bool:
    """Return whether an lzma-alone stream begins here."""
    size = int.from_bytes(head[5:13], "little")
    dictionary = int.from_bytes(head[1:5], "little")
    if len(head) < _MIN_LZMA or head[0] >= _MAX_PROPERTIES or head[13] or not _is_round(dictionary):
        return False
    if dictionary > _MAX_DICTIONARY or (size > _MAX_SIZE and size != (1 << 64) - 1):
        return False
    import lzma

    try:
        unpacker = lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=_MEMORY)
        return bool(unpacker.decompress(head, _TRIAL))
    except lzma.LZMAError:
        return False


def _is_round(size: int) -> bool:
    """Return whether a number is a power of two, or three of them."""
    size = size // 3 if size and not size % 3 else size
    return size > 0 and not size & size - 1
