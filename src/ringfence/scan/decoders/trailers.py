"""Files of Lance, which their last bytes tell: where their metadata lie, the version, and the magic bytes."""

from __future__ import annotations

from io import BytesIO

from .base import CHUNK, Member, Stream, UnreadPart
from .formats import LANCE, OLD_LANCE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from .formats import Format

_MAGIC = b"LANC"
_END = 16  # bytes
_SECOND = (0, 3)  # what files of version 2.0 call themselves
_FIRST = ((0, 1), (0, 2))
_MAJORS = range(2, 16)
_CONTROLS = bytes(range(9))
_FIELDS = b"\x0a"  # a manifest's message begins with its fields, that of the metadata of an old file doesn't


def detect_lance(window: bytes, path: str) -> Format | None:
    """Return the format of a file of Lance, or None for others and for a manifest, which packs nothing.

    Args:
        window: All of the content; b"" if it is larger.
        path: A file with the content, or "".
    """
    if window or not path:
        return _detect(BytesIO(window)) if window.endswith(_MAGIC) else None
    with open(path, "rb") as file:
        return _detect(file)


def _detect(file: IO[bytes]) -> Format | None:
    size = file.seek(0, 2)
    file.seek(max(size - _END, 0))
    end = file.read()
    if len(end) < _END or not end.endswith(_MAGIC):
        return None
    version = int.from_bytes(end[8:10], "little"), int.from_bytes(end[10:12], "little")
    if version == _SECOND or version[0] in _MAJORS:
        return LANCE
    if version not in _FIRST:
        return OLD_LANCE if end != end.translate(None, _CONTROLS) else None  # a text may end so
    position = int.from_bytes(end[:8], "little")
    if position > size - _END:
        return OLD_LANCE
    file.seek(position)
    length, first = int.from_bytes(file.read(4), "little"), file.read(1)
    return None if first == _FIELDS and position + 4 + length == size - _END else OLD_LANCE


def iter_late(path: str, again: Iterator[bytes]) -> Iterator[Member | UnreadPart]:
    """Yield a content that was found to end as files of Lance do when it was read, as a file on disk.

    Args:
        path: A file with the content, or "": then only its end told.
        again: Yields the content once more; nothing where it is gone.
    """
    if path:
        return
    stream = Stream(again)
    if not stream.peek_head():
        yield UnreadPart("Lance: larger than 1 MiB and inside another file, where it isn't read")
        return
    with stream.open_file() as file:
        yield Member("", Stream(iter(lambda: file.read(CHUNK), b""), file.name))


def ends_as_lance(window: bytes) -> bool:
    """Return whether the last window of a content ends as files of Lance do."""
    return window.endswith(_MAGIC) and window[-_END:] != window[-_END:].translate(None, _CONTROLS)
