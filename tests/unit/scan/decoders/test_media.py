from __future__ import annotations

import zlib

import pytest

from ringfence.scan.decoders.base import UnreadableError
from ringfence.scan.decoders.media import decode_media

PNG = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + bytes(4)


def test_text_chunks_of_a_png_are_read(decode) -> None:
    texts = chunk(b"tEXt", b"Software\0a program") + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"a comment"))
    texts += chunk(b"iTXt", b"Title\0\0\0en\0Title\0a title")
    assert decode(decode_media, PNG + chunk(b"IHDR", bytes(13)) + texts) == [
        ("text Software", b"a program"),
        ("text Comment", b"a comment"),
        ("text Title", b"a title"),
    ]


def test_a_text_that_is_too_long_is_refused(decode) -> None:
    head = (17 << 20).to_bytes(4, "big") + b"tEXt"
    with pytest.raises(UnreadableError, match="a text of 17825792 bytes; the limit is 16777216"):
        decode(decode_media, PNG + head)


def test_exif_comments_in_utf16_are_read(decode) -> None:
    data = b"\xff\xd8\xff" + b"UNICODE\0" + "a comment".encode("utf-16-be")
    ((place, text),) = decode(decode_media, data)
    assert place == "EXIF comment"
    assert text.startswith(b"a comment\n")
