"""Leaves the bytes of signatures out of texts of commits and tags: in thousands of them any short name turns up."""

from __future__ import annotations

from binascii import Error, a2b_base64

_BEGIN, _END = b"-----BEGIN ", b"-----END "
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_SHORTEST = 24  # characters of base64 that could encode a mark


def drop_signature_bytes(text: bytes) -> bytes:
    """Return a text without the base64 of signatures in it; their lines are empty then, and all others as they were.

    What stands in a signature as a text, or is the base64 of one, stays: that is no signature.
    """
    lines, block, is_inside = text.split(b"\n"), range(0), False
    for number, line in enumerate([*lines, _END]):
        if is_inside and line and not line.translate(None, _BASE64):
            block = range(block.start if block else number, number + 1)
            continue
        if block and not _encodes_text([lines[index] for index in block]):
            for index in block:
                lines[index] = b""
        block, is_inside = range(0), line.startswith(_BEGIN) or (is_inside and not line.startswith(_END))
    return b"\n".join(lines)


def _encodes_text(lines: list[bytes]) -> bool:
    """Return whether lines of base64, one of them or all together, are those of a text."""
    return any(len(line) >= _SHORTEST and _is_text(line) for line in (*lines, b"".join(lines)))


def _is_text(encoded: bytes) -> bool:
    try:
        text = a2b_base64(encoded + b"==").decode()
    except (Error, UnicodeError):
        return False
    return text.translate({9: None, 10: None, 13: None}).isprintable()
