from __future__ import annotations

import io
import tarfile
import zipfile

import pytest

from ringfence.scan.decoders.archive import decode_tar, decode_zip
from ringfence.scan.decoders.base import UnreadableError


def build_zip(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def build_tar(**members: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def test_members_are_yielded_in_order(decode) -> None:
    members = {"a": b"one", "b": b"two"}
    assert decode(decode_zip, build_zip(**members)) == [("a", b"one"), ("b", b"two")]
    assert decode(decode_tar, build_tar(**members)) == [("a", b"one"), ("b", b"two")]


def test_a_concatenated_tar_is_read_to_its_end(decode) -> None:
    assert decode(decode_tar, build_tar(a=b"one") + build_tar(b=b"two")) == [("a", b"one"), ("b", b"two")]


def test_too_many_members_are_refused(decode) -> None:
    with pytest.raises(UnreadableError, match=r"more than 1 members \(limits\.members\)"):
        decode(decode_zip, build_zip(a=b"", b=b""), members=1)


def test_a_damaged_tar_header_is_an_error(decode) -> None:
    data = bytearray(build_tar(a=b"one", b=b"two"))
    data[1024 + 150] ^= 1  # in the checksum of the second header
    with pytest.raises(UnreadableError, match="damaged"):
        decode(decode_tar, bytes(data))
