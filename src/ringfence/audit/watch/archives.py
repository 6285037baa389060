"""Reads the files in a package's archive, without unpacking it."""

from __future__ import annotations

import os
import tarfile
import zipfile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_LARGEST = 512 << 20  # bytes of one file
_ENDINGS = (".map", ".png", ".jpg", ".woff2", ".ttf", ".wasm", ".d.ts", ".md", ".txt", ".svg", ".node")  # no program


def iter_files(path: str) -> Iterator[tuple[str, bytes]]:
    """Yield (name, content) of the files that may be its program: no pictures, source maps and pages."""
    if path.endswith((".whl", ".zip")):
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if not info.filename.lower().endswith(_ENDINGS) and not info.is_dir() and info.file_size <= _LARGEST:
                    yield info.filename, archive.read(info)
        return
    with tarfile.open(path, "r:*") as packed:
        for member in packed:
            if member.isfile() and not member.name.lower().endswith(_ENDINGS) and member.size <= _LARGEST:
                yield member.name, read_member(packed, member, _LARGEST)


def read_member(archive: tarfile.TarFile, member: tarfile.TarInfo, most: int) -> bytes:
    """Return the content of a file in an archive, up to a size."""
    file = archive.extractfile(member)
    return file.read(min(member.size, most)) if file else b""


def list_unread(path: str) -> list[str]:
    """Return the names of files that are too large to read."""
    if path.endswith((".whl", ".zip")):
        with zipfile.ZipFile(path) as archive:
            return [info.filename for info in archive.infolist() if info.file_size > _LARGEST]
    with tarfile.open(path, "r:*") as packed:
        return [os.path.basename(member.name) for member in packed if member.isfile() and member.size > _LARGEST]
