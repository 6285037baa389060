"""Lists the files of a revision that are traced, and what can't be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...git.objects import SMALL, MissingObject
from ...scan.decoders.content_stores import find_content
from ...scan.decoders.pointer import parse_pointers
from ...scan.ingredients.texts import open_stream
from ..blame.texts import is_binary
from .model import TracedFile, decode_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...git.objects import Object
    from ...repository import Repository

_REGULAR = (b"100644", b"100755", b"100664")
_SUBMODULE = b"160000"
_LARGEST_POINTER = 8 << 10  # bytes; larger ones (of folders) are traced as the text that they are


def list_files(
    repository: Repository, commit: str, paths: Sequence[str]
) -> tuple[list[TracedFile], list[tuple[str, str]]]:
    """Return the files of a commit at or below paths, or all, and what can't be traced with the reason."""
    where = ("--full-name",) if paths else ("--full-tree",)
    listing = repository.repo.run("ls-tree", "-r", "-z", *where, commit, "--", *paths)
    entries: list[tuple[bytes, str]] = []
    unread: list[tuple[str, str]] = []
    for row in listing.split(b"\0"):
        if not row:
            continue
        about, _, path = row.partition(b"\t")
        mode, _, oid = about.split(b" ")
        if mode == _SUBMODULE:
            unread.append((decode_path(path), "a submodule: trace its own repository"))
        elif mode in _REGULAR:
            entries.append((path, oid.decode()))
    files: list[TracedFile] = []
    for (path, _), item in zip(entries, repository.objects.iter_objects(oid for _, oid in entries), strict=True):
        if isinstance(item, MissingObject):
            unread.append((decode_path(path), item.reason))
            continue
        file, reason = _measure(repository, path, item)
        files.append(file)
        if reason:
            unread.append((decode_path(path), reason))
    return files, unread


def _measure(repository: Repository, path: bytes, item: Object) -> tuple[TracedFile, str]:
    """Return a file with the number of its lines, and why its content can't be traced, or ""."""
    if item.size <= SMALL:
        data = item.read()
        return TracedFile(path, item.oid, *count_lines(data)), _find_missing_content(repository, data)
    stream = open_stream(item)
    head = stream.peek_head()
    lines, last = 0, b""
    while chunk := stream.read():
        lines += chunk.count(b"\n")
        last = chunk[-1:]
    if is_binary(head):
        return TracedFile(path, item.oid, 1, is_binary=True), ""
    return TracedFile(path, item.oid, lines + (last != b"\n")), ""


def count_lines(data: bytes) -> tuple[int, bool]:
    """Return how many lines a content has, and whether it is binary; a binary one counts as one line."""
    if is_binary(data):
        return 1, True
    return data.count(b"\n") + (bool(data) and not data.endswith(b"\n")), False


def _find_missing_content(repository: Repository, data: bytes) -> str:
    """Return why the content that a pointer file names can't be read here; "" if it can, or for any other file."""
    if len(data) > _LARGEST_POINTER:
        return ""
    for pointer in parse_pointers(data):
        if not find_content(pointer, repository.list_stores(pointer.store)):
            return f"{pointer.name} content that isn't in this clone"
    return ""
