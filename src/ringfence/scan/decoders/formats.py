"""The table of formats: magic bytes, and the decoder of each, which is imported when a file needs it."""

from __future__ import annotations

from importlib import import_module

from ...lazy_pattern import compile_lazily
from ...values import value
from .headerless import begins_lzma, begins_zlib
from .headerless_data import PICKLES, detect_data_format

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .base import Budget, Member, Piece, Stream, UnreadPart

    Decoder = Callable[[Stream, Budget], Iterator[Piece | Member | UnreadPart]]

_NOT_INSTALLED = "decoder not installed: pip install 'ringfence[{}]'"
_NO_DECODER = "no decoder for this format"
_MEMORY = 2 << 30  # bytes for a reader of rows that could unpack to any size at once


@value
class Format:
    """A file format: its name, its decoder as module.function ("" for none), and the package extra it needs.

    `is_isolated`: its decoder is a library written in C, and runs in a process of its own, which gets at most `memory`
    bytes (0: any number).
    """

    name: str
    function: str
    extra: str = "data"
    is_isolated: bool = False
    memory: int = 0

    @property
    def unavailable_reason(self) -> str:
        """The reason if it can't be decoded in this installation."""
        return _NOT_INSTALLED.format(self.extra) if self.function else _NO_DECODER

    @property
    def is_fully_decoded(self) -> bool:
        """Whether its decoder yields all of its text, so that the raw bytes are binary."""
        return self.function not in ("", "bills.decode_bill", "media.decode_media", "notebook.decode_notebook")

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


_PDF = Format("PDF", "pdf.decode_pdf", "media")
_HDF5 = Format("HDF5", "hdf5.decode_hdf5", "hdf5", is_isolated=True, memory=_MEMORY)
LANCE = Format("Lance", "lance_rows.decode_lance", "lance", is_isolated=True, memory=_MEMORY)
OLD_LANCE = Format("Lance, in a version that isn't read", "")
# First bytes, from each format's own description.
_MAGIC = (
    (b"\x1f\x8b", Format("gzip", "compressed.decode_gzip")),
    (b"\xfd7zXZ\0", Format("xz", "compressed.decode_xz")),
    (b"\x28\xb5\x2f\xfd", Format("zstd", "compressed.decode_zstd")),
    (b"PK\x03\x04", Format("zip", "archive.decode_zip")),
    (b"PK\x05\x06", Format("zip", "archive.decode_zip")),
    (b"%PDF-", _PDF),
    (b"# Sphinx inventory version 2\n", Format("Sphinx inventory", "compressed.decode_inventory")),
    (b"Obj\x01", Format("Avro", "avro.decode_avro", is_isolated=True, memory=_MEMORY)),
    (b"\x89HDF\r\n\x1a\n", _HDF5),
    (b"\x93NUMPY", Format("npy", "numpy_array.decode_npy")),
    (b"SQLite format 3\0", Format("SQLite", "sqlite.decode_sqlite", is_isolated=True)),
    *(
        (magic, Format(name, ""))
        for magic, name in (
            (b"\x04\x22\x4d\x18", "lz4"), (b"\x02\x21\x4c\x18", "lz4"), (b"7z\xbc\xaf\x27\x1c", "7z"),
            (b"Rar!\x1a\x07", "rar"), (b"\x1f\x9d", "compress"), (b"\x1f\xa0", "compress"), (b"\x1f\x1e", "pack"),
            (b"LZIP\0", "lzip"), (b"LZIP\1", "lzip"), (b"\x89LZO\0", "lzop"), (b"LRZI\0", "lrzip"), (b"RZIP\2", "rzip"),
            (b"7kSt", "zpaq"), (b"zPQ\1", "zpaq"), (b"BZ3v1", "bzip3"), (b"\xff\x06\0\0sNaPpY", "snappy"),
            (b"MSCF\0\0\0\0", "cabinet"), (b"xar!\0", "xar"), (b"MSWIM\0\0\0", "wim"), (b"\x60\xea", "arj"),
            (b"\x83\xaf\x70\xd1", "ArrayRecord"),
            (b"# v2 git bundle\n", "git bundle"), (b"# v3 git bundle\n", "git bundle"),
            (b"PACK\0\0\0\2", "git pack"), (b"PACK\0\0\0\3", "git pack"),
            (b"QFI\xfb", "disk image"), (b"vhdxfile", "disk image"), (b"KDMV\1\0", "disk image"),
            (b"LUKS\xba\xbe", "LUKS"),
            (b"age-encryption.org/v1\n", "age"), (b"Salted__", "OpenSSL"), (b"U2FsdGVkX1", "OpenSSL"),
            (b"\0GITCRYPT\0", "git-crypt"), (b"$ANSIBLE_VAULT;", "Ansible Vault"), (b"\x03\xd9\xa2\x9a", "KeePass"),
        )
    ),
)  # fmt: skip
# Magic bytes that are also possible at the beginning of a text; in a file of the format, binary bytes follow.
_TEXT_MAGIC = (
    (0, b"PAR1", Format("Parquet", "parquet_arrow.decode_parquet", is_isolated=True)),
    (0, b"PARE", Format("encrypted Parquet", "")),
    (0, b"ARROW1", Format("Arrow", "parquet_arrow.decode_arrow", is_isolated=True)),
    (0, b"GGUF", Format("GGUF", "tensors.decode_gguf")),
    (0, b"FEA1", Format("Feather", "")),
    (0, b"ORC", Format("ORC", "")),
    (0, b"VTXF", Format("Vortex", "")),
    (0, b"hsqs", Format("squashfs", "")),
    (0, b"sqsh", Format("squashfs", "")),
    (0, b"ZOO ", Format("zoo", "")),
    (7, b"**ACE**", Format("ace", "")),
    (2, b"-lh", Format("lha", "")),
    (8, b"DUCK", Format("DuckDB", "")),
    *((1 << shift, b"\x89HDF\r\n\x1a\n", _HDF5) for shift in (9, 10, 11)),  # behind a user block
)
# Formats that are told by their structure, by the names that `detect_data_format` returns.
_DATA = {
    "safetensors": Format("safetensors", "tensors.decode_safetensors"),
    "pickle": Format("pickle", "pickle_strings.decode_pickle"),
    "PyTorch": Format("PyTorch", "torch_file.decode_torch"),
    "TFRecord": Format("TFRecord", "tfrecord.decode_tfrecord"),
    "MDS": Format("MDS", "shards.decode_mds"),
    "LitData": Format("LitData", "shards.decode_litdata"),
    "msgpack": Format("msgpack", "msgpack_rows.decode_msgpack", is_isolated=True, memory=_MEMORY),
}
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
_PICKLES = ((0, b"\x80\4\x95"), (0, b"\x80\5\x95"))  # as Python writes them today
_BZIP2 = (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90")  # a first block, or the end of an empty file
_ARROW_STREAM = b"\xff\xff\xff\xff"  # followed by the length of a schema
_MAX_SCHEMA = 1 << 24
WORDS = (b'"cell_type"', b'"nbformat"')  # every notebook contains one of them
BILL_WORDS = (b'"bomFormat"', b"spdx.org/rdf/3")  # every CycloneDX document has the one, SPDX 3 the other
_PDF_BEHIND = compile_lazily(
    rb"(?:^|\n)%PDF-\d\.\d[\r\n]+(?:%[^\n]{1,20}\n)?\s*\d+ \d+ obj"
)  # its readers skip what comes before
_MAX_BEFORE_PDF = 1024  # bytes
_NOTEBOOK_KEY = compile_lazily(rb'(?:\xef\xbb\xbf)?\s*\{\s*"(?:cells|worksheets|metadata|nbformat|nbformat_minor)"\s*:')
_NOTEBOOK_SCRIPT = compile_lazily(
    rb"(?m)^(?:#|//|--|;;?|%)[ \t]*---[ \t]*\r?\n(?:#|//|--|;;?|%)[ \t]*jupyter:"
    rb"|^import marimo\b|^(?:#|//|--) Databricks notebook|^(?:#|//|--) %% \[m(?:arkdown|d)\]"
)
_NOTEBOOK_HEAD = 4096  # bytes
_CONTROLS = bytes(range(9))
_TAR_BLOCK = 512
_BY_FIRST_BYTE: dict[int, list[tuple[bytes, Format]]] = {}
for _magic, _form in _MAGIC:
    _BY_FIRST_BYTE.setdefault(_magic[0], []).append((_magic, _form))


def list_magic_prefixes() -> list[bytes]:
    """Return the magic bytes of the formats that can begin without a control character."""
    magics = (magic for magic, _ in _MAGIC if magic == magic.translate(None, _CONTROLS))
    return [*magics, b"BZh", *PICKLES]


def list_magics() -> list[tuple[int, bytes]]:
    """Return (offset, first bytes) of the formats that are decoded or unread."""
    texts = [(offset, magic) for offset, magic, _ in _TEXT_MAGIC]
    media = [(offset, magic) for offset, magic, _ in _MEDIA]
    return [*((0, magic) for magic, _ in _MAGIC), (0, b"BZh"), (0, _ARROW_STREAM), *_PICKLES, *texts, *media]


def detect_format(head: bytes) -> Format | None:
    """Return the format of a content by its first `PROBE` bytes; None for text and unknown formats."""
    for magic, form in _BY_FIRST_BYTE.get(head[0], ()) if head else ():
        if head.startswith(magic):
            return form
    if head.startswith(b"BZh") and head[4:10] in _BZIP2:
        return Format("bzip2", "compressed.decode_bzip2")
    if len(head) == len(head.translate(None, _CONTROLS)):
        return _PDF if _is_pdf(head) else _DATA.get(detect_data_format(head))
    if len(head) >= _TAR_BLOCK and head[148:156].strip(b" \0").isdigit() and _is_tar(head):
        return Format("tar", "archive.decode_tar")
    if _is_pdf(head):
        return _PDF
    if _is_arrow_stream(head):
        return Format("Arrow", "parquet_arrow.decode_arrow", is_isolated=True)
    if kind := detect_media_type(head):
        return Format(kind, "media.decode_media", "media")
    for offset, magic, form in _TEXT_MAGIC:
        if head.startswith(magic, offset):
            return form
    if _is_skippable(head):
        return Format("zstd", "compressed.decode_zstd")
    if name := detect_data_format(head):
        return _DATA[name]
    if begins_zlib(head):
        return Format("zlib", "compressed.decode_zlib")
    return Format("lzma", "compressed.decode_lzma") if begins_lzma(head) else None


def detect_media_type(head: bytes) -> str:
    """Return the media type of an image, audio or video file by its first bytes, or ""."""
    return next((kind for offset, magic, kind in _MEDIA if head.startswith(magic, offset)), "")


def detect_notebook(window: bytes, *, may_have_words: bool = True) -> Format | None:
    """Return the format of a Jupyter notebook that may begin here; its keys may be in any order, and far behind.

    It is told by all of the first window: attachments and metadata of any size may come before its usual keys.
    `may_have_words` is whether the window may have one of `WORDS`.
    """
    if not window[:_NOTEBOOK_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return None
    is_notebook = _NOTEBOOK_KEY.match(window) or (may_have_words and any(word in window for word in WORDS))
    return Format("notebook", "notebook.decode_notebook") if is_notebook else None


def detect_json(window: bytes, *, may_have_words: bool) -> Format | None:
    """Return the format of a notebook or a bill that may begin here; `may_have_words` as in `detect_notebook`."""
    notebook = detect_notebook(window, may_have_words=may_have_words)
    return notebook or (detect_bill(window) if may_have_words else None)


def detect_bill(window: bytes) -> Format | None:
    """Return the format of a bill of materials in JSON that may begin here."""
    if not window[:_NOTEBOOK_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return None
    return Format("bill of materials", "bills.decode_bill") if any(word in window for word in BILL_WORDS) else None


def is_notebook_script(head: bytes) -> bool:
    """Return whether a script is a notebook: one of jupytext, marimo or Databricks."""
    return any(word in head for word in (b"jupyter:", b"marimo", b"notebook source", b"%% [m")) and bool(
        _NOTEBOOK_SCRIPT.search(head)
    )


def _is_pdf(head: bytes) -> bool:
    """Return whether a PDF begins behind other bytes."""
    start = head[:_MAX_BEFORE_PDF]
    return b"%PDF-" in start and bool(_PDF_BEHIND.search(start))


def _is_skippable(head: bytes) -> bool:
    """Return whether a zstd file begins with a frame of other data, as those of pzstd do."""
    return head[1:4] == b"\x2a\x4d\x18" and head[0] & 0xF0 == 0x50  # noqa: PLR2004 - RFC 8878, 3.1.2


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
