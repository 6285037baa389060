r"""Unescapes text as JSON, C, Python, HTML, URLs, mail and RTF write it, and knows where each byte came from."""

from __future__ import annotations

import re
from bisect import bisect_right
from html.entities import html5

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_LAYERS = 3  # of different kinds, such as JSON inside a URL; of one kind, all at once
_ESCAPE = re.compile(
    rb"""
    (?<!\\)\\++(?:  # a run of backslashes is tried once, from its beginning: else the time is quadratic
        (?-i:U)(?P<long>[0-9a-f]{8})
      | u(?P<high>d[89ab][0-9a-f]{2})\\++u(?P<low>d[c-f][0-9a-f]{2})
      | u(?:\{(?P<braced>[0-9a-f]{1,6})\}|(?P<code>[0-9a-f]{4}))
      | x(?:\{(?P<xbraced>[0-9a-f]{1,6})\}|(?P<byte>[0-9a-f]{2})) | '(?P<rtf>[0-9a-f]{2})
      | (?P<octal>[0-7]{2,3}) | (?P<simple>[nrtbfva"'/]) )
  | %(?:25)*(?P<percent>[0-9a-f]{2})
  | &(?:amp;)*(?:\#0*(?P<decimal>[0-9]{1,7});? | \#x0*(?P<hex>[0-9a-f]{1,6});? | (?P<name>[a-z][a-z0-9]{1,31});)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MAIL = re.compile(rb"=\r?\n|=[0-9A-F]{2}(?:(?:=\r?\n)*=[0-9A-F]{2})*")  # a line may end between bytes of a letter
_DECLARED_MAIL = re.compile(rb"=[ \t]*\r?\n|=[0-9A-Fa-f]{2}")
_IS_DECLARED = re.compile(rb"quoted-printable", re.IGNORECASE)
# RTF: signs by number (with what older programs show instead), signs by name, ends of lines, and what only formats.
_RTF_BEGIN = re.compile(rb"\{\\++rtf[01]")
_RTF = re.compile(
    rb"""
    (?<!\\)\\++(?:
        u(?P<code>-?[0-9]{1,6})\x20?(?:\\++'[0-9a-f]{2} | [^\\{}])?
      | '(?P<byte>[0-9a-f]{2})
      | (?P<word>[a-z]{1,32})-?[0-9]{0,10}\x20?
      | (?P<sign>[{}~_*-]) )
  | [{}\r\n]
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SURROGATES = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_RTF_WORDS = {
    b"lquote": "\u2018", b"rquote": "\u2019", b"ldblquote": "\u201c", b"rdblquote": "\u201d", b"endash": "\u2013",
    b"emdash": "\u2014", b"bullet": "\u2022", b"tab": "\t", b"cell": "\t",
}  # fmt: skip
_RTF_ENDS = (b"par", b"pard", b"line", b"row", b"sect", b"page", b"column", b"fonttbl", b"colortbl", b"stylesheet")
_RTF_SIGNS = {b"~": b" ", b"_": b"-", b"{": b"{", b"}": b"}"}
_SIMPLE = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"v": b"\v", b"a": b"\a"}
_MAX_CODE = 0x10FFFF
_decoded: dict[bytes, bytes | None] = {}  # a text has few different escapes, thousands of times
_MAX_DECODED = 4096


class Unescaped:
    """Unescaped text.

    Attributes:
        text: The bytes, UTF-8 where they were escaped code points.
    """

    def __init__(self, data: bytes) -> None:
        self.text = data
        self._layers: list[tuple[list[int], list[int]]] = []  # for each: offsets in the text, and in the one before

    def replace(self, pattern: re.Pattern[bytes], decode: Callable[[re.Match[bytes]], bytes | None]) -> bool:
        """Replace matches by what `decode` returns for them (None: leave it), and return whether there were any."""
        parts: list[bytes] = []
        offsets, origins = [0], [0]
        done = length = 0
        for match in pattern.finditer(self.text):
            new = decode(match)
            if new is None:
                continue
            parts += (self.text[done : match.start()], new)
            length += match.start() - done + len(new)
            done = match.end()
            offsets += (length - len(new), length)
            origins += (match.start(), done)
        if len(offsets) > 1:
            self.text = b"".join((*parts, self.text[done:]))
            self._layers.append((offsets, origins))
        return len(offsets) > 1

    def break_strings(self) -> Unescaped:
        """Return the text with quotes as line ends, so that a line begins where a string of JSON does."""
        broken = Unescaped(self.text.replace(b'"', b"\n"))
        broken._layers = self._layers  # no byte has moved
        return broken

    def find_origin(self, offset: int) -> int:
        """Return where the byte at an offset of the text was in the data; where its escape began, if it had one."""
        for offsets, origins in reversed(self._layers):
            at = bisect_right(offsets, offset) - 1
            # Offsets come in pairs, the beginning of a decoded character and its end.
            offset = origins[at] if at % 2 else origins[at] + offset - offsets[at]
        return offset


def unescape(data: bytes) -> Unescaped:
    """Return text with all escapes decoded."""
    found = Unescaped(data)
    for _ in range(_MAX_LAYERS):
        if not found.replace(_ESCAPE, _decode):
            break
    if _IS_DECLARED.search(data):
        found.replace(_DECLARED_MAIL, _decode_declared_mail)
    else:
        found.replace(_MAIL, _decode_mail)
    return found


def has_rtf(data: bytes) -> bool:
    """Return whether RTF begins somewhere in a text."""
    return b"rtf" in data and bool(_RTF_BEGIN.search(data))


def unescape_rtf(data: bytes) -> Unescaped:
    """Return what a reader of RTF shows, then unescaped as other text is."""
    found = Unescaped(data)
    found.replace(_RTF, _decode_rtf)
    found.replace(_SURROGATES, _join_surrogates)
    found.replace(_ESCAPE, _decode)
    return found


def _join_surrogates(match: re.Match[bytes]) -> bytes:
    return match[0].decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16").encode()


def _decode_rtf(match: re.Match[bytes]) -> bytes:
    kind = match.lastgroup or ""
    text = match[kind] if kind else b""
    if kind == "code":
        code = int(text) % (1 << 16) if int(text) < 0 else int(text)
        return chr(code).encode("utf-8", "surrogatepass") if code <= _MAX_CODE else b""
    if kind == "byte":
        return bytes.fromhex(text.decode()).decode("cp1252", "replace").encode()
    if kind == "word":
        word = text.lower()
        return b"\n" if word in _RTF_ENDS else _RTF_WORDS.get(word, "").encode()
    return _RTF_SIGNS.get(text, b"")


def _decode_mail(match: re.Match[bytes]) -> bytes | None:
    """Decode what may be quoted-printable: a soft line end, or several bytes; one alone is more often an assignment."""
    codes = re.sub(rb"[=\r\n]", b"", match[0])
    if codes and len(codes) == 2:  # noqa: PLR2004 - digits of a byte
        return bytes.fromhex(codes.decode()) if codes[:1] in b"23" else None
    return bytes.fromhex(codes.decode())


def _decode_declared_mail(match: re.Match[bytes]) -> bytes:
    """Decode a soft line end or a byte of a text that says it is quoted-printable."""
    return bytes.fromhex(match[0][1:].strip().decode())


def _decode(match: re.Match[bytes]) -> bytes | None:
    text = match[0]
    if text not in _decoded:
        if len(_decoded) >= _MAX_DECODED:
            return _decode_escape(match)
        _decoded[text] = _decode_escape(match)
    return _decoded[text]


def _decode_escape(match: re.Match[bytes]) -> bytes | None:
    kind = match.lastgroup or ""
    text = match[kind]
    if kind == "low":
        units = bytes.fromhex((match["high"] + text).decode())
        return units.decode("utf-16-be").encode()
    if kind in ("byte", "percent", "rtf"):
        return bytes.fromhex(text.decode())
    if kind == "octal":
        return bytes([int(text, 8) & 0xFF])
    if kind == "simple":
        return _SIMPLE.get(text.lower(), text)
    if kind == "name":
        char = html5.get(f"{text.decode()};")
        return char.encode() if char else None
    code = int(text, 10 if kind == "decimal" else 16)
    return chr(code).encode("utf-8", "replace") if code <= _MAX_CODE else None
