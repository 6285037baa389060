"""What stands in a raw tree, commit or tag."""

from __future__ import annotations


def entry(tree: bytes, name: bytes, width: int) -> str:
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


def parse(data: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
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
