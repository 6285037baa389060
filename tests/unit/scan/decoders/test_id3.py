from __future__ import annotations

import io
import zlib

import pytest

from ringfence.model import Limits
from ringfence.scan.decoders.base import Budget, UnreadableError, UnreadPart
from ringfence.scan.decoders.id3 import decode_id3_tags, recode_ambiguous_utf16


def decode(data: bytes) -> list[tuple[str, bytes] | str]:
    items = decode_id3_tags(io.BytesIO(data), Budget(Limits(), len(data)))
    return [
        item.reason if isinstance(item, UnreadPart) else (item.place, b"".join(part for part, _, _ in item.windows))
        for item in items
    ]


def synchsafe(number: int) -> bytes:
    return bytes(number >> 7 * shift & 0x7F for shift in (3, 2, 1, 0))


def build_tag(body: bytes, flags: int = 0) -> bytes:
    frame = b"TXXX" + synchsafe(len(body)) + bytes((0, flags)) + body
    return b"ID3\4\0\0" + synchsafe(len(frame)) + frame


def test_a_latin_frame_is_read_as_it_is() -> None:
    assert decode(build_tag(b"\3some text")) == [("tag TXXX", b"\3some text")]


def test_a_compressed_frame_is_unpacked() -> None:
    body = b"\3some text"
    assert decode(build_tag(synchsafe(len(body)) + zlib.compress(body), 0x09)) == [("tag TXXX", body)]


def test_an_encrypted_frame_is_unread() -> None:
    assert decode(build_tag(b"secret", 0x04)) == ["tag TXXX: encrypted"]


def test_a_length_beyond_the_tag_is_refused() -> None:
    with pytest.raises(UnreadableError, match="ID3 tags with wrong lengths"):
        decode(build_tag(b"\3text")[:-2])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_of_either_byte_order_is_found(encoding: str) -> None:
    assert b"some text" in recode_ambiguous_utf16("some text".encode(encoding))
