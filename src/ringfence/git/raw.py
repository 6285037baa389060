"""Takes raw trees, commits and tags apart.

Raw objects are read, not `git log`: that stops at a NUL, maps names by .mailmap, and hides headers it doesn't know.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model import Text

_PEOPLE = (b"author", b"committer", b"tagger")
_PLUMBING = (b"tree", b"parent", b"object", b"type", b"tag", b"encoding")


def find_entry(tree: bytes, name: bytes, width: int) -> str:
    """Return the id that a raw tree has for a name, or ""; `width` is an id's length in bytes."""
    if b" %b\0" % name not in tree:  # nearly always; a push of a thousand refs asks for as many trees
        return ""
    position = 0
    while position < len(tree):
        end = tree.index(b"\0", position)
        if tree[position:end].partition(b" ")[2] == name:
            return tree[end + 1 : end + 1 + width].hex()
        position = end + 1 + width
    return ""


def parse_raw_object(data: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Split a raw commit or tag into its headers (folded ones joined by line ends) and its message."""
    head, _, message = data.partition(b"\n\n")
    headers: list[tuple[bytes, bytes]] = []
    for line in head.split(b"\n"):
        if line.startswith(b" ") and headers:
            key, before = headers[-1]
            headers[-1] = (key, before + b"\n" + line[1:])
        else:
            key, _, rest = line.partition(b" ")
            headers.append((key, rest))
    return headers, message


def parse_texts(raw: bytes) -> Iterator[Text]:
    """Yield a raw commit's or tag's texts, its own message last; unknown headers are read as trailers.

    Tags that a commit merged are in its headers, and may have merged tags themselves, to any depth.
    """
    waiting = [raw]
    for texts in reversed([_parse_own_texts(data, waiting) for data in waiting]):
        yield from texts


def _parse_own_texts(raw: bytes, merged: list[bytes]) -> list[Text]:
    """Return the texts of one object, and append the tags that it merged to `merged`."""
    headers, message = parse_raw_object(raw)
    encoding = next((value for key, value in headers if key == b"encoding"), b"").decode("ascii", "replace")
    texts: list[Text] = []
    others: list[bytes] = []
    for key, value in headers:
        if key in _PEOPLE:
            texts.append((key.decode(), value[: value.rfind(b">") + 1] or value, encoding))
        elif key == b"mergetag":
            merged.append(value)
        elif key not in _PLUMBING:
            others.append(key + b": " + value)
    if others:
        texts.append(("header", b"\n".join(others), encoding))
    return [*texts, ("message", message, encoding)]
