r"""A message or a name as a person reads it, so that dressing a marker up doesn't hide it.

Compared raw *and* in this form: NFKD (full-width and mathematical letters), without accents and invisible characters,
with letters of other alphabets that look like Latin ones mapped to those, escapes and base64 spelled out, folds joined.
All of it in linear time.
"""

from __future__ import annotations

from itertools import groupby

from .escapes import unescape_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Line = tuple[int, str]  # its number from 1, and the text

_NOT_LINEAR = ("punycode", "idna")
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_="
_SHORTEST = 24  # characters of base64 that could hold a mark
_DRESS = b"\\&%\r\0\x1b"


def normalise_line(text: str) -> str:
    """Return a line of text as a person reads it, without what can't be seen."""
    if text.isprintable() and text.isascii():
        return text
    from unicodedata import category, normalize

    from .confusables import TABLE

    return "".join(_normalise_char(char, category(char)) for char in normalize("NFKD", text).translate(TABLE))


def _normalise_char(char: str, category: str) -> str:
    """Return what is to be seen of a character."""
    if char == "\t":
        return char
    return " " if category == "Zs" else "" if category in ("Cf", "Mn", "Me", "Cc", "Zl", "Zp") else char


def normalise_message(text: str) -> list[Line]:
    """Return a message's lines, readable, then what else can be read in them: folded, packed or turned around."""
    plain: list[Line] = []
    turned: list[Line] = []
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        for part in unescape_line(line).split("\n"):
            plain.append((number, normalise_line(part)))
            if "\u202e" in part:
                turned.append((number, normalise_line(_apply_bidi_override(part))))
    return plain + list(_join_folded_lines(plain)) + list(_decode_base64_lines(plain)) + turned


def _join_folded_lines(plain: list[Line]) -> Iterator[Line]:
    """Yield lines with those behind them that begin with white space, as git reads a folded trailer."""
    number, joined = 0, [""]
    for here, line in [*plain, (0, "")]:
        if line[:1] in (" ", "\t") and line.strip() and number:
            joined.append(line.strip())
            continue
        if len(joined) > 1:
            yield number, " ".join(joined)
        number, joined = here, [line]


def _decode_base64_lines(plain: Iterable[Line]) -> Iterator[Line]:
    """Yield what lines of base64 say, each by itself and those that follow each other together."""
    for is_packed, group in groupby(plain, lambda item: _is_base64(item[1].strip().encode("utf-8", "replace"))):
        rows = list(group) if is_packed else []
        whole = [(rows[0][0], "".join(text for _, text in rows))] if len(rows) > 1 else []
        for number, text in rows + whole:
            yield from ((number, normalise_line(line)) for line in _decode_base64(text.strip()).splitlines())


def _is_base64(line: bytes) -> bool:
    return bool(line) and not line.translate(None, _BASE64)


def _decode_base64(packed: str) -> str:
    """Return the text that base64 stands for, or "" where it stands for none."""
    from binascii import Error, a2b_base64

    try:
        return a2b_base64(packed.translate({45: "+", 95: "/"}) + "==").decode()
    except (Error, UnicodeError):
        return ""


def _apply_bidi_override(text: str) -> str:
    """Return text whose parts between the signs for "right to left" and "as before" stand as they are shown."""
    first, *parts = text.split("\u202e")
    return first + "".join(shown[::-1] + rest for shown, _, rest in (part.partition("\u202c") for part in parts))


def decode_variants(data: bytes, encoding: str = "") -> list[str]:
    """Decode a message in each way that it may be meant: the encoding it names may be wrong, or left out."""
    names = [encoding, ""] if encoding else [""]
    found = [decode_message(data, name) for name in names]
    if b"\0" in data:
        found += [data.decode(wide, "replace").removeprefix("\ufeff") for wide in ("utf-16-le", "utf-16-be")]
    return list(dict.fromkeys(found))


def decode_message(data: bytes, encoding: str = "") -> str:
    """Decode a message by the encoding its commit names, or as UTF-8, or (never failing) as Latin-1."""
    for name in (encoding, "utf-8"):
        if name and is_known_encoding(name):
            try:
                return data.decode(name)
            except UnicodeError:
                continue
    return data.decode("latin-1")


def is_known_encoding(encoding: str) -> bool:
    """Say whether text in an encoding can be read: Python has it, and it decodes in linear time."""
    if not encoding:
        return True
    try:
        b"\0\0\0\0".decode(encoding, "replace")  # an empty text would not even be looked up
    except (LookupError, ValueError):
        return False
    return encoding.lower().replace("_", "-") not in _NOT_LINEAR


def is_plain(data: bytes) -> bool:
    """Say whether the readable form of a message can't differ from its bytes, so that one scan does."""
    if not data.isascii() or len(data) != len(data.translate(None, _DRESS)) or b"\n " in data or b"\n\t" in data:
        return False
    return not any(len(line) >= _SHORTEST and _is_base64(line) for line in data.split(b"\n"))
