"""Pointers to content outside git: Git LFS (and Xet, which uses the same form), git-annex, DVC."""

from __future__ import annotations

from ...lazy_pattern import compile_lazily
from ...values import value

_MAX_SIZE = 1 << 20  # bytes; a `dvc.lock` may name thousands of files
_MAX_LFS_SIZE = 1024  # bytes; git-lfs reads no more of a file to tell whether it is a pointer
_LFS_VERSIONS = (
    "https://git-lfs.github.com/spec/v1", "https://hawser.github.com/spec/v1", "http://git-media.io/v/2",
)  # fmt: skip
_LFS_EXTENSION = compile_lazily(r"ext-\d-\w+")
_LFS_OID = compile_lazily(r"sha256:([0-9a-f]{64})")
_LFS_SIZE = compile_lazily(r"\+?[0-9]+")
# What Go's TrimSpace takes off, and git-lfs with it.
_GO_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f"
    "\u205f\u3000"
)
_ANNEX = b"/annex/objects/"
_MAX_ANNEX_LINE = 32 << 10  # bytes
_ANNEX_KEY = compile_lazily(rb"[^-/]+(-s\d+)?(-m\d+)?(-S\d+-C\d+)?--[^/]*")
_HASHES = ("sha256", "sha512", "sha224", "sha384", "sha1", "md5")  # git-annex backends that name content by a hash

# Every pointer contains one of the words, or matches one of the patterns.
WORDS = (*(b"version " + version.encode() for version in _LFS_VERSIONS), _ANNEX)
PATTERNS = (r"""\bouts["']?\s*:""", r"""\?\s+["']?outs\b""")
_ESCAPES = (b"\\x", b"\\u", b"\\U")
_DVC = compile_lazily("|".join(PATTERNS).encode())


@value
class Pointer:
    """A pointer to a content in a store.

    Attributes:
        name: The program that uses it, for messages.
        store: Kind of store: lfs, annex, dvc.
        key: Name of the content in the store.
        algorithm, digest: Hash of the content; "" if unknown.
        size: Size of the content in bytes; -1 if unknown.
        path: Path of the content, relative to the pointer file, where one pointer file names several.
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
    """Return the pointers in a content, which has to be complete; [] if it is no pointer file.

    What counts is what each program takes, not what it writes: docs/pointers.md has the forms.
    """
    if len(head) > _MAX_SIZE:
        return []
    if any(version.encode() in head[: 2 * _MAX_LFS_SIZE] for version in _LFS_VERSIONS) and (lfs := _parse_lfs(head)):
        return [lfs]
    if _ANNEX in head[:_MAX_ANNEX_LINE] and (annex := _parse_annex(head)):
        return [annex]
    # YAML may write any letter as an escape.
    if any(escape in head for escape in _ESCAPES) or (b"outs" in head and _DVC.search(head)):
        from .dvc_pointer import parse_dvc_pointers

        return parse_dvc_pointers(head)
    return []


def _parse_lfs(data: bytes) -> Pointer | None:
    """Parse a Git LFS pointer as git-lfs does; one that it refuses, but that looks like one, has a fault."""
    text = data[:_MAX_LFS_SIZE].decode("utf-8", "replace").strip(_GO_SPACE)
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    pairs = [line.partition(" ") for line in lines if line]
    values = {key: value for key, _, value in pairs}
    if values.get("version") not in _LFS_VERSIONS or "oid" not in values:
        return None
    keys = [key for key, _, _ in pairs if not _LFS_EXTENSION.match(key)]
    oid, size = _LFS_OID.fullmatch(values["oid"]), values.get("size", "")
    fault = ""
    if len(data) > _MAX_LFS_SIZE and not data[_MAX_LFS_SIZE:].isspace():
        fault = f"it has {len(data)} bytes; the limit is {_MAX_LFS_SIZE}"
    elif not all(value and not value[0].isspace() for _, _, value in pairs):
        fault = "it has extra bytes"
    elif keys[0] != "version" or keys[1:] != sorted(set(keys[1:])):  # Xet has further keys, which git-lfs refuses
        fault = "its keys are out of order, or repeated"
    elif not oid or not _LFS_SIZE.fullmatch(size):
        fault = "its oid is not a SHA-256 hash, or its size is not a number"
    digest = oid[1] if oid else ""
    return Pointer("Git LFS", "lfs", digest, "sha256", digest, int(size) if not fault else -1, "", fault)


def _parse_annex(data: bytes) -> Pointer | None:
    """Parse a git-annex link or pointer, any path before BACKEND-sSIZE--NAME; for most backends the name is a hash."""
    line, _, more = data.partition(b"\n")
    key = line.removesuffix(b"\r").rpartition(b"/")[2]
    if _ANNEX not in line or len(line) > _MAX_ANNEX_LINE or not _ANNEX_KEY.fullmatch(key):
        return None
    is_followed = bool(more.strip()) and not more.startswith(b"/annex/")
    if is_followed and not line.startswith(_ANNEX):
        return None  # git-annex leaves it as it is
    return _build_annex_pointer(key.decode("utf-8", "surrogateescape"), "it has extra bytes" if is_followed else "")


def _build_annex_pointer(key: str, fault: str) -> Pointer:
    fields, _, name = key.partition("--")
    backend, *rest = fields.split("-")
    size = next((field[1:] for field in rest if field[:1] == "s"), "-1")
    is_chunk = any(field[:1] in ("S", "C") for field in rest)
    algorithm = backend.removesuffix("E").lower()
    algorithm = algorithm if algorithm in _HASHES and not is_chunk else ""
    digest = name.partition(".")[0] if backend.endswith("E") else name
    return Pointer("git-annex", "annex", key, algorithm, digest if algorithm else "", int(size), "", fault)
