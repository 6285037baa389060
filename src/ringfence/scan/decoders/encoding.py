"""Recodes UTF-16 and UTF-32 to UTF-8: a byte scanner can't match ASCII in text where every other byte is zero."""

from __future__ import annotations

BOMS = (
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_PROBE = 4096
_MIN_ZEROS = 0.4  # share of zeros among every second byte


def detect_encoding(head: bytes) -> str:
    """Return utf-16-le, utf-16-be, utf-32-le or utf-32-be, by byte order mark or by the zero bytes; "" for the rest."""
    for bom, name in BOMS:
        if head.startswith(bom):
            return name
    probe = head[:_PROBE]
    if b"\0" not in probe:
        return ""
    wide = len(probe) // 4 or 1
    if (
        probe[2::4].count(0) > _MIN_ZEROS * wide
        and probe[0::4].count(0) < wide / 2
        and probe[1::4].count(0) > _MIN_ZEROS * wide
    ):
        return "utf-32-le"
    half = len(probe) // 2 or 1
    if probe[1::2].count(0) > _MIN_ZEROS * half > probe[0::2].count(0):
        return "utf-16-le"
    if probe[0::2].count(0) > _MIN_ZEROS * half > probe[1::2].count(0):
        return "utf-16-be"
    return ""


def recode_to_utf8(window: bytes, encoding: str) -> bytes:
    """Return a window as UTF-8 without a byte order mark, or unchanged for encoding "".

    A window has to begin at a multiple of four bytes.
    """
    return window.decode(encoding, "replace").removeprefix("\ufeff").encode() if encoding else window
