"""What a generator field says: the values of `"model": …` and its like, in JSON and in what is rendered as JSON."""

from __future__ import annotations

from ...excerpts import sanitise_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

NAMELESS = "(no name)"  # stands for a number, a text, an object: in a list of names there is nothing like it
_LONGEST = 200  # characters of a value; longer is a text, and no name
_JSON = (b"{", b"[")
_FAR = 2000  # bytes of a list or an object
_LINE = 64 << 10  # bytes that are looked back for a line's beginning
_ROW = 4096  # bytes of an object on a line of its own; it is parsed for each of its fields
_NAMES = ("name", "id", "@id", "model", "slug")  # keys of an object that says who made something


def parse_values(data: bytes, start: int, end: int) -> Iterator[str]:
    """Yield what a field holds that begins at `start`, and of whose value the byte before `end` shows the kind.

    Names, "" for none, `NAMELESS` for what is none: of a list all strings, of an object its name or id. Inside a string
    of JSON or a cell of CSV, quotes have backslashes or a quote before them.
    """
    sign, quote = data[end - 1 : end], _detect_quote(data, start)
    if sign == b'"':
        end += quote == b'""'
        close = data.find(quote, end, end + _LONGEST)
        yield _decode_name(data[end:close]) if close >= 0 else NAMELESS
    elif sign in _JSON:
        yield from _parse_container(data[end - 1 : end + _FAR].replace(quote, b'"'))
    else:
        yield "" if data.endswith(b"null", start, end) else NAMELESS


def _parse_container(data: bytes) -> Iterator[str]:
    """Yield what a list or an object of JSON says, and what looks so in one that is too long, or none."""
    import json

    try:
        told, _ = json.JSONDecoder().raw_decode(data.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        import re

        end, key = (b"]", "") if data.startswith(b"[") else (b"}", rf'"(?:{"|".join(_NAMES)})"\s*:\s*')
        yield from map(_decode_name, re.findall(rf'{key}"([^"]*)"'.encode(), data.partition(end)[0]))
        yield NAMELESS
    else:
        yield from _iter_names(told)


def _iter_names(told: Any) -> Iterator[str]:
    """Yield what a value says; a stack of our own, since lists may lie deep in each other."""
    left = [told]
    while left:
        item = left.pop()
        if isinstance(item, list) and item:
            left += reversed(item)
        elif isinstance(item, str) or item in (None, []):
            yield _sanitise_name(item or "")
        else:
            yield from map(_sanitise_name, _collect_names(item) or [NAMELESS])


def _collect_names(told: Any) -> list[str]:
    """Return the names in an object, and in what lies in it."""
    found, left = [], [told]
    while left:
        item = left.pop()
        if isinstance(item, dict):
            found += [item[key] for key in _NAMES if isinstance(item.get(key), str)]
            left += item.values()
        elif isinstance(item, list):
            left += item
    return found


def _detect_quote(data: bytes, start: int) -> bytes:
    """Return what a quote looks like where a field begins."""
    return data[start : data.index(b'"', start) + 1 + data.startswith(b'""', start)]


def is_in_row(head: bytes, data: bytes, start: int) -> bool:
    """Say whether a field stands in data: its content, of which `head` is the beginning, or its line begins as JSON.

    Code that asks a vendor for something writes the same field, and doesn't begin so; nor is a line of it an object.
    """
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_JSON):
        return True
    low = max(0, start - _LINE)
    line = data.rfind(b"\n", low, start) + 1
    if low and not line:
        return False
    end = data.find(b"\n", start, start + _ROW)
    return data.startswith(_JSON, line) or _is_object(data[line : end if end >= 0 else start + _ROW + 1])


def _is_object(line: bytes) -> bool:
    """Say whether a line is an object of JSON and nothing else."""
    if len(line) > _ROW or not (line := line.strip()).startswith(b"{") or not line.endswith(b"}"):
        return False
    import json

    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _decode_name(name: bytes) -> str:
    return _sanitise_name(name.decode("utf-8", "replace"))


def _sanitise_name(name: str) -> str:
    return sanitise_text(name.strip()) if len(name) <= _LONGEST else NAMELESS
