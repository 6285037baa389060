"""Finds the versions of a merged file in the parents of a merge."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .stream import FileChange
    from .texts import Texts

_MOST_CANDIDATES = 30  # deleted files that a file of another name is compared with
_LEAST = 0.5  # share of lines in common that makes a file the renamed form of another


def find_old_versions(
    path: bytes, by_path: Sequence[dict[bytes, FileChange]], texts: Texts
) -> dict[int, tuple[bytes, str]]:
    """Return the path and the content of a file in each parent that has it, under its name or another one.

    A file that a parent has under another name is one that the merge deletes there.
    """
    found: dict[int, tuple[bytes, str]] = {}
    for index, changes in enumerate(by_path):
        change = changes.get(path)
        if change is None:  # it is the same there
            found[index] = path, by_path[0][path].oid
        elif change.old_oid:
            found[index] = path, change.old_oid
        elif old := _find_renamed(path, change.oid, changes, texts):
            found[index] = old
    return found


def _find_renamed(path: bytes, oid: str, changes: dict[bytes, FileChange], texts: Texts) -> tuple[bytes, str] | None:
    """Return the deleted file that a new one was made of; None if none is alike."""
    name = path.rpartition(b"/")[2]
    deleted = [change for change in changes.values() if change.old_oid and not change.oid]
    deleted.sort(key=lambda change: change.path.rpartition(b"/")[2] != name)
    lines = set(texts.read_lines(oid))
    best, best_share = None, _LEAST
    for change in deleted[:_MOST_CANDIDATES]:
        others = set(texts.read_lines(change.old_oid))
        share = 2 * len(lines & others) / (len(lines) + len(others) or 1)
        if share > best_share:
            best, best_share = (change.path, change.old_oid), share
    return best
