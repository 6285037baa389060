"""Signatures of formats that may begin anywhere in other bytes, and what must follow so that it is no accident."""

from __future__ import annotations

import re

from ...lazy_pattern import compile_lazily
from ...values import value
from .headerless import begins_zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

LOOKAHEAD = 4096  # bytes behind a signature that are looked at
_MAX_ZIP_VERSION, _ZIP_METHODS = 63, frozenset((0, 1, 6, 8, 9, 12, 14, 20, 93, 94, 95, 96, 97, 98, 99))
_MAX_ZIP_NAME = 4096
_GZIP_FLAGS, _GZIP_LEVELS, _GZIP_SYSTEMS = 0x1F, (0, 2, 4), (*range(14), 255)
_SQLITE_FRACTIONS = b"\x40\x20\x20"
_LZ4_VERSION, _LZ4_RESERVED = 1, 0x8F
_PDF = compile_lazily(rb"%PDF-\d\.\d\s.{0,100}?\d+ \d+ obj", re.DOTALL)
_ARMOR = compile_lazily(rb"-----BEGIN [A-Z ]+-----\r?\n(?:[A-Za-z]+: [^\n]*\n)*(?:\r?\n)?[A-Za-z0-9+/=]{40,}\r?\n")
_VAULT = compile_lazily(rb"\$ANSIBLE_VAULT;\d\.\d;AES256[^\n]*\n\s*[0-9a-f]{60,}")


@value
class Signature:
    """A signature, `shift` bytes behind the beginning of the content that it belongs to.

    `is_valid` is called with the bytes of that content. `reason` is why it is unread; "" if it is a member to be read.
    """

    magic: bytes
    is_valid: Callable[[bytes], bool]
    reason: str = ""
    shift: int = 0


def begins_zip(data: bytes) -> bool:
    """Return whether an entry of a zip begins here."""
    name = data[30 : 30 + int.from_bytes(data[26:28], "little")]
    return (
        data[4:5] != b""
        and data[4] <= _MAX_ZIP_VERSION
        and int.from_bytes(data[8:10], "little") in _ZIP_METHODS
        and 0 < int.from_bytes(data[26:28], "little") <= _MAX_ZIP_NAME
        and not any(byte < ord(" ") for byte in name)
    )


def _begins_gzip(data: bytes) -> bool:
    if len(data) < 18 or data[3] > _GZIP_FLAGS or data[8] not in _GZIP_LEVELS or data[9] not in _GZIP_SYSTEMS:  # noqa: PLR2004 - RFC 1952
        return False
    import zlib

    try:
        return bool(zlib.decompressobj(31).decompress(data, LOOKAHEAD))
    except zlib.error:
        return False


def _begins_bzip2(data: bytes) -> bool:
    return data.startswith(b"BZh") and data[3:4] in b"123456789" and data[3:4] != b""


def _begins_xz(data: bytes) -> bool:
    import zlib

    return data[6:7] == b"\0" and zlib.crc32(data[6:8]) == int.from_bytes(data[8:12], "little")


def _begins_zstd(data: bytes) -> bool:
    import sys

    try:
        if sys.version_info >= (3, 14):
            from compression.zstd import ZstdDecompressor
        else:
            from backports.zstd import ZstdDecompressor
    except ImportError:
        return not data[4] & 8
    try:
        unpacked = ZstdDecompressor().decompress(data, LOOKAHEAD)
    except Exception:  # noqa: BLE001 - its own error; it is no zstd then
        return False
    return bool(unpacked) or len(data) == LOOKAHEAD


def _begins_7z(data: bytes) -> bool:
    import zlib

    return zlib.crc32(data[12:32]) == int.from_bytes(data[8:12], "little")


def _begins_rar(data: bytes) -> bool:
    import zlib

    if data[6:7] == b"\0":
        return data[9:10] == b"\x73"
    size = data[12] if len(data) > 12 else 0  # noqa: PLR2004 - a header's length, which is short, behind its checksum
    return data[6:8] == b"\1\0" and zlib.crc32(data[12 : 13 + size]) == int.from_bytes(data[8:12], "little")


def _begins_sqlite(data: bytes) -> bool:
    return data[21:24] == _SQLITE_FRACTIONS


def _begins_lz4(data: bytes) -> bool:
    return len(data) > 6 and data[4] >> 6 == _LZ4_VERSION and not data[5] & _LZ4_RESERVED  # noqa: PLR2004 - its header


def _begins_pdf(data: bytes) -> bool:
    return bool(_PDF.match(data)) and not data.isascii()


def _begins_png(data: bytes) -> bool:
    import zlib

    return data[12:16] == b"IHDR" and zlib.crc32(data[12:29]) == int.from_bytes(data[29:33], "big")


def _begins_hdf5(data: bytes) -> bool:
    version, sizes = data[8:9], (data[13:15] if data[8:9] <= b"\1" else data[9:11])
    return version <= b"\3" and len(sizes) == 2 and set(sizes) <= {2, 4, 8}  # noqa: PLR2004 - of offsets and lengths


def _begins_pack(data: bytes) -> bool:
    return begins_zlib(data[13:]) or begins_zlib(data[14:]) or begins_zlib(data[15:])  # behind the first object's size


_NO_DECODER = "no decoder for this format"
SIGNATURES = (
    Signature(b"PK\x03\x04", begins_zip),
    Signature(b"\x1f\x8b\x08", _begins_gzip),
    Signature(b"1AY&SY", _begins_bzip2, shift=4),
    Signature(b"\xfd7zXZ\0", _begins_xz),
    Signature(b"\x28\xb5\x2f\xfd", _begins_zstd),
    Signature(b"\x89PNG\r\n\x1a\n", _begins_png),
    Signature(b"%PDF-", _begins_pdf),
    Signature(b"SQLite format 3\0", _begins_sqlite),
    Signature(b"7z\xbc\xaf\x27\x1c", _begins_7z, f"7z: {_NO_DECODER}"),
    Signature(b"Rar!\x1a\x07", _begins_rar, f"rar: {_NO_DECODER}"),
    Signature(b"\x04\x22\x4d\x18", _begins_lz4, f"lz4: {_NO_DECODER}"),
    Signature(b"hsqs", lambda data: data[28:32] == b"\4\0\0\0", f"squashfs: {_NO_DECODER}"),
    Signature(b"MSCF\0\0\0\0", lambda data: data[24:26] == b"\3\1", f"cabinet: {_NO_DECODER}"),
    Signature(b"PACK\0\0\0\2", _begins_pack, f"git pack: {_NO_DECODER}"),
    Signature(b"\x89HDF\r\n\x1a\n", _begins_hdf5),
    Signature(b"-----BEGIN PGP MESSAGE-----", lambda data: bool(_ARMOR.match(data)), "enciphered (PGP)"),
    Signature(b"-----BEGIN AGE ENCRYPTED FILE-----", lambda data: bool(_ARMOR.match(data)), "enciphered (age)"),
    Signature(b"$ANSIBLE_VAULT;", lambda data: bool(_VAULT.match(data)), "enciphered (Ansible Vault)"),
)


def list_armors() -> list[bytes]:
    """Return the signatures of what is enciphered as text."""
    return [signature.magic for signature in SIGNATURES if signature.reason.startswith("enciphered")]
