"""Compressed and columnar files: their bytes don't show what is in them, so they are unread and never clean."""

from __future__ import annotations

# First bytes → name, from each format's own description. Formats that leave text as it is (tar, SQLite, PNG, …) are
# not here: their bytes are scanned.
_MAGIC = (
    (b"\x1f\x8b", "gzip"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"\x1f\x9d", "compress"),
    (b"Obj\x01", "Avro"),
    (b"\x89HDF\r\n\x1a\n", "HDF5"),
    (b"%PDF-", "PDF"),
)
# Letters that a text could begin with too; what follows them in a real one can't be text.
_LETTERS = (
    (b"PAR1", "Parquet"),
    (b"PARE", "encrypted Parquet"),
    (b"ARROW1", "Arrow"),
    (b"FEA1", "Feather"),
    (b"ORC", "ORC"),
)
_BZIP2 = (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90")  # a first block, or the end of an empty file
_CONTROLS = bytes(range(9))


def opaque(head: bytes, _: int) -> str:
    """Return which container hides an object's content, or ""."""
    if name := _name(head):
        return f"{name} file: no decoder for it is installed"
    return ""


def _name(head: bytes) -> str:
    if head.startswith(b"BZh") and head[4:10] in _BZIP2:
        return "bzip2"
    is_binary = len(head) != len(head.translate(None, _CONTROLS))
    known = (*_MAGIC, *_LETTERS) if is_binary else _MAGIC
    return next((name for magic, name in known if head.startswith(magic)), "")
