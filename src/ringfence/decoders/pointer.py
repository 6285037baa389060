"""Pointers to content that isn't in git: Git LFS (and Xet, which keeps its form), git-annex, DVC."""

from __future__ import annotations

_LARGEST = 4096  # a real LFS pointer is below 200 bytes; a padded one is still a pointer

_LFS = (b"version https://git-lfs.github.com/spec/", b"version https://hawser.github.com/spec/")


def pointer(head: bytes) -> str:
    """Return where a content lies instead of in these bytes, or ""."""
    if len(head) > _LARGEST:
        return ""
    if head.startswith(_LFS) and b"oid sha256:" in head:
        return "Git LFS pointer: the content isn't in git"
    if head.startswith(b"/annex/objects/") or _after_dots(head).startswith(b".git/annex/objects/"):
        return "git-annex pointer: the content isn't in git"
    if b"outs:\n" in head and any(map(_is_dvc_hash, head.split(b"\n"))):
        return "DVC pointer: the content isn't in git"
    return ""


def _after_dots(link: bytes) -> bytes:
    """Return a relative link without the folders it goes up."""
    while link.startswith(b"../"):
        link = link[3:]
    return link


def _is_dvc_hash(line: bytes) -> bool:
    """Say whether a line of YAML gives an output's MD5, of a file or of a directory's listing."""
    key, _, text = line.strip(b" -\r").partition(b": ")
    return key == b"md5" and len(text.removesuffix(b".dir")) == 32 and not text[:32].strip(b"0123456789abcdef")  # noqa: PLR2004 - an MD5
