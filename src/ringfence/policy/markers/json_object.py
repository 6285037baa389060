"""Finds the object of JSON around a field, and its own keys, in text that may be no valid JSON."""

from __future__ import annotations

from ...lazy_pattern import compile_lazily

LONGEST = 64 << 10  # bytes of an object that are read
_KEY = compile_lazily(r'"([^"\\\n]{1,60})"\s*:')
_STRING_OR_BRACE = r'"(?:[^"\\\n]|\\.)*"|[{}]'
_TOKENS, _BYTE_TOKENS = compile_lazily(_STRING_OR_BRACE), compile_lazily(_STRING_OR_BRACE.encode())


def find_opening(data: bytes, start: int, earliest: int, brackets: tuple[bytes, bytes] = (b"{", b"}")) -> int:
    """Return where the object around an offset begins, or by other brackets the list; -1 for none.

    Brackets in strings count.
    """
    closed, at = 0, start
    while (found := data.rfind(brackets[0], earliest, at)) >= 0:
        closed += data.count(brackets[1], found, at)
        if not closed:
            break
        closed, at = closed - 1, found
    return found


def cut_object(data: bytes) -> bytes:
    """Return the object that data begins with, up to its last brace; all data if it has no end."""
    depth = 0
    for found in _BYTE_TOKENS.finditer(data):
        depth += {b"{": 1, b"}": -1}.get(found[0], 0)
        if not depth:
            return data[: found.end()]
    return data


def list_own_keys(text: str) -> list[int]:
    """Return where the keys of the object itself begin, not those of objects inside it."""
    depth, places = 0, []
    for found in _TOKENS.finditer(text):
        if found[0] in "{}":
            depth += 1 if found[0] == "{" else -1
        elif depth == 1 and _KEY.match(text, found.start()):
            places.append(found.start())
    return places


def match_key(text: str, place: int) -> str:
    """Return the key that begins at a place of `list_own_keys`."""
    found = _KEY.match(text, place)
    return found[1] if found else ""
