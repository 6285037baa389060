"""Parses raw trees, commits and tags.

Raw objects instead of `git log`, which stops at a NUL, maps names by .mailmap, and hides headers it doesn't know.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model import Text

_PEOPLE = (b"author", b"committer", b"tagger")
_IDS, _HEXADECIMAL = (b"tree", b"parent", b"object"), b"0123456789abcdef"
_PLUMBING = (b"tree", b"parent", b"object", b"type", b"tag", b"encoding")


def find_entry(tree: bytes, name: bytes, width: int) -> str:
    """Return the hexadecimal id of a raw tree's entry, or ""; `width` is the length of an id in bytes."""
    if b" %b\0" % name not in tree:  # the usual case; a push of a thousand refs searches as many trees
        return ""
    position = 0
    while position < len(tree):
        end = tree.index(b"\0", position)
        if tree[position:end].partition(b" ")[2] == name:
            return tree[end + 1 : end + 1 + width].hex()
        position = end + 1 + width
    return ""


def iter_entries(tree: bytes, width: int) -> Iterator[tuple[bytes, bytes, str]]:
    """Yield the entries of a raw tree as (mode, name, id); `width` is the length of an id in bytes."""
    position = 0
    while position < len(tree):
        end = tree.index(b"\0", position)
        mode, _, name = tree[position:end].partition(b" ")
        yield mode, name, tree[end + 1 : end + 1 + width].hex()
        position = end + 1 + width


def parse_raw_object(data: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Split a raw commit or tag into (headers, message); folded headers are joined by line ends."""
    head, _, message = data.partition(b"\n\n")
    headers: list[tuple[bytes, bytes]] = []
    for line in head.split(b"\n"):
        if line.startswith(b" ") and headers:
            key, folded = headers[-1]
            headers[-1] = (key, folded + b"\n" + line[1:])
        else:
            key, _, text = line.partition(b" ")
            headers.append((key, text))
    return headers, message


def parse_texts(raw: bytes) -> Iterator[Text]:
    """Yield the texts of a raw commit or tag, its own message last; unknown headers are one text of part `header`.

    The `mergetag` headers of a commit hold the tags that it merged, which may hold such headers too, to any depth.
    """
    pending = [raw]
    for texts in reversed([_parse_own_texts(data, pending) for data in pending]):
        yield from texts


def _parse_own_texts(raw: bytes, merged: list[bytes]) -> list[Text]:
    """Return the texts of one object, and append the raw tags in its headers to `merged`."""
    headers, message = parse_raw_object(raw)
    named = next((value for key, value in headers if key == b"encoding"), b"")
    encoding = named.partition(b"\n")[0].decode("ascii", "replace")
    texts: list[Text] = []
    unknown: list[bytes] = []
    for key, value in headers:
        if key in _PEOPLE:
            texts.append((key.decode(), value[: value.rfind(b">") + 1] or value, encoding))
        elif key == b"mergetag":
            merged.append(value)
        elif key not in _PLUMBING:
            unknown.append(key + b": " + _drop_signature_bytes(value))
        elif key in _IDS and value.translate(None, _HEXADECIMAL):
            unknown.append(value)  # git shows none of what is folded into such a header
        elif b"\n" in value:
            unknown.append(value.partition(b"\n")[2])
    if unknown:
        texts.append(("header", b"\n".join(unknown), encoding))
    return [*texts, ("message", _drop_signature_bytes(message), encoding)]


def _drop_signature_bytes(text: bytes) -> bytes:
    if b"-----BEGIN " not in text:
        return text
    from .signatures import drop_signature_bytes

    return drop_signature_bytes(text)
