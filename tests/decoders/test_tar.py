"""Plain members of a tar are read without tarfile, and what is read is what tarfile reads, damage included."""

from __future__ import annotations

import io
import random
import tarfile

import pytest

from ringfence.model import Limits
from ringfence.scan.decoders import archive
from ringfence.scan.decoders.base import Budget, Stream, UnreadableError
from ringfence.scan.decoders.tar_headers import Blocks, read_plain_member

CHANCE = random.Random(5)
NAMES = ["a.txt", "folder/b.json", "ä/ö.txt", "n" * 99, "n" * 101, "p" * 90 + "/" + "q" * 80, "blank .txt", "0"]
SIZES = [0, 1, 511, 512, 513, 5000, 3 << 20]


def tar(kind: int, **how: object) -> bytes:
    """Return a tar of files, folders and links in a format of Python's."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=kind) as made:
        for number, (name, size) in enumerate(zip(NAMES * 2, SIZES * 3, strict=False)):
            if kind == tarfile.USTAR_FORMAT and len(name) > 100 and "/" not in name:
                continue
            info = tarfile.TarInfo(name)
            info.size = size
            for key, text in how.items():
                setattr(info, key, text)
            made.addfile(info, io.BytesIO(CHANCE.randbytes(size)))
            if number % 4 == 1:
                folder = tarfile.TarInfo(f"folder{number}")
                folder.type = tarfile.DIRTYPE
                made.addfile(folder)
            if number % 5 == 2:
                link = tarfile.TarInfo(f"link{number}")
                link.type, link.linkname = (tarfile.SYMTYPE, "a.txt") if number % 2 else (tarfile.LNKTYPE, "a.txt")
                made.addfile(link)
    return file.getvalue()


TARS = {
    "ustar": tar(tarfile.USTAR_FORMAT),
    "GNU": tar(tarfile.GNU_FORMAT),
    "pax": tar(tarfile.PAX_FORMAT),
    "pax with times": tar(tarfile.PAX_FORMAT, mtime=1.5),
    "pax with attributes": tar(tarfile.PAX_FORMAT, pax_headers={"comment": "x", "SCHILY.xattr.user.a": "b"}),
    "pax with a size": tar(tarfile.PAX_FORMAT, pax_headers={"size": "3"}),
    "pax with another name": tar(tarfile.PAX_FORMAT, pax_headers={"path": "another/name/"}),
    "unknown type": tar(tarfile.PAX_FORMAT, type=b"Z"),
    "contiguous": tar(tarfile.PAX_FORMAT, type=b"7"),
    "large numbers": tar(tarfile.GNU_FORMAT, uid=1 << 40, mtime=1 << 50),
    "two of them": tar(tarfile.PAX_FORMAT) + tar(tarfile.GNU_FORMAT),
}


def read(data: bytes, *, by_tarfile: bool, most: int = 1 << 30) -> list[tuple[str, bytes, int, str]]:
    """Return the members as (place, path, hash of the content, failure), and what ended the archive."""
    stream, budget = Stream(data[at : at + 70_000] for at in range(0, len(data), 70_000)), Budget(Limits(), 1 << 40)
    found: list[tuple[str, bytes, int, str]] = []
    decode = archive._decode_by_tarfile(Blocks(stream), budget) if by_tarfile else archive.decode_tar(stream, budget)
    try:
        for member in decode:
            content = member.stream.read(most)
            failed = member.stream.failed  # tarfile gives nothing of a last part that is cut
            found.append((member.place, member.path, 0 if failed else hash(content), failed))
    except (tarfile.TarError, UnreadableError) as error:
        found.append((type(error).__name__, str(error).encode(), 0, ""))
    return found


@pytest.mark.parametrize("data", TARS.values(), ids=TARS)
def test_members_are_those_that_tarfile_reads(data: bytes) -> None:
    assert read(data, by_tarfile=False) == read(data, by_tarfile=True)


@pytest.mark.parametrize("data", TARS.values(), ids=TARS)
def test_what_is_not_read_of_a_member_is_passed_over(data: bytes) -> None:
    assert read(data, by_tarfile=False, most=10) == read(data, by_tarfile=True, most=10)


@pytest.mark.parametrize("name", ["ustar", "pax with times", "GNU"])
def test_a_cut_or_changed_tar_is_as_damaged_as_for_tarfile(name: str) -> None:
    data = TARS[name][:20_000]
    chance = random.Random(name)
    for _ in range(150):
        changed = bytearray(data[: chance.randint(0, len(data))] if chance.random() < 0.5 else data)
        for _ in range(chance.randint(0, 2) if changed else 0):
            at = 512 * chance.randint(0, 12) + chance.choice((0, 99, 124, 140, 150, 156, 257, 345))  # of a header
            changed[min(at, len(changed) - 1)] ^= 1 << chance.randrange(8)
        plain, reference = read(bytes(changed), by_tarfile=False), read(bytes(changed), by_tarfile=True)
        assert plain == reference


def test_thousands_of_plain_members_need_no_tarfile() -> None:
    for name in ("ustar", "pax with times"):
        blocks = Blocks(Stream([TARS[name]]))
        assert read_plain_member(blocks) is not None
