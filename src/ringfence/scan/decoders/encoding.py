"""Recodes UTF-16 and UTF-32 to UTF-8: a byte scanner can't match ASCII in text where every other byte is zero."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

BOMS = (
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# What a binary content holds that has wide text somewhere, for the prefilter: four characters. Scanning for them costs
# five times what scanning for all markers does, so it is done where one character between two zeros is found first; as
# alternatives and not as a class, which Hyperscan doesn't skip to.
WIDE_RUNS = (r"(?:[\t\n\r -~]\x00){4}", r"(?:\x00[\t\n\r -~]){4}", r"(?:[\t\n\r -~]\x00{3}){4}")
WIDE_CHARACTER = "|".join(rf"\x00\x{code:02x}\x00" for code in (*b"\t\n\r", *range(0x20, 0x7F)))
_PROBE = 4096
_MIN_ZEROS = 0.4  # share of zeros among every second byte
_UTF16, _UTF32 = 2, 4  # bytes of a character of ASCII
_PLAIN = b"\t\n\r" + bytes(range(0x20, 0x7F))
_CLASSES = bytes(b"P"[0] if byte in _PLAIN else b"x0"[byte == 0] for byte in range(256))
_FOUR = {_UTF16: b"P0P0P0P", _UTF32: b"P000P000P000P"}  # four characters in either byte order
_RUN = {_UTF16: rb"(?:P0)*P", _UTF32: rb"(?:P000)*P"}
# Characters that aren't ASCII, as in a quotation, between two parts of one run; tables of numbers look like UTF-32.
_MAX_GAP = {_UTF16: 128, _UTF32: 16}
_FRONT = 8  # characters before a run that may belong to it
_FRONT_AFTER = 256  # characters behind its beginning that are read with them
_MISALIGNED = b"\0" * 6  # where the low bytes of characters should be


def detect_encoding(head: bytes) -> str:
    """Return utf-16-le, utf-16-be, utf-32-le or utf-32-be, by byte order mark or by the zero bytes; "" for the rest."""
    for bom, name in BOMS:
        if head.startswith(bom):
            return name
    probe = head[:_PROBE]
    name = _guess_encoding(probe) if b"\0" in probe else ""
    return name if name and _is_text(decode_wide(probe, name)) else ""


def _is_text(text: str) -> bool:
    """Return whether characters are mostly those of text; tables of numbers have as many zeros."""
    return 2 * sum(char.isprintable() or char in "\t\r\n" for char in text.replace("\ufffd", "\0")) >= len(text)


def _guess_encoding(probe: bytes) -> str:
    """Return what the zero bytes of a beginning look like."""
    wide = len(probe) // 4 or 1
    zeros = [probe[at::4].count(0) for at in range(4)]
    if zeros[2] > _MIN_ZEROS * wide and zeros[1] > _MIN_ZEROS * wide:
        if zeros[0] < wide / 2 and zeros[3] > _MIN_ZEROS * wide:
            return "utf-32-le"
        if zeros[3] < wide / 2 and zeros[0] > _MIN_ZEROS * wide:
            return "utf-32-be"
    half = len(probe) // 2 or 1
    if probe[1::2].count(0) > _MIN_ZEROS * half > probe[0::2].count(0):
        return "utf-16-le"
    if probe[0::2].count(0) > _MIN_ZEROS * half > probe[1::2].count(0):
        return "utf-16-be"
    return ""


def has_mark(head: bytes) -> bool:
    """Return whether a content begins with a byte order mark."""
    return head.startswith(tuple(bom for bom, _ in BOMS))


def recode_to_utf8(window: bytes, encoding: str) -> bytes:
    """Return a window as UTF-8 without a byte order mark, or unchanged for encoding "".

    A window has to begin at a multiple of four bytes.
    """
    return decode_wide(window, encoding).removeprefix("\ufeff").encode("utf-8", "replace") if encoding else window


def decode_wide(data: bytes, encoding: str) -> str:
    """Return wide text; a character is replaced if it is invalid, half a pair or half a character at the end kept."""
    data = data[: len(data) // get_width(encoding) * get_width(encoding)]
    try:
        return data.decode(encoding, "surrogatepass")
    except UnicodeDecodeError:
        return data.decode(encoding, "replace")


def find_low_byte(encoding: str) -> int:
    """Return the place of the low byte of a character; of ASCII it is the only one that isn't zero."""
    return get_width(encoding) - 1 if encoding.endswith("be") else 0


def swap_order(encoding: str) -> str:
    """Return the encoding with the other byte order."""
    return encoding[:-2] + ("le" if encoding.endswith("be") else "be")


def iter_wide_runs(window: bytes, wide: str, *, is_ascii: bool = False) -> Iterator[tuple[int, str, str]]:
    """Yield runs of wide text at any offset as (offset, text, encoding), in both byte orders where they differ.

    In a window that is `wide` itself, a run is one that is out of step with it; there is none if all of it `is_ascii`.
    """
    if b"\0" not in window:
        return
    if is_ascii or (wide and _MISALIGNED not in window[find_low_byte(wide) :: get_width(wide)]):
        window = window[:_PROBE]  # what it begins with may be no text
    classes = window.translate(_CLASSES)
    for width in (_UTF16, _UTF32):
        for start, end in _find_runs(classes, width):
            yield from _decode_run(window, start, end, width)


def _find_runs(classes: bytes, width: int) -> Iterator[tuple[int, int]]:
    """Yield (first, last + 1) of runs of ASCII and what lies between close ones that are in step."""
    import re

    pattern = re.compile(_RUN[width])
    run: tuple[int, int] | None = None
    start = classes.find(_FOUR[width])
    while start >= 0:
        match = pattern.match(classes, start)
        end = match.end() if match else start + 1
        if run and start - run[1] <= _MAX_GAP[width] * width and not (start - run[0]) % width:
            run = run[0], end
        else:
            if run:
                yield run
            run = start, end
        start = classes.find(_FOUR[width], end)
    if run:
        yield run


def _decode_run(window: bytes, start: int, end: int, width: int) -> Iterator[tuple[int, str, str]]:
    """Yield a run, and its beginning once more with what precedes it, since that may be a quotation mark or a sign."""
    for order in ("le", "be"):
        name = f"utf-{8 * width}-{order}"
        first = start - find_low_byte(name)  # negative: half a character
        if order == "be":  # the byte before a run may look like its first character in the other order
            yield first + width, decode_wide(window[first + width : first + _FRONT_AFTER * width], name), name
        begin = first + width * (first < 0)
        end += (begin - end) % width
        text = decode_wide(window[begin:end], name) + _decode_valid(window[end : end + _MAX_GAP[width] * width], name)
        if order == "be" and text.isascii():
            continue  # the other order has it
        yield begin, text, name
        front = text[: _FRONT_AFTER + (begin - first) // width]
        for at in range(first - width, max(first - (_FRONT + 1) * width, -1), -width):
            char = _decode_valid(window[at : at + width], name)
            if not char or (char.isascii() and not char.isprintable()):
                break
            front = char + front
            yield at, front, name


def _decode_valid(data: bytes, name: str) -> str:
    """Return wide text as far as it is valid; to replace what isn't is slow in UTF-32."""
    data = data[: len(data) // get_width(name) * get_width(name)]
    try:
        return data.decode(name, "surrogatepass")
    except UnicodeDecodeError as error:
        return data[: error.start].decode(name, "surrogatepass")


def get_width(encoding: str) -> int:
    """Return the bytes of a character of ASCII."""
    return _UTF32 if "32" in encoding else _UTF16
