"""Reads a tar file's plain members: files with a name and a size, as shards of training data have them by thousands.

tarfile spends fifty microseconds on each. Whatever isn't plain is given back, for tarfile to go on from there: links,
long names, sparse files, other extended headers, damage.
"""

from __future__ import annotations

from tarfile import ReadError

from ...values import value
from .base import CHUNK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Stream

CUT = "unexpected end of data"
_BLOCK = 512
_ZEROS = bytes(_BLOCK)
_FILES, _FOLDER, _EXTENDED = b"0\0", ord("5"), ord("x")
_TYPE = 156  # where a header has the type
_MAX_EXTENDED = 64 << 10  # bytes of an extended header
_IGNORED = frozenset((b"atime", b"comment", b"ctime", b"gid", b"gname", b"mtime", b"uid", b"uname"))
_DIGITS = b"01234567"


@value
class PlainMember:
    """A file or folder of a tar: `path` is its name as stored, `size` the bytes that follow."""

    path: bytes
    size: int
    is_file: bool


class Blocks:
    """The bytes of a tar file, taken in order; what was taken last can be given back.

    Attributes:
        is_cut: They ended in the middle of a member.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream, self._data, self._at = stream, b"", 0
        self.is_cut = False

    def read(self, count: int) -> bytes:
        """Return the next `count` bytes, fewer only at the end."""
        end = self._at + count
        if end > len(self._data):
            parts, size = [self._data[self._at :]], len(self._data) - self._at
            while size < count and (block := self._stream.read(CHUNK)):
                parts.append(block)
                size += len(block)
            self._data, self._at, end = b"".join(parts), 0, count
        data = self._data[self._at : end]
        self._at += len(data)
        return data

    def give_back(self, data: bytes) -> None:
        """Put bytes back in front of the next ones."""
        self._data, self._at = data + self._data[self._at :], 0

    def iter_data(self, size: int) -> Iterator[bytes]:
        """Yield the bytes of a member and leave out what fills its last block.

        Raises:
            ReadError: They end before.
        """
        left = size
        while left:
            block = self.read(min(CHUNK, left))
            if not block:
                self.is_cut = True
                raise ReadError(CUT)
            left -= len(block)
            yield block
        fill = -size % _BLOCK
        self.is_cut = len(self.read(fill)) < fill


def read_plain_member(blocks: Blocks) -> PlainMember | None:
    """Return the next member, or None at the end and before what isn't plain, which is then the next to be read."""
    header = blocks.read(_BLOCK)
    while header == _ZEROS:
        header = blocks.read(_BLOCK)
    taken = header
    name: bytes | None = b""
    if len(header) == _BLOCK and header[_TYPE] == _EXTENDED:
        size = _read_number(header[124:136])
        if not _is_sound(header) or not 0 < size <= _MAX_EXTENDED:
            blocks.give_back(header)
            return None
        said, header = blocks.read(size + -size % _BLOCK), blocks.read(_BLOCK)
        taken += said + header
        name = _read_extended(said[:size])
    member = _parse_header(header, name) if len(header) == _BLOCK and name is not None else None
    if member is None:
        blocks.give_back(taken)
    return member


def _parse_header(header: bytes, name: bytes) -> PlainMember | None:
    """Return the member of a header, by another name if one was given; None if it isn't plain, or is damaged."""
    kind, size = header[_TYPE], _read_number(header[124:136])
    if (kind not in _FILES and kind != _FOLDER) or size < 0 or not _is_sound(header):
        return None
    path = name or _read_text(header[:100])
    prefix = b"" if name else _read_text(header[345:500])
    path = prefix + b"/" + path if prefix else path
    if kind != _FOLDER and path.endswith(b"/"):
        return None  # a folder, as very old programs wrote it
    return PlainMember(path, size, kind != _FOLDER)


def _is_sound(header: bytes) -> bool:
    """Return whether a header has its own checksum, in which its bytes are without sign."""
    return _read_number(header[148:156]) == sum(header) - sum(header[148:156]) + 8 * ord(" ")


def _read_text(field: bytes) -> bytes:
    return field.partition(b"\0")[0]


def _read_number(field: bytes) -> int:
    """Return an octal number; -1 for anything else, such as the binary form of large ones."""
    digits = field.partition(b"\0")[0].strip(b" ")
    return int(digits or b"0", 8) if not digits.translate(None, _DIGITS) else -1


def _read_extended(said: bytes) -> bytes | None:
    """Return the name that an extended header gives to the next member, b"" for none; None if it says more."""
    name = b""
    while said:
        length, _, _ = said[:12].partition(b" ")
        if not length.isdigit() or not len(length) + 1 < int(length) <= len(said):
            return None
        record, said = said[len(length) + 1 : int(length)], said[int(length) :]
        key, has_value, text = record.partition(b"=")
        if not has_value or not text.endswith(b"\n") or (key != b"path" and key not in _IGNORED):
            return None
        name = text[:-1].rstrip(b"/") if key == b"path" else name
        if key == b"path" and (not name or b"\0" in name):
            return None
    return name
