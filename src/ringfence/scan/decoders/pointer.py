"""Pointers to content outside git: Git LFS (and Xet, which uses the same form), git-annex, DVC."""

from __future__ import annotations

from ...values import value

_MAX_SIZE = 1 << 20  # bytes; a `dvc.lock` may name thousands of files
_MAX_LFS_SIZE = 1024  # bytes; git-lfs doesn't treat longer files as pointers
_LFS = (b"version https://git-lfs.github.com/spec/v1\n", b"version https://hawser.github.com/spec/v1\n")
_ANNEX = (b"/annex/objects/", b".git/annex/objects/")
_MD5, _SHA256 = 32, 64
_HASHES = ("sha256", "sha512", "sha224", "sha384", "sha1", "md5")  # git-annex backends that name content by a hash
_HEX = frozenset("0123456789abcdef")

WORDS = (*_LFS, b"annex/objects/", b"outs:\n")  # every pointer contains one of them


@value
class Pointer:
    """A pointer to a content in a store.

    Attributes:
        name: The program that uses it, for messages.
        store: Kind of store: lfs, annex, dvc.
        key: Name of the content in the store.
        algorithm, digest: Hash of the content; "" if unknown.
        size: Size of the content in bytes; -1 if unknown.
        path: Path of the content, where one pointer file names several.
        fault: What is wrong with the pointer itself, or "".
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
        """Whether the content is DVC's listing of a directory."""
        return self.key.endswith(".dir")


def parse_pointers(head: bytes) -> list[Pointer]:
    """Return the pointers in a content, which has to be complete; [] if it is no pointer file."""
    if len(head) > _MAX_SIZE:
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
    """Parse a Git LFS pointer: a version line, then lines of key and value in the order of keys, nothing else."""
    lines = text.split("\n")
    pairs = [line.partition(" ") for line in lines[1:-1]]
    keys = [key for key, _, _ in pairs]
    values = {key: value for key, _, value in pairs}
    digest, size = values.get("oid", "").removeprefix("sha256:"), values.get("size", "")
    fault = ""
    if lines[-1] or not all(key and value and not value[0].isspace() for key, _, value in pairs):
        fault = "it has extra bytes"
    elif len(text) > _MAX_LFS_SIZE:
        fault = f"it has {len(text)} bytes; the limit is {_MAX_LFS_SIZE}"
    elif keys != sorted(set(keys)):
        fault = "its keys are out of order, or repeated"
    elif len(digest) != _SHA256 or not _HEX.issuperset(digest) or not (size.isascii() and size.isdigit()):
        fault = "its oid is not a SHA-256 hash, or its size is not a number"
    return Pointer("Git LFS", "lfs", digest, "sha256", digest, int(size) if not fault else -1, "", fault)


def _parse_annex_pointer(link: str) -> Pointer:
    """Parse a git-annex link or pointer, BACKEND-sSIZE--NAME; for most backends the name is a hash."""
    key, _, more = link.rpartition("/")[2].partition("\n")
    fields, _, name = key.partition("--")
    backend, *rest = fields.split("-")
    size = next((field[1:] for field in rest if field[:1] == "s" and field[1:].isdigit()), "-1")
    is_chunk = any(field[:1] in ("S", "C") for field in rest)
    algorithm = backend.removesuffix("E").lower()
    algorithm = algorithm if algorithm in _HASHES and not is_chunk else ""
    digest = name.partition(".")[0] if backend.endswith("E") else name
    fault = "it has extra bytes" if more.strip() else ""
    return Pointer("git-annex", "annex", key, algorithm, digest if algorithm else "", int(size), "", fault)


def _parse_dvc_outs(text: str) -> list[dict[str, str]]:
    """Return the mappings below each `outs:` in the subset of YAML that DVC writes."""
    outs: list[dict[str, str]] = []
    indent = -1  # of the `outs:` whose entries follow; -1 outside
    for line in text.split("\n"):
        bare = line.lstrip(" -").rstrip()
        depth = len(line) - len(line.lstrip(" "))
        key, _, value = bare.partition(":")
        if key == "outs" and not value:
            indent = depth
        elif depth < indent or (depth == indent and not line.lstrip().startswith("-")):
            indent = -1
        elif indent >= 0:
            if line.lstrip().startswith("- "):
                outs.append({})
            if outs:
                outs[-1][key] = value.strip().strip("'\"")
    return outs


def _build_dvc_pointer(out: dict[str, str]) -> Pointer:
    """Return the pointer of a DVC output; before version 3, its MD5 is that of the text with normalised line ends."""
    size, digest = out.get("size", ""), out["md5"]
    is_exact = out.get("hash") == "md5" or digest.endswith(".dir")
    known_size = int(size) if size.isdigit() and is_exact and not digest.endswith(".dir") else -1
    algorithm = "md5" if is_exact else ""
    return Pointer("DVC", "dvc", digest, algorithm, digest.removesuffix(".dir"), known_size, out.get("path", ""))


def is_hash(text: str) -> bool:
    """Return whether a text is the MD5 of a file, or of a directory's listing (`.dir`)."""
    return len(text.removesuffix(".dir")) == _MD5 and _HEX.issuperset(text.removesuffix(".dir"))


def _strip_parent_folders(link: bytes) -> bytes:
    """Return a relative link without its leading `../` parts."""
    while link.startswith(b"../"):
        link = link[3:]
    return link
