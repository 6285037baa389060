"""Images, audio and video: the texts and manifests in their metadata; pixels and samples aren't examined."""

from __future__ import annotations

import json
import mmap
import re
import zlib

from ...excerpts import sanitise_text
from ...lazy_pattern import compile_lazily
from ..isolation import ReaderDiedError, call_isolated, can_isolate
from .base import UnreadableError, build_piece
from .formats import detect_media_type
from .id3 import decode_id3_tags, recode_ambiguous_utf16

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO, Any

    from .base import Budget, Piece, Stream, UnreadPart

_SIGNATURE = 8  # bytes before a PNG's first chunk
_MAX_TEXT = 16 << 20  # bytes of a text chunk, compressed and decompressed
_COMMENT_MAGIC = b"UNICODE\0"
_WAV_CHUNK = compile_lazily(rb"(?:id3|ID3) .{4}ID3", re.DOTALL)  # in a WAV: name, length, beginning of the tag
_MAX_COMMENT = 64 << 10  # bytes; the limit of a JPEG's whole EXIF segment
_OFFLINE = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": False}}


def decode_media(stream: Stream, budget: Budget) -> Iterator[Piece | UnreadPart]:
    """Yield the texts of an image, the tags of an audio file, and the C2PA manifests.

    Raises:
        ImportError: There is a manifest, and c2pa-python isn't installed.
    """
    kind = detect_media_type(stream.peek_head())
    with stream.open_file() as file:
        if kind == "image/png":
            yield from _decode_png_texts(file, budget)
        elif kind.startswith("image/"):
            yield from _decode_exif_comments(file, budget)
        elif kind.startswith("audio/"):
            yield from _decode_sound_tags(file, budget)
        yield from decode_c2pa_manifest(kind, file, budget.limits.seconds)


def decode_c2pa_manifest(kind: str, file: IO[bytes], seconds: float) -> Iterator[Piece]:
    """Yield the C2PA manifests of a file as JSON: signer, tool, sources. Nothing is fetched from the network.

    Raises:
        ImportError: There is a manifest, and c2pa-python isn't installed.
    """
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data.find(b"jumb") < 0 or data.find(b"c2pa") < 0:
            return
    import c2pa

    def read_manifest() -> dict[str, Any] | None:
        file.seek(0)
        reader = c2pa.Reader.try_create(kind, file, context=c2pa.Context.from_dict(_OFFLINE))
        if reader is None:
            return None
        with reader:
            found: dict[str, Any] = json.loads(reader.json())
        return found

    # Its library isn't Python: where it ends its process, that is not ours.
    try:
        manifest = call_isolated(read_manifest, seconds) if can_isolate() else read_manifest()
    except ReaderDiedError as error:
        raise UnreadableError(f"its C2PA manifest: {error}") from None
    if manifest is None:
        return
    yield build_piece("C2PA manifest", json.dumps(manifest.get("manifests", manifest)).encode(), get_place=lambda _: "")


def _decode_exif_comments(file: IO[bytes], budget: Budget) -> Iterator[Piece]:
    """Yield the UTF-16 comments of EXIF (specification 4.6.5, UserComment); other encodings are plain text."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        start = data.find(_COMMENT_MAGIC)
        while start >= 0:
            budget.count_member()
            following = data.find(_COMMENT_MAGIC, start + 1)  # at any offset, even between the bytes of a character
            end = min(start + _MAX_COMMENT, len(data) if following < 0 else following)
            yield build_piece("EXIF comment", recode_ambiguous_utf16(data[start + len(_COMMENT_MAGIC) : end]))
            start = following


def _decode_sound_tags(file: IO[bytes], budget: Budget) -> Iterator[Piece | UnreadPart]:
    """Yield the ID3 tags at the beginning of an audio file, or in the chunks of a WAV."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        offsets = [0] if data[:3] == b"ID3" else [chunk.end() - 3 for chunk in _WAV_CHUNK.finditer(data)]
    for offset in offsets:
        file.seek(offset)
        yield from decode_id3_tags(file, budget)


def _decode_png_texts(file: IO[bytes], budget: Budget) -> Iterator[Piece]:
    """Yield the text chunks of a PNG (specification 11.3.3), decompressed."""
    file.seek(_SIGNATURE)
    while len(header := file.read(8)) == _SIGNATURE:
        length, kind = int.from_bytes(header[:4], "big"), header[4:]
        if kind in (b"tEXt", b"zTXt", b"iTXt"):
            budget.count_member()
            if length > _MAX_TEXT:
                raise UnreadableError(f"a text of {length} bytes; the limit is {_MAX_TEXT}")
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
    data = unpacker.decompress(data, _MAX_TEXT)
    budget.count_bytes(len(data))
    if unpacker.unconsumed_tail:
        raise UnreadableError(f"a text that unpacks to more than {_MAX_TEXT} bytes")
    return data
