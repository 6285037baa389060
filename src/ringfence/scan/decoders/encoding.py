"""Text that isn't UTF-8, in UTF-8: an ASCII marker is invisible to a byte scanner when every other byte is zero."""

from __future__ import annotations

BOMS = (
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_PROBE = 4096
_MOSTLY = 0.4  # of every second byte


def detect_encoding(head: bytes) -> str:
    """Return the encoding of wide text by its byte order mark, or by where its zero bytes are; "" for anything else."""
    for bom, name in BOMS:
        if head.startswith(bom):
            return name
    probe = head[:_PROBE]
    if b"\0" not in probe:
        return ""
    wide = len(probe) // 4 or 1
    if (
        probe[2::4].count(0) > _MOSTLY * wide
        and probe[0::4].count(0) < wide / 2
        and probe[1::4].count(0) > _MOSTLY * wide
    ):
        return "utf-32-le"
    half = len(probe) // 2 or 1
    if probe[1::2].count(0) > _MOSTLY * half > probe[0::2].count(0):
        return "utf-16-le"
    if probe[0::2].count(0) > _MOSTLY * half > probe[1::2].count(0):
        return "utf-16-be"
    return ""


def recode_to_utf8(window: bytes, wide: str) -> bytes:
    """Return a window of wide text as UTF-8, without its mark; windows begin at multiples of four bytes."""
    return window.decode(wide, "replace").removeprefix("\ufeff").encode() if wide else window
