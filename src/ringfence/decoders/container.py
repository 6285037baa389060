"""Compressed and columnar files: their bytes don't show what is in them, so they are unread and never clean."""

from __future__ import annotations

# First bytes → name, from each format's own description. Formats that leave text as it is (tar, SQLite, PNG, …) are
# not here: their bytes are scanned.
_MAGIC = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"\x1f\x9d", "compress"),
    (b"PAR1", "Parquet"),
    (b"PARE", "encrypted Parquet"),
    (b"ARROW1", "Arrow"),
    (b"FEA1", "Feather"),
    (b"ORC", "ORC"),
    (b"Obj\x01", "Avro"),
    (b"\x89HDF\r\n\x1a\n", "HDF5"),
    (b"%PDF-", "PDF"),
)


def opaque(head: bytes, _: int) -> str:
    """Return which container hides an object's content, or ""."""
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return f"{name} file: no decoder for it is installed"
    return ""
