"""ID3 tags 2.2 to 2.4 of audio files (id3.org), whose texts may be UTF-16 and compressed.

Parsed here because the available libraries decompress tags without a limit. Other tags (Vorbis comments, MP4, INFO) are
plain text, and are scanned as such.
"""

from __future__ import annotations

import zlib

from ...excerpts import sanitise_text
from ...values import value
from .base import UnreadableError, UnreadPart, build_piece

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from .base import Budget, Piece

_OLDEST, _NEWEST = 2, 4  # minor versions; their layouts differ
_HEADER_SIZE = 10  # bytes of the tag header, and of a frame header from 2.3 on
_MAX_SIZE = 32 << 20  # bytes of all tags, covers included, and of one decompressed tag
_WITH_LANGUAGE = ("COM", "ULT", "SLT", "COMM", "USLT", "SYLT", "USER")  # three letters before their text
_WIDE = (b"\1", b"\2")  # encoding bytes for UTF-16 with and without a byte order mark


@value
class _Flags:
    """Bit masks of the flags in a frame's second flag byte, in one version; 0 where a version has no such flag."""

    packed: int
    encrypted: int
    grouped: int
    unsynchronised: int = 0
    sized: int = 0


_FLAGS = {3: _Flags(0x80, 0x40, 0x20), 4: _Flags(0x08, 0x04, 0x40, 0x02, 0x01)}
_NO_FLAGS = _Flags(0, 0, 0)


def decode_id3_tags(file: IO[bytes], budget: Budget) -> Iterator[Piece | UnreadPart]:
    """Yield the frames of the ID3 tag at the file's position.

    Raises:
        UnreadableError: It is too large, damaged, or of an unknown version.
    """
    head = file.read(_HEADER_SIZE)
    version, flags, size = head[3], head[5], _parse_synchsafe(head[6:])
    if not _OLDEST <= version <= _NEWEST:
        raise UnreadableError(f"ID3 tags of version {version}")
    if size > _MAX_SIZE:
        raise UnreadableError(f"ID3 tags of {size} bytes; the limit is {_MAX_SIZE}")
    data = file.read(size)
    if flags & 0x80 and version != _NEWEST:  # in 2.4 each frame has its own flag
        data = _undo_unsynchronisation(data)
    position = _locate_first_frame(data, version) if flags & 0x40 and version != _OLDEST else 0
    wide, header = (4, _HEADER_SIZE) if version != _OLDEST else (3, 6)
    while name := data[position : position + wide].strip(b"\0"):
        budget.count_member()
        encoded_size = data[position + wide : position + 2 * wide]
        size = _parse_synchsafe(encoded_size) if version == _NEWEST else int.from_bytes(encoded_size, "big")
        bits = data[position + 9] if version != _OLDEST and len(data) > position + 9 else 0
        position += header
        if not name.isalnum() or position + size > len(data):
            raise UnreadableError("ID3 tags with wrong lengths")
        yield _decode_frame(
            name.decode("latin-1"), data[position : position + size], bits, _FLAGS.get(version, _NO_FLAGS), budget
        )
        position += size


def _decode_frame(name: str, body: bytes, bits: int, flags: _Flags, budget: Budget) -> Piece | UnreadPart:
    place = f"tag {sanitise_text(name)}"
    if bits & flags.encrypted:
        return UnreadPart(f"{place}: encrypted")
    body = body[bool(bits & flags.grouped) :]
    if bits & flags.sized or (bits & flags.packed and not flags.sized):
        body = body[4:]  # the decompressed size
    if bits & flags.unsynchronised:
        body = _undo_unsynchronisation(body)
    if bits & flags.packed:
        unpacker = zlib.decompressobj()
        body = unpacker.decompress(body, _MAX_SIZE)
        budget.count_bytes(len(body))
        if unpacker.unconsumed_tail:
            raise UnreadableError(f"a tag that unpacks to more than {_MAX_SIZE} bytes")
    return build_piece(place, _recode_frame_text(name, body), get_place=lambda _: "")


def _recode_frame_text(name: str, body: bytes) -> bytes:
    """Return the text of a frame as UTF-8; each string in it may have a byte order of its own."""
    return recode_ambiguous_utf16(body[4 if name in _WITH_LANGUAGE else 1 :]) if body.startswith(_WIDE) else body


def recode_ambiguous_utf16(data: bytes) -> bytes:
    """Return UTF-16 decoded in both byte orders, as UTF-8: the wrong order yields nonsense, which matches no marker."""
    return b"\n".join(data.decode(order, "replace").encode() for order in ("utf-16-be", "utf-16-le"))


def _locate_first_frame(data: bytes, version: int) -> int:
    """Return the offset of the first frame after an extended header."""
    return _parse_synchsafe(data[:4]) if version == _NEWEST else int.from_bytes(data[:4], "big") + 4


def _undo_unsynchronisation(data: bytes) -> bytes:
    """Remove the zero bytes that keep players from mistaking tags for audio frames."""
    return data.replace(b"\xff\0", b"\xff")


def _parse_synchsafe(data: bytes) -> int:
    """Return the number in four bytes of seven bits each."""
    return sum((byte & 0x7F) << 7 * (3 - index) for index, byte in enumerate(data[:4]))
