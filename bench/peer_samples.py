"""Texts that a regular expression matches: a rule that says what it looks for stands for a case of its author's."""

from __future__ import annotations

import re
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_LIKED = "4ox- ./"  # of the characters that a class allows, these read most like names and versions


def samples(pattern: str) -> list[str]:
    """Return one text for each alternative and each optional part of an expression, the shortest first.

    Raises:
        re.error: It is no expression that Python knows.
    """
    return list(dict.fromkeys(_sequence(parser.parse(pattern, re.IGNORECASE))))


def _sequence(items: Any) -> list[str]:
    parts = [_samples(code, value) for code, value in items]
    plain = [part[0] for part in parts]
    found = ["".join(plain)]
    for at, part in enumerate(parts):
        found += ["".join([*plain[:at], other, *plain[at + 1 :]]) for other in part[1:]]
    return found


def _samples(code: Any, value: Any) -> list[str]:
    if code is codes.LITERAL:
        return [chr(value)]
    if code is codes.NOT_LITERAL:
        return ["x" if value != ord("x") else "y"]
    if code is codes.IN:
        return [_member(value)]
    if code is codes.ANY:
        return [" "]
    if code is codes.BRANCH:
        return [text for branch in value[1] for text in _sequence(branch)]
    if code is codes.SUBPATTERN:
        return _sequence(value[3])
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        return _repeated(*value)
    return [""]


def _repeated(least: int, most: int, inner: Any) -> list[str]:
    once = _sequence(inner)
    if least:
        return [text * least for text in once]
    if once == [" "]:  # `.*` and `\s*` between two words
        return [" "]
    return ["", *once] if most else [""]


def _member(members: Any) -> str:
    if members[0][0] is codes.NEGATE:
        return "x"
    if members[0] == (codes.CATEGORY, codes.CATEGORY_SPACE):
        return " "
    allowed = [liked for liked in _LIKED if any(_holds(member, liked) for member in members)]
    if allowed:
        return allowed[0]
    code, value = members[0]
    return chr(value[0] if code is codes.RANGE else value) if code in (codes.RANGE, codes.LITERAL) else "4"


def _holds(member: tuple[Any, Any], character: str) -> bool:
    code, value = member
    if code is codes.RANGE:
        return bool(value[0] <= ord(character) <= value[1])
    return bool(code is codes.LITERAL and chr(value) == character)
