r"""Normalises messages and names to what a person reads, so that a disguised mark is found.

Text is scanned raw *and* in this form: NFKD (full-width and mathematical letters), without accents and invisible
characters, with look-alike letters of other scripts mapped to Latin ones, escapes and base64 decoded, folded lines
joined. All of it takes linear time.
"""

from __future__ import annotations

from itertools import groupby

from .escapes import unescape_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Line = tuple[int, str]  # number from 1, text

_NOT_LINEAR = ("punycode", "idna")  # encodings that Python doesn't decode in linear time
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_="
_SHORTEST = 24  # characters of base64 that could encode a mark
_MAIL_CODES = (b"=\n", b"=2", b"=3", b"=4", b"=5", b"=6", b"=7", b"=C", b"=E", b"=F")  # of quoted-printable letters
_SPECIAL = b"\\&%\r\0\x1b"  # bytes that normalising may change


def normalise_line(text: str) -> str:
    """Return a line of text with look-alike letters as Latin ones and without accents and invisible characters."""
    if text.isprintable() and text.isascii():
        return text
    from unicodedata import category, normalize

    from .confusables import TABLE

    return "".join(_normalise_char(char, category(char)) for char in normalize("NFKD", text).translate(TABLE))


def _normalise_char(char: str, category: str) -> str:
    """Return a character as shown: blanks as a space, invisible ones as ""."""
    if char == "\t":
        return char
    return " " if category == "Zs" else "" if category in ("Cf", "Mn", "Me", "Cc", "Zl", "Zp") else char


def normalise_message(text: str) -> list[Line]:
    """Return a message's lines normalised, then further readings.

    Those are folded lines joined, base64 decoded, bidi applied, and the line ends of mail taken out. Each line is (its
    number in the message from 1, text); a further reading has the number of its first line.
    """
    plain: list[Line] = []
    reordered: list[Line] = []
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        for part in unescape_line(line).split("\n"):
            plain.append((number, normalise_line(part)))
            if "\u202e" in part:
                reordered.append((number, normalise_line(_apply_bidi_override(part))))
    further = [*_join_folded_lines(plain), *_decode_base64_lines(plain), *reordered]
    # Quoted-printable mail breaks lines by `=`; they are numbered as the text without these breaks.
    return plain + further + (normalise_message(text.replace("=\n", "")) if "=\n" in text else [])


def _join_folded_lines(plain: list[Line]) -> Iterator[Line]:
    """Yield each line that is followed by indented lines, joined with them, as git reads a folded trailer."""
    number, joined = 0, [""]
    for current, line in [*plain, (0, "")]:
        if line[:1] in (" ", "\t") and line.strip() and joined[0].strip():
            joined.append(line.strip())
            continue
        if len(joined) > 1:
            yield number, " ".join(joined)
        number, joined = current, [line]


def _decode_base64_lines(plain: Iterable[Line]) -> Iterator[Line]:
    """Yield lines of base64 decoded, each alone, and those that follow each other also joined."""
    for is_encoded, group in groupby(plain, lambda line: _is_base64(line[1].strip().encode("utf-8", "replace"))):
        rows = list(group) if is_encoded else []
        whole = [(rows[0][0], "".join(text for _, text in rows))] if len(rows) > 1 else []
        for number, text in rows + whole:
            yield from ((number, normalise_line(line)) for line in _decode_base64(text.strip()).splitlines())


def _is_base64(line: bytes) -> bool:
    return bool(line) and not line.translate(None, _BASE64)


def _decode_base64(encoded: str) -> str:
    """Return the text encoded in base64, standard or URL-safe, or "" if it isn't text."""
    from binascii import Error, a2b_base64

    try:
        return a2b_base64(encoded.translate({45: "+", 95: "/"}) + "==").decode()
    except (Error, UnicodeError):
        return ""


def _apply_bidi_override(text: str) -> str:
    """Return text in the order it is shown: each part under a right-to-left override (U+202E) is reversed."""
    first, *parts = text.split("\u202e")
    return first + "".join(shown[::-1] + rest for shown, _, rest in (part.partition("\u202c") for part in parts))


def decode_variants(data: bytes, encoding: str = "") -> list[str]:
    """Return a message decoded in each plausible way: the encoding its commit names may be wrong or missing."""
    names = [encoding, ""] if encoding else [""]
    texts = [decode_message(data, name) for name in names]
    if b"\0" in data:
        texts += [data.decode(wide, "replace").removeprefix("\ufeff") for wide in ("utf-16-le", "utf-16-be")]
    return list(dict.fromkeys(texts))


def decode_message(data: bytes, encoding: str = "") -> str:
    """Decode a message by the encoding its commit names, else as UTF-8, else as Latin-1, which never fails."""
    for name in (encoding, "utf-8"):
        if name and is_known_encoding(name):
            try:
                return data.decode(name)
            except UnicodeError:
                continue
    return data.decode("latin-1")


def is_known_encoding(encoding: str) -> bool:
    """Return whether we decode an encoding: Python knows it, and decodes it in linear time; True for ""."""
    if not encoding:
        return True
    try:
        b"\0\0\0\0".decode(encoding, "replace")  # Python doesn't look up the encoding of an empty text
    except (LookupError, ValueError):
        return False
    return encoding.lower().replace("_", "-") not in _NOT_LINEAR


def is_plain(data: bytes) -> bool:
    """Return whether normalising can't change a message, so that one scan of its bytes is enough."""
    if not data.isascii() or len(data) != len(data.translate(None, _SPECIAL)) or b"\n " in data or b"\n\t" in data:
        return False
    if b"=" in data and any(code in data for code in _MAIL_CODES):
        return False
    return not any(len(line) >= _SHORTEST and _is_base64(line) for line in data.split(b"\n"))
