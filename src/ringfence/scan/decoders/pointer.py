"""Pointers to content that isn't in git: Git LFS (and Xet, which keeps its form), git-annex, DVC."""

from __future__ import annotations

from ...values import value

_LARGEST = 1 << 20  # bytes; a `dvc.lock` may name thousands of files
_LARGEST_LFS = 1024  # git-lfs takes nothing longer for a pointer, and so leaves it in the work tree
_LFS = (b"version https://git-lfs.github.com/spec/v1\n", b"version https://hawser.github.com/spec/v1\n")
_ANNEX = (b"/annex/objects/", b".git/annex/objects/")
_MD5, _SHA256 = 32, 64
_HASHES = ("sha256", "sha512", "sha224", "sha384", "sha1", "md5")  # of git-annex's backends
_HEX = frozenset("0123456789abcdef")

WORDS = (*_LFS, b"annex/objects/", b"outs:\n")  # without one of them nothing is a pointer


@value
class Pointer:
    """Where a content lies.

    Attributes:
        name: What keeps it, for people.
        store: In which kind of store: lfs, annex, dvc.
        key: Its name there.
        algorithm, digest: What the content's bytes come to; "" where that isn't told.
        size: Of the content in bytes; -1 where it isn't told.
        path: What it is called, where a pointer names several.
        fault: What is wrong with the pointer itself.
    """

    name: str
    store: str
    key: str
    algorithm: str = ""
    digest: str = ""
    size: int = -1
    path: str = ""
    fault: str = ""

    @property
    def is_listing(self) -> bool:
        """Whether the content lists what a directory holds."""
        return self.key.endswith(".dir")


def parse_pointers(head: bytes) -> list[Pointer]:
    """Return what a whole content points to, if it is a pointer: the formats' own descriptions say how it looks."""
    if len(head) > _LARGEST:
        return []
    if head.startswith(_LFS) and b"\noid sha256:" in head:
        return [_parse_lfs_pointer(head.decode("utf-8", "replace"))]
    link = _strip_parent_folders(head)
    if link.startswith(_ANNEX):
        return [_parse_annex_pointer(link.decode("utf-8", "surrogateescape"))]
    if b"outs:\n" in head and b"md5: " in head:
        return [
            _build_dvc_pointer(out)
            for out in _parse_dvc_outs(head.decode("utf-8", "replace"))
            if is_hash(out.get("md5", ""))
        ]
    return []


def _parse_lfs_pointer(text: str) -> Pointer:
    """Read a pointer of Git LFS: a version, then keys in order, each with a value; nothing else."""
    lines = text.split("\n")
    pairs = [line.partition(" ") for line in lines[1:-1]]
    keys = [key for key, _, _ in pairs]
    values = {key: value for key, _, value in pairs}
    digest, size = values.get("oid", "").removeprefix("sha256:"), values.get("size", "")
    fault = ""
    if lines[-1] or not all(key and value and not value[0].isspace() for key, _, value in pairs):
        fault = "it has bytes that are no part of a pointer"
    elif len(text) > _LARGEST_LFS:
        fault = f"it has {len(text)} bytes, and a pointer at most {_LARGEST_LFS}"
    elif keys != sorted(set(keys)):
        fault = "its keys are not in order, or stand twice"
    elif len(digest) != _SHA256 or not _HEX.issuperset(digest) or not (size.isascii() and size.isdigit()):
        fault = "its oid is no SHA-256, or its size no number"
    return Pointer("Git LFS", "lfs", digest, "sha256", digest, int(size) if not fault else -1, "", fault)


def _parse_annex_pointer(link: str) -> Pointer:
    """Read a link or a pointer of git-annex: BACKEND-sSIZE--NAME, where for most backends the name is a hash."""
    key, _, more = link.rpartition("/")[2].partition("\n")
    fields, _, name = key.partition("--")
    backend, *rest = fields.split("-")
    size = next((field[1:] for field in rest if field[:1] == "s" and field[1:].isdigit()), "-1")
    is_chunk = any(field[:1] in ("S", "C") for field in rest)
    algorithm = backend.removesuffix("E").lower()
    algorithm = algorithm if algorithm in _HASHES and not is_chunk else ""
    digest = name.partition(".")[0] if backend.endswith("E") else name
    fault = "it has bytes that are no part of a pointer" if more.strip() else ""
    return Pointer("git-annex", "annex", key, algorithm, digest if algorithm else "", int(size), "", fault)


def _parse_dvc_outs(text: str) -> list[dict[str, str]]:
    """Return the tables below each `outs:` in what DVC writes: YAML, of which it uses little."""
    found: list[dict[str, str]] = []
    within = -1  # how far an `outs:` is indented whose entries come by
    for line in text.split("\n"):
        bare = line.lstrip(" -").rstrip()
        depth = len(line) - len(line.lstrip(" "))
        key, _, value = bare.partition(":")
        if key == "outs" and not value:
            within = depth
        elif depth < within or (depth == within and not line.lstrip().startswith("-")):
            within = -1
        elif within >= 0:
            if line.lstrip().startswith("- "):
                found.append({})
            if found:
                found[-1][key] = value.strip().strip("'\"")
    return found


def _build_dvc_pointer(out: dict[str, str]) -> Pointer:
    """Read an output of DVC; before version 3 its MD5 was that of a text with its line ends changed."""
    size, digest = out.get("size", ""), out["md5"]
    is_exact = out.get("hash") == "md5" or digest.endswith(".dir")
    told = int(size) if size.isdigit() and is_exact and not digest.endswith(".dir") else -1
    algorithm = "md5" if is_exact else ""
    return Pointer("DVC", "dvc", digest, algorithm, digest.removesuffix(".dir"), told, out.get("path", ""))


def is_hash(text: str) -> bool:
    """Say whether this is the MD5 of a file, or of a directory's listing."""
    return len(text.removesuffix(".dir")) == _MD5 and _HEX.issuperset(text.removesuffix(".dir"))


def _strip_parent_folders(link: bytes) -> bytes:
    """Return a relative link without the folders it goes up."""
    while link.startswith(b"../"):
        link = link[3:]
    return link
