"""What a generator field says: the values of `"model": …` and its like, in JSON and in what is rendered as JSON."""

from __future__ import annotations

from ..excerpts import harmless

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 200  # bytes of a value; longer is a text, and no name
_JSON = (b"{", b"[")
_FAR = 2000  # bytes of a list or an object


def values(data: bytes, end: int) -> Iterator[str]:
    """Yield what a field holds whose value begins with the byte before `end`: names, "" for none.

    Of a list all strings, of an object its name or id; numbers, texts and other objects name nothing.
    """
    sign = data[end - 1 : end]
    if sign == b'"':
        close = data.find(b'"', end, end + _LONGEST)
        if close >= 0:
            yield _plain(data[end:close])
    elif sign == b"[":
        inside = data[end : end + _FAR].partition(b"]")[0]
        yield from map(_plain, inside.split(b'"')[1::2] or ([b""] if not inside.strip() else []))
    elif sign == b"{":
        import re

        inside = data[end : end + _FAR].partition(b"}")[0]
        yield from map(_plain, re.findall(rb'"(?:name|id|@id|model)"\s*:\s*"([^"\n]*)"', inside)[:1])
    else:
        yield ""


def in_row(head: bytes, data: bytes, start: int) -> bool:
    """Say whether a field stands in data: its content, of which `head` is the beginning, or its line begins as JSON.

    Code that asks a vendor for something writes the same field, and doesn't begin so.
    """
    line = data.rfind(b"\n", 0, start) + 1
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_JSON) or data.startswith(_JSON, line)


def _plain(name: bytes) -> str:
    return harmless(name.decode("utf-8", "replace").strip())
