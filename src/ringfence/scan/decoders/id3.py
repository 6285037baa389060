"""The tags of sounds: ID3 2.2 to 2.4 (id3.org), which hold texts as UTF-16 and may be packed.

Read here, since the libraries for it unpack a tag without a bound. What other tags hold (Vorbis comments, MP4, INFO) is
plain text, and read as such.
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

_OLD, _NEW = 2, 4  # versions; each has a form of its own
_HEADER = 10  # bytes, as of a frame from 2.3 on
_LONGEST = 32 << 20  # bytes of all tags, covers included, and of what one unpacks to
_WITH_LANGUAGE = ("COM", "ULT", "SLT", "COMM", "USLT", "SYLT", "USER")  # three letters before their text
_WIDE = (b"\1", b"\2")  # first bytes of UTF-16, with a byte order mark and without


@value
class _Flags:
    """What bits of a frame's second byte of flags say, in a version."""

    packed: int
    encrypted: int
    grouped: int
    stuffed: int = 0
    sized: int = 0


_FLAGS = {3: _Flags(0x80, 0x40, 0x20), 4: _Flags(0x08, 0x04, 0x40, 0x02, 0x01)}
_NONE = _Flags(0, 0, 0)


def decode_id3_tags(file: IO[bytes], budget: Budget) -> Iterator[Piece | UnreadPart]:
    """Yield the texts of the tags that begin here.

    Raises:
        UnreadableError: They are too long, or of a form that isn't known.
    """
    head = file.read(_HEADER)
    version, flags, size = head[3], head[5], _parse_synchsafe(head[6:])
    if not _OLD <= version <= _NEW:
        raise UnreadableError(f"ID3 tags of version {version}")
    if size > _LONGEST:
        raise UnreadableError(f"tags of {size} bytes")
    data = file.read(size)
    if flags & 0x80 and version != _NEW:  # from then on each frame says it
        data = _undo_unsynchronisation(data)
    position = _locate_first_frame(data, version) if flags & 0x40 and version != _OLD else 0
    wide, header = (4, _HEADER) if version != _OLD else (3, 6)
    while name := data[position : position + wide].strip(b"\0"):
        budget.count_member()
        told = data[position + wide : position + 2 * wide]
        size = _parse_synchsafe(told) if version == _NEW else int.from_bytes(told, "big")
        bits = data[position + 9] if version != _OLD and len(data) > position + 9 else 0
        position += header
        if not name.isalnum() or position + size > len(data):
            raise UnreadableError("tags whose lengths are wrong")
        yield _decode_frame(
            name.decode("latin-1"), data[position : position + size], bits, _FLAGS.get(version, _NONE), budget
        )
        position += size


def _decode_frame(name: str, body: bytes, bits: int, flags: _Flags, budget: Budget) -> Piece | UnreadPart:
    place = f"tag {sanitise_text(name)}"
    if bits & flags.encrypted:
        return UnreadPart(f"{place}: encrypted")
    body = body[bool(bits & flags.grouped) :]
    if bits & flags.sized or (bits & flags.packed and not flags.sized):
        body = body[4:]  # how long it is in the end
    if bits & flags.stuffed:
        body = _undo_unsynchronisation(body)
    if bits & flags.packed:
        unpacker = zlib.decompressobj()
        body = unpacker.decompress(body, _LONGEST)
        budget.count_bytes(len(body))
        if unpacker.unconsumed_tail:
            raise UnreadableError(f"a tag that unpacks to more than {_LONGEST} bytes")
    return build_piece(place, _recode_frame_text(name, body), where=lambda _: "")


def _recode_frame_text(name: str, body: bytes) -> bytes:
    """Return a frame's text as UTF-8; in which order wide letters have their bytes, each of them may say anew."""
    return recode_ambiguous_utf16(body[4 if name in _WITH_LANGUAGE else 1 :]) if body.startswith(_WIDE) else body


def recode_ambiguous_utf16(words: bytes) -> bytes:
    """Return UTF-16 as UTF-8, as it reads in either order of bytes: what is wrong makes no sense, and no mark."""
    return b"\n".join(words.decode(order, "replace").encode() for order in ("utf-16-be", "utf-16-le"))


def _locate_first_frame(data: bytes, version: int) -> int:
    """Return where the frames begin behind an extended header."""
    return _parse_synchsafe(data[:4]) if version == _NEW else int.from_bytes(data[:4], "big") + 4


def _undo_unsynchronisation(data: bytes) -> bytes:
    """Return bytes without those that keep a player from taking them for sound."""
    return data.replace(b"\xff\0", b"\xff")


def _parse_synchsafe(data: bytes) -> int:
    """Return a number of four bytes that use seven bits each."""
    return sum((byte & 0x7F) << 7 * (3 - place) for place, byte in enumerate(data[:4]))
