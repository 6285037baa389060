r"""Decodes escapes in text: JSON's `\u`, percent encoding, HTML entities."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

# The escapes that `unescape_ascii` decodes, for the scanner: most files have none, and it is faster than `in`.
EXPRESSIONS = (r"\\u00[2-7][0-9a-f]", r"%[2-7][0-9a-f]", r"&(lt|gt|amp|#x?[0-9a-f]{2,3});")


def unescape_line(text: str) -> str:
    """Return a line of a message with all escapes decoded; escaped line ends make it several lines."""
    if "\\" in text:
        text = text.replace("\\r", "").replace("\\n", "\n").replace("\\t", "\t")
        text = _unescape_code_points(text) if "\\u" in text or "\\x" in text else text
    if "%" in text:
        import re

        data = re.sub(rb"%([0-9a-fA-F]{2})", _decode_percent, text.encode("utf-8", "replace"))
        text = data.decode("utf-8", "replace")
    if "&" in text:
        from html import unescape

        text = unescape(unescape(text))  # twice, since a forge may have escaped it again
    return text


def _unescape_code_points(text: str) -> str:
    import re

    def decode_char(found: re.Match[str]) -> str:
        number = int(found[1] or found[2] or found[3], 16)
        return chr(number) if number <= 0x10FFFF else found[0]  # noqa: PLR2004 - Unicode's last

    text = re.sub(r"\\(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2}))", decode_char, text)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")  # joins JSON's surrogate pairs


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


def _decode_percent(found: re.Match[bytes]) -> bytes:
    return bytes.fromhex(found[1].decode())


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
