"""Pictures, sound and film: what tells where they come from. What is seen or heard in them isn't looked at."""

from __future__ import annotations

import json
import mmap
import re
import zlib

from ...excerpts import sanitise_text
from .base import UnreadableError, build_piece
from .formats import detect_media_type
from .id3 import decode_id3_tags, recode_ambiguous_utf16

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from .base import Budget, Piece, Stream, UnreadPart

_SIGNATURE = 8  # bytes before a PNG's first chunk
_LONGEST = 16 << 20  # bytes of a text chunk, and of what it unpacks to
_COMMENT = b"UNICODE\0"
_CHUNK = re.compile(rb"(?:id3|ID3) .{4}ID3", re.DOTALL)  # of a WAV: its name, its length, and what it holds
_LONGEST_COMMENT = 64 << 10  # bytes, as of all of EXIF in a JPEG
_OFFLINE = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": False}}


def decode_media(stream: Stream, budget: Budget) -> Iterator[Piece | UnreadPart]:
    """Yield the texts of a picture, the tags of a sound, and a C2PA manifest if there is one.

    Raises:
        ImportError: There is one, and c2pa-python isn't installed.
    """
    kind = detect_media_type(stream.peek_head())
    with stream.open_file() as file:
        if kind == "image/png":
            yield from _decode_png_texts(file, budget)
        elif kind.startswith("image/"):
            yield from _decode_exif_comments(file, budget)
        elif kind.startswith("audio/"):
            yield from _decode_sound_tags(file, budget)
        yield from decode_c2pa_manifest(kind, file)


def decode_c2pa_manifest(kind: str, file: IO[bytes]) -> Iterator[Piece]:
    """Yield a file's C2PA manifests as JSON: who signed what, with which tool, from which source. Nothing is fetched.

    Raises:
        ImportError: There is one, and c2pa-python isn't installed.
    """
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data.find(b"jumb") < 0 or data.find(b"c2pa") < 0:
            return
    import c2pa

    file.seek(0)
    reader = c2pa.Reader.try_create(kind, file, context=c2pa.Context.from_dict(_OFFLINE))
    if reader is None:
        return
    with reader:
        told = json.loads(reader.json())
    yield build_piece("C2PA manifest", json.dumps(told.get("manifests", told)).encode(), where=lambda _: "")


def _decode_exif_comments(file: IO[bytes], budget: Budget) -> Iterator[Piece]:
    """Yield EXIF's comments in UTF-16 (its specification, 4.6.5, UserComment); in other letters they are plain text."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        place = data.find(_COMMENT)
        while place >= 0:
            budget.count_member()
            after = data.find(_COMMENT, place + 1)  # it may begin between two bytes of a letter of this one
            end = min(place + _LONGEST_COMMENT, len(data) if after < 0 else after)
            yield build_piece("EXIF comment", recode_ambiguous_utf16(data[place + len(_COMMENT) : end]))
            place = after


def _decode_sound_tags(file: IO[bytes], budget: Budget) -> Iterator[Piece | UnreadPart]:
    """Yield the tags at the beginning of a sound, or those in a part of a WAV."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        found = [0] if data[:3] == b"ID3" else [chunk.end() - 3 for chunk in _CHUNK.finditer(data)]
    for place in found:
        file.seek(place)
        yield from decode_id3_tags(file, budget)


def _decode_png_texts(file: IO[bytes], budget: Budget) -> Iterator[Piece]:
    """Yield the text chunks of a PNG (its specification, 11.3.3), packed ones too."""
    file.seek(_SIGNATURE)
    while len(begin := file.read(8)) == _SIGNATURE:
        length, kind = int.from_bytes(begin[:4], "big"), begin[4:]
        if kind in (b"tEXt", b"zTXt", b"iTXt"):
            budget.count_member()
            if length > _LONGEST:
                raise UnreadableError(f"a text of {length} bytes")
            keyword, _, data = file.read(length).partition(b"\0")
            yield build_piece(
                f"text {sanitise_text(keyword.decode('latin-1'))[:80]}", _unpack_png_text(kind, data, budget)
            )
            length = 0
        file.seek(length + 4, 1)


def _unpack_png_text(kind: bytes, data: bytes, budget: Budget) -> bytes:
    if kind == b"iTXt":  # flag, method, language, translated keyword
        is_packed, data = data[:1] == b"\1", data[2:].split(b"\0", 2)[-1]
    else:
        is_packed, data = kind == b"zTXt", data[1:] if kind == b"zTXt" else data
    if not is_packed:
        return data
    unpacker = zlib.decompressobj()
    data = unpacker.decompress(data, _LONGEST)
    budget.count_bytes(len(data))
    if unpacker.unconsumed_tail:
        raise UnreadableError(f"a text that unpacks to more than {_LONGEST} bytes")
    return data
