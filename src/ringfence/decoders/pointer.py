"""Pointers to content that isn't in git: Git LFS (and Xet, which keeps its form), git-annex, DVC."""

from __future__ import annotations

_LARGEST = 4096  # a real LFS pointer is below 200 bytes; a padded one is still a pointer

_LFS = (b"version https://git-lfs.github.com/spec/", b"version https://hawser.github.com/spec/")


def opaque(head: bytes, size: int) -> str:
    """Return where an object's content lies instead, or ""."""
    if size > _LARGEST:
        return ""
    if head.startswith(_LFS) and b"oid sha256:" in head:
        return "Git LFS pointer: the content isn't in git"
    if head.startswith(b"/annex/objects/") or b".git/annex/objects/" in head[:200]:
        return "git-annex pointer: the content isn't in git"
    if b"outs:" in head and b"path:" in head and (b"md5:" in head or b"hash:" in head):
        return "DVC pointer: the content isn't in git"
    return ""
