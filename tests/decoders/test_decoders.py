"""What hides its content says so; wide text is read; everything else is scanned as it is."""

from __future__ import annotations

import zlib

import pytest

from ringfence.scan import decoders
from ringfence.scan.decoders.encoding import detect_encoding as find_encoding
from ringfence.scan.decoders.encoding import recode_to_utf8

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 12\n"
DVC = b"outs:\n- md5: 0123456789abcdef0123456789abcdef\n  size: 12\n  hash: md5\n  path: data.csv\n"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (LFS, "Git LFS"),
        (LFS.replace(b"git-lfs.github.com", b"hawser.github.com"), "Git LFS"),
        (LFS + b"x-extra 1\n", "Git LFS"),
        (b"../.git/annex/objects/KG/gX/SHA256E-s4--0/SHA256E-s4--0", "git-annex"),
        (b"/annex/objects/SHA256E-s4--0.txt\n", "git-annex"),
        (DVC, "DVC"),
        (DVC.replace(b"cdef\n", b"cdef.dir\n"), "DVC"),
        (b"", ""),
        (b"plain text", ""),
        (b"outs:\n- md5: not a hash\n  path: x\n", "DVC"),
        (b"outs:\n- md5: not a hash\n", ""),
        (b"see version https://git-lfs.github.com/spec/v1\noid sha256:", ""),
    ],
)
def test_a_pointer_says_where_the_content_is(data: bytes, name: str) -> None:
    assert "".join(f"{item.name}{item.fault}" for item in decoders.parse_pointers(data)) == name


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"Obj\x01", "Avro"),
        (b"ORC\x01", "ORC"),
        (b"ORCHIDS", ""),
        (zlib.compress(b"text"), "zlib"),
        (b"x^2 + y^2", ""),
        (b"BZhis a word", ""),
    ],
)
def test_a_format_is_known_by_its_first_bytes(data: bytes, name: str) -> None:
    found = decoders.detect_format(data)
    assert (found.name if found else "") == name


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        *((encoding, "\ufeff") for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")),
        *((encoding, "") for encoding in ("utf-16-le", "utf-16-be", "utf-32-le")),
    ],
)
def test_wide_text_is_read_with_and_without_a_byte_order_mark(encoding: str, mark: str) -> None:
    data = (mark + "A row of plain text.\nAnother row.\n").encode(encoding)
    assert b"Another row." in recode_to_utf8(data, find_encoding(data))


@pytest.mark.parametrize(
    "data", [b"plain", b"", bytes(range(256)) * 20, b"\x7fELF\2\1\1\0" + b"\0" * 8 + b"\3\0>\0" * 30]
)
def test_other_bytes_are_left_as_they_are(data: bytes) -> None:
    assert recode_to_utf8(data, find_encoding(data)) == data or b"\0" in data
