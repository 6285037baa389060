"""The table of formats: magic bytes, and the decoder of each, which is imported when a file needs it."""

from __future__ import annotations

from importlib import import_module

from ...values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .base import Budget, Member, Piece, Stream, UnreadPart

    Decoder = Callable[[Stream, Budget], Iterator[Piece | Member | UnreadPart]]

_NOT_INSTALLED = "decoder not installed: pip install 'ringfence[{}]'"
_NO_DECODER = "no decoder for this format"


@value
class Format:
    """A file format: its name, its decoder as module.function ("" for none), and the package extra it needs."""

    name: str
    function: str
    extra: str = "data"

    @property
    def unavailable_reason(self) -> str:
        """The reason if it can't be decoded in this installation."""
        return _NOT_INSTALLED.format(self.extra) if self.function else _NO_DECODER

    @property
    def is_fully_decoded(self) -> bool:
        """Whether its decoder yields all of its text, so that the raw bytes are binary."""
        return self.function not in ("", "media.decode_media", "notebook.decode_notebook")

    def load_decoder(self) -> Decoder:
        """Import and return the decoder.

        Raises:
            ImportError: There is none, or a library that it needs isn't installed.
        """
        module, _, name = self.function.partition(".")
        if not module:
            raise ImportError(_NO_DECODER)
        decoder: Decoder = getattr(import_module(f".{module}", __package__), name)
        return decoder


# First bytes, from each format's own description.
_MAGIC = (
    (b"\x1f\x8b", Format("gzip", "compressed.decode_gzip")),
    (b"\xfd7zXZ\0", Format("xz", "compressed.decode_xz")),
    (b"\x28\xb5\x2f\xfd", Format("zstd", "compressed.decode_zstd")),
    (b"PK\x03\x04", Format("zip", "archive.decode_zip")),
    (b"PK\x05\x06", Format("zip", "archive.decode_zip")),
    (b"\x04\x22\x4d\x18", Format("lz4", "")),
    (b"7z\xbc\xaf\x27\x1c", Format("7z", "")),
    (b"Rar!\x1a\x07", Format("rar", "")),
    (b"\x1f\x9d", Format("compress", "")),
    (b"Obj\x01", Format("Avro", "")),
    (b"\x89HDF\r\n\x1a\n", Format("HDF5", "")),
    (b"%PDF-", Format("PDF", "pdf.decode_pdf", "media")),
    (b"SQLite format 3\0", Format("SQLite", "sqlite.decode_sqlite")),
)
# Magic bytes that are also possible at the beginning of a text; in a file of the format, binary bytes follow.
_TEXT_MAGIC = (
    (b"PAR1", Format("Parquet", "parquet_arrow.decode_parquet")),
    (b"PARE", Format("encrypted Parquet", "")),
    (b"ARROW1", Format("Arrow", "parquet_arrow.decode_arrow")),
    (b"FEA1", Format("Feather", "")),
    (b"ORC", Format("ORC", "")),
)
# (Offset, magic bytes, media type) of images, audio and video.
_MEDIA = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (8, b"WEBP", "image/webp"),
    (0, b"GIF8", "image/gif"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftyp", "video/mp4"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AVI ", "video/avi"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"fLaC", "audio/flac"),
)
_BZIP2 = (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90")  # a first block, or the end of an empty file
_ARROW_STREAM = b"\xff\xff\xff\xff"  # followed by the length of a schema
_MAX_SCHEMA = 1 << 24
WORDS = (b'"cell_type"', b'"nbformat"')  # every notebook contains one of them
_CONTROLS = bytes(range(9))
_TAR_BLOCK = 512


def list_magic_prefixes() -> list[bytes]:
    """Return the magic bytes of the formats that can begin without a control character."""
    return [*(magic for magic, _ in _MAGIC), b"BZh"]


def detect_format(head: bytes) -> Format | None:
    """Return the format of a content by its first `PROBE` bytes; None for text and unknown formats."""
    for magic, form in _MAGIC:
        if head.startswith(magic):
            return form
    if head.startswith(b"BZh") and head[4:10] in _BZIP2:
        return Format("bzip2", "compressed.decode_bzip2")
    if len(head) == len(head.translate(None, _CONTROLS)):
        return Format("notebook", "notebook.decode_notebook") if _is_notebook(head) else None
    if len(head) >= _TAR_BLOCK and head[148:156].strip(b" \0").isdigit() and _is_tar(head):
        return Format("tar", "archive.decode_tar")
    if _is_arrow_stream(head):
        return Format("Arrow", "parquet_arrow.decode_arrow")
    if kind := detect_media_type(head):
        return Format(kind, "media.decode_media", "media")
    return next((form for magic, form in _TEXT_MAGIC if head.startswith(magic)), None)


def detect_media_type(head: bytes) -> str:
    """Return the media type of an image, audio or video file by its first bytes, or ""."""
    return next((kind for offset, magic, kind in _MEDIA if head.startswith(magic, offset)), "")


def _is_notebook(head: bytes) -> bool:
    """Return whether a Jupyter notebook begins here; its keys may be in any order."""
    is_object = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    return is_object and any(word in head for word in WORDS)


def _is_arrow_stream(head: bytes) -> bool:
    """Return whether an Arrow stream begins here: magic bytes, the length of a schema, an offset in the schema."""
    length, offset = int.from_bytes(head[4:8], "little"), int.from_bytes(head[8:12], "little")
    return head.startswith(_ARROW_STREAM) and length % 8 == 0 and offset < length <= _MAX_SCHEMA


def _is_tar(head: bytes) -> bool:
    """Return whether a tar file begins here, by the checksum of its first block; old tar files have no magic bytes."""
    block = head[:_TAR_BLOCK]
    try:
        checksum = int(block[148:156].strip(b" \0"), 8)
    except ValueError:
        return False
    return checksum == sum(block[:148]) + 8 * ord(" ") + sum(block[156:])
