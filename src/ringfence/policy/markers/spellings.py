r"""Widens an expression so that it also matches a marker whose signs are escaped: `\n`, `\u2019`, `\/`, `%2F`, `&#39;`.

Encoders leave letters and digits alone; they escape signs, white space and what isn't ASCII. So a widened expression
keeps letters, has the usual escapes of everything else as alternatives, and no anchors, since a line may begin behind
`\n`. It matches too much on purpose: around its matches the text is unescaped and searched with the expression itself.
"""

from __future__ import annotations

import re
from html.entities import codepoint2name
from re import _constants as op  # type: ignore[attr-defined]  # Python's own parser, private since 3.11
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_BACKSLASHES = r"\\+"  # JSON inside JSON doubles them
_ANY_ESCAPE = rf"{_BACKSLASHES}(?:[nrt\"'/]|u[0-9a-f]{{4}})|%[0-9a-f]{{2}}|&#?[a-z0-9]+;"
_WIDTH = 10  # bytes of an escaped character, as of `\U0001f916`; `.` and negated classes match each of them
_ASTRAL = 4  # bytes in UTF-8 of a character that takes two `\u`: an emoji, in most texts
_MAX_REPEAT = 150  # beyond it Hyperscan finds the expression too large, and the bound is dropped
# Escapes that no widened expression knows, since usual encoders don't write them: of letters and digits, doubled, with
# leading zeros. Around each of them the text is unescaped.
# YAML writes emoji as `\U0001f916`; marks that hold one know that form.
_ALNUM = "(?:3[0-9]|[46][1-9a-f]|[57][0-9a])"  # the code of a letter or digit
RARE = (
    rf"\\+u(?:00|0000)?{_ALNUM}\b|\\+u00{_ALNUM}|\\+u\{{[0-9a-f]{{2,4}}\}}|\\+U0000[0-9a-f]{{4}}",
    rf"\\+(?:x{_ALNUM}|(?:0?6|1[0-7])[0-7])",
    rf"%(?:25)*{_ALNUM}|%25[0-9a-f]{{2}}",
    r"&(?:amp;)*#(?:0*(?:4[89]|5[0-7]|6[5-9]|[78][0-9]|9[0789]|1[01][0-9]|12[0-2])|x0*(?:3[0-9]|[46][1-9a-f]|[57][0-9a]))\b",
    r"&(?:amp;)+(?:#|[lg]t;|quot;|apos;)|&#x?0+[1-9a-f]|&#[0-9]+[^0-9;]|&#x[0-9a-f]+[^0-9a-f;]",
    r"\\'[0-9a-f]{2}",
)
# Text in which lines may be broken anywhere, or any letter be written as a number, is unescaped as a whole.
WHOLE = (r"quoted-printable", r"=[c-f][0-9a-f]=[89ab][0-9a-f]", r"\{\\+rtf[01]")


def widen(expression: str) -> str:
    """Return the widened expression.

    Raises:
        ValueError: It can't be parsed.
    """
    try:
        return _join(_parser.parse(expression.encode().decode("latin-1")))
    except re.error as error:
        raise ValueError(str(error)) from None


def _join(nodes: Any) -> str:
    parts: list[str] = []
    run = bytearray()  # bytes of characters beyond ASCII
    for name, argument in (*nodes, (None, None)):
        if name is op.LITERAL and argument > 0x7F:  # noqa: PLR2004 - ASCII's last
            run.append(argument)
            continue
        if run:
            parts.append(_spell_bytes(bytes(run)))
            run.clear()
        parts.append(_widen_node(name, argument))
    return "".join(parts)


def _widen_node(name: Any, argument: Any) -> str:
    if name in (None, op.AT):
        return ""
    if name is op.LITERAL:
        return _spell_char(chr(argument))
    if name is op.ANY:
        return r"[^\n]"
    if name is op.NOT_LITERAL:
        return _widen_class([(op.NEGATE, None), (op.LITERAL, argument)])
    if name is op.IN:
        return _widen_class(argument)
    if name is op.BRANCH:
        return f"(?:{'|'.join(map(_join, argument[1]))})"
    if name is op.SUBPATTERN:
        return f"(?:{_join(argument[-1])})"
    if name in (op.MAX_REPEAT, op.MIN_REPEAT):
        return _widen_repeat(*argument)
    raise ValueError(f"{name} isn't supported")


def _widen_repeat(least: int, most: Any, nodes: Any) -> str:
    name, argument = nodes[0]
    if name is op.NOT_LITERAL:
        name, argument = op.IN, [(op.NEGATE, None), (op.LITERAL, argument)]
    is_negated = len(nodes) == 1 and name is op.IN and argument[0][0] is op.NEGATE
    inner = _write_class(argument) if is_negated else _join(nodes)  # it matches each byte of an escape
    if not inner:
        return ""
    if most is not op.MAXREPEAT and (is_negated or name is op.ANY):
        most *= _WIDTH
    is_bounded = most is not op.MAXREPEAT and most <= _MAX_REPEAT
    return f"(?:{inner}){{{least},{most if is_bounded else ''}}}"


def _widen_class(items: Any) -> str:
    plain = _write_class(items)
    return plain if all(_is_wordy(*item) for item in items) else f"(?:{plain}|{_ANY_ESCAPE})"


def _write_class(items: Any) -> str:
    return f"[{''.join(_write_class_item(*item) for item in items)}]"


def _is_wordy(name: Any, argument: Any) -> bool:
    """Return whether an item of a class matches only characters that aren't escaped."""
    if name is op.LITERAL:
        return _is_word(argument)
    if name is op.RANGE:
        return all(map(_is_word, argument))
    return name is op.CATEGORY and argument in (op.CATEGORY_DIGIT, op.CATEGORY_WORD)


def _is_word(code: int) -> bool:
    return chr(code).isascii() and (chr(code).isalnum() or chr(code) == "_")


_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d", op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_SPACE: r"\s", op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w", op.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip


def _write_class_item(name: Any, argument: Any) -> str:
    if name is op.NEGATE:
        return "^"
    if name is op.CATEGORY:
        return _CATEGORIES[argument]
    if name is op.RANGE:
        return f"\\x{argument[0]:02x}-\\x{argument[1]:02x}"
    return f"\\x{argument:02x}"


def _spell_char(char: str) -> str:
    """Return an expression for a character of ASCII and its escapes."""
    code = ord(char)
    if _is_word(code):
        return char
    escapes = [f"\\x{code:02x}", rf"{_BACKSLASHES}u00{code:02x}", f"%{code:02x}", rf"&#(?:{code}|x{code:x});"]
    if name := codepoint2name.get(code):
        escapes.append(f"&{name};")
    if char in "\"'/":
        escapes.append(rf"{_BACKSLASHES}\x{code:02x}")
    if char in "\n\r\t":
        escapes.append(_BACKSLASHES + {"\n": "n", "\r": "r", "\t": "t"}[char])
    return f"(?:{'|'.join(escapes)})"


def _spell_bytes(data: bytes) -> str:
    """Return an expression for bytes beyond ASCII and, where they are UTF-8, the escapes of its characters."""
    try:
        return "".join(map(_spell_letter, data.decode()))
    except UnicodeDecodeError:
        return "".join(f"\\x{byte:02x}" for byte in data)


def _spell_letter(char: str) -> str:
    code, data = ord(char), char.encode()
    units = char.encode("utf-16-be").hex()
    escaped = "".join(f"{_BACKSLASHES}u{units[at : at + 4]}" for at in range(0, len(units), 4))
    if len(data) == _ASTRAL:
        escaped += rf"|{_BACKSLASHES}u(?:{code:08x}|\{{{code:x}\}})"
    raw, percent = ("".join(form.format(byte) for byte in data) for form in ("\\x{:02x}", "%{:02x}"))
    name = f"|{codepoint2name[code]}" if code in codepoint2name else ""
    return f"(?:{raw}|{escaped}|{percent}|&(?:#{code}|#x{code:x}{name});)"
