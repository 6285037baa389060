r"""Decodes escapes in lines of messages, and those of ASCII in files: JSON's `\u`, percent encoding, HTML entities."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re


def unescape_line(text: str) -> str:
    """Return a line of a message with all escapes decoded; escaped line ends make it several lines."""
    if "\\" in text or "%" in text or "=" in text:
        from .unescape import unescape

        text = unescape(text.encode("utf-8", "replace")).text.decode("utf-8", "replace").replace("\r", "")
    if "&" in text:
        from html import unescape as unescape_html

        text = unescape_html(unescape_html(text))  # twice, since a forge may have escaped it again
    return text


def unescape_ascii(data: bytes) -> bytes:
    r"""Return a file's bytes with escaped printable ASCII decoded; the number of lines doesn't change.

    Quotes and backslashes stay escaped, so that a field of JSON remains one field.
    """
    import re

    for start, pattern in ((b"\\u00", rb"\\u00([0-9a-fA-F]{2})"), (b"%", rb"%([0-9a-fA-F]{2})")):
        if start in data:
            data = re.sub(pattern, _decode_ascii_byte, data)
    if b"&" in data:
        data = re.sub(rb"&(?:(lt|gt|amp)|#(\d{2,3})|#x([0-9a-f]{2}));", _decode_ascii_entity, data, flags=re.IGNORECASE)
    return data


_NAMED = {b"lt": b"<", b"gt": b">", b"amp": b"&"}
_PLAIN = {number: bytes([number]) for number in range(ord(" "), 127) if chr(number) not in '"\\'}
_PLAIN_BYTES = {
    digits.encode(): byte for number, byte in _PLAIN.items() for digits in (f"{number:02x}", f"{number:02X}")
}


def _decode_ascii_byte(found: re.Match[bytes]) -> bytes:
    return _PLAIN_BYTES.get(found[1], found[0])


def _decode_ascii_entity(found: re.Match[bytes]) -> bytes:
    name, decimal, hexadecimal = found.groups()
    if name:
        return _NAMED[name.lower()]
    return _PLAIN.get(int(decimal) if decimal else int(hexadecimal, 16), found[0])
