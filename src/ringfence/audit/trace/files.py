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
    repository: Repository, commit: str, paths: Sequence[str], known: dict[str, tuple[int, bool]]
) -> tuple[list[TracedFile], list[tuple[str, str]]]:
    """Return the files of a commit at or below paths, or all, and what can't be traced with the reason.

    `known` has the lines of contents by their id, and whether they are binary; those that were counted are added.
    """
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
    files = [TracedFile(path, oid, *known.get(oid, (0, False))) for path, oid in entries]
    missing: dict[str, list[TracedFile]] = {}
    for file in files:
        if file.blob not in known:
            missing.setdefault(file.blob, []).append(file)
    for item in repository.objects.iter_objects(missing):
        counted, reason = (None, item.reason) if isinstance(item, MissingObject) else _measure(repository, item)
        if counted and not reason:
            known[item.name] = counted
        for file in missing[item.name]:
            file.lines, file.is_binary = counted or (0, False)
            if reason:
                unread.append((decode_path(file.path), reason))
    return files, unread


def _measure(repository: Repository, item: Object) -> tuple[tuple[int, bool], str]:
    """Return the lines of a content and whether it is binary, and why what it points to can't be traced, or ""."""
    if item.size <= SMALL:
        data = item.read()
        return count_lines(data), _find_missing_content(repository, data)
    stream = open_stream(item)
    head = stream.peek_head()
    lines, last = 0, b""
    while chunk := stream.read():
        lines += chunk.count(b"\n")
        last = chunk[-1:]
    return (1, True) if is_binary(head) else (lines + (last != b"\n"), False), ""


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
