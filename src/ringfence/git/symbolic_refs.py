"""Symbolic refs: git moves, creates and deletes what they lead to, and names only them to its hooks."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .repo import Repo

_START = b"ref:"


def resolve_symbolic_refs(repo: Repo, refs: Iterable[bytes]) -> dict[bytes, bytes]:
    """Return where the symbolic ones among refs lead in the end, whether that ref exists or not."""
    folder = os.fsencode(repo.find_common_directory())
    has_files = not os.path.exists(os.path.join(folder, b"reftable"))
    targets = {}
    for ref in refs:
        if has_files and not _is_symbolic_file(os.path.join(folder, ref)):
            continue  # the usual case, without a process for each ref; packed refs are never symbolic
        target = repo.run("symbolic-ref", "--quiet", os.fsdecode(ref), ok=(0, 1, 128)).removesuffix(b"\n")
        if target and target != ref:
            targets[ref] = target
    return targets


def list_symbolic_refs(repo: Repo) -> list[tuple[bytes, bytes]]:
    """Return every symbolic ref below `refs/` whose target exists, with the ref that it leads to."""
    listing = repo.run("for-each-ref", "--format=%(symref) %(refname)").splitlines()
    pairs = (line.partition(b" ") for line in listing)
    return [(name, target) for target, _, name in pairs if target]


def _is_symbolic_file(path: bytes) -> bool:
    if os.path.islink(path):  # as git wrote them before 2005, and still reads them
        return True
    try:
        with open(path, "rb") as file:
            return file.read(len(_START)) == _START
    except OSError:
        return False  # packed, or not there
