"""Takes commits and tags apart into the texts that people and tools write in them.

Raw objects are read, not `git log`: that stops at a NUL, maps names by .mailmap, and hides headers it doesn't know.
"""

from __future__ import annotations

from .markers import normal
from .raw import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .model import Text

_PEOPLE = (b"author", b"committer", b"tagger")
_PLUMBING = (b"tree", b"parent", b"object", b"type", b"tag", b"encoding")


def texts_of(raw: bytes) -> Iterator[Text]:
    """Yield a raw commit's or tag's texts; unknown headers are read as trailers."""
    headers, message = parse(raw)
    encoding = next((value for key, value in headers if key == b"encoding"), b"").decode("ascii", "replace")
    others: list[bytes] = []
    for key, value in headers:
        if key in _PEOPLE:
            yield key.decode(), value[: value.rfind(b">") + 1] or value, encoding
        elif key == b"mergetag":
            yield from texts_of(value)
        elif key not in _PLUMBING:
            others.append(key + b": " + value)
    if others:
        yield "header", b"\n".join(others), encoding
    yield "message", message, encoding


def pieces(data: bytes, encoding: str) -> Iterator[tuple[bytes, list[int]]]:
    """Yield a text raw, and as a person may read it, each with its line numbers ([]: the piece's own lines)."""
    yield data, []
    for text in normal.readings(data, encoding) if encoding or not normal.is_plain(data) else ():
        lines = normal.lines(text)
        yield "\n".join(line for _, line in lines).encode("utf-8", "replace"), [number for number, _ in lines]
