"""Parses the values of generator fields (`"model": …`) in JSON, and in content that is rendered as JSON."""

from __future__ import annotations

from ...excerpts import sanitise_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

NAMELESS = "(no name)"  # a value that isn't a name: a number, a long text, an object; no policy can list it
_MAX_NAME = 200  # characters of a value; longer ones are texts, not names
_JSON = (b"{", b"[")
_MAX_CONTAINER = 2000  # bytes parsed of a list or an object
_MAX_LOOKBACK = 64 << 10  # bytes searched backwards for the beginning of a line
_MAX_ROW = 4096  # bytes of an object on a line of its own; it is parsed once for each of its fields
_NAME_KEYS = ("name", "id", "@id", "model", "slug")  # keys with the name in an object that describes a generator


def parse_values(data: bytes, start: int, end: int) -> Iterator[str]:
    """Yield the names in the value of a generator field.

    The field begins at `start`, and `end` is after the first byte of its value. A list yields all its strings, an
    object its name or id, null "", and any other value `NAMELESS`. Inside a JSON string or a CSV cell, quotes are
    escaped by backslashes or doubled.
    """
    first, quote = data[end - 1 : end], _detect_quote(data, start)
    if first == b'"':
        end += quote == b'""'
        close = data.find(quote, end, end + _MAX_NAME)
        yield _decode_name(data[end:close]) if close >= 0 else NAMELESS
    elif first in _JSON:
        yield from _parse_container(data[end - 1 : end + _MAX_CONTAINER].replace(quote, b'"'))
    else:
        yield "" if data.endswith(b"null", start, end) else NAMELESS


def _parse_container(data: bytes) -> Iterator[str]:
    """Yield the names in a JSON list or object; if it is too long or invalid, in the strings that look like names."""
    import json

    try:
        value, _ = json.JSONDecoder().raw_decode(data.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        import re

        end, key = (b"]", "") if data.startswith(b"[") else (b"}", rf'"(?:{"|".join(_NAME_KEYS)})"\s*:\s*')
        yield from map(_decode_name, re.findall(rf'{key}"([^"]*)"'.encode(), data.partition(end)[0]))
        yield NAMELESS
    else:
        yield from _iter_names(value)


def _iter_names(value: Any) -> Iterator[str]:
    """Yield the names in a parsed value, without recursion: lists may be nested to any depth."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, list) and item:
            pending += reversed(item)
        elif isinstance(item, str) or item in (None, []):
            yield _sanitise_name(item or "")
        else:
            yield from map(_sanitise_name, _collect_names(item) or [NAMELESS])


def _collect_names(value: Any) -> list[str]:
    """Return the names in an object and in the values nested in it."""
    names, pending = [], [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            names += [item[key] for key in _NAME_KEYS if isinstance(item.get(key), str)]
            pending += item.values()
        elif isinstance(item, list):
            pending += item
    return names


def _detect_quote(data: bytes, start: int) -> bytes:
    """Return the form of quotes at the beginning of a field: plain, escaped or doubled."""
    return data[start : data.index(b'"', start) + 1 + data.startswith(b'""', start)]


def is_in_row(head: bytes, data: bytes, start: int) -> bool:
    """Return whether a field is in a row of data, not in code.

    It is if the content, which begins with `head`, or the field's line begins like JSON, or if the line is a JSON
    object. Code that calls a vendor's API has the same field, but doesn't begin like JSON.
    """
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_JSON):
        return True
    earliest = max(0, start - _MAX_LOOKBACK)
    line = data.rfind(b"\n", earliest, start) + 1
    if earliest and not line:
        return False
    end = data.find(b"\n", start, start + _MAX_ROW)
    return data.startswith(_JSON, line) or _is_object(data[line : end if end >= 0 else start + _MAX_ROW + 1])


def _is_object(line: bytes) -> bool:
    """Return whether a line is exactly one JSON object."""
    if len(line) > _MAX_ROW or not (line := line.strip()).startswith(b"{") or not line.endswith(b"}"):
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
    return sanitise_text(name.strip()) if len(name) <= _MAX_NAME else NAMELESS
