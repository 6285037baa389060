"""On-disk cache of compiled policies: content-addressed; ignored unless owned by us and not writable by others.

A cache problem never changes a result: if a file is missing or damaged, the policy is compiled again.
"""

from __future__ import annotations

import os

from ..resources import find_shipped_folder, find_user_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from io import FileIO

# Compiled policies shipped in a self-contained folder, see docs/servers/self-contained.sh.
_SEALED = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "_sealed")
_MAGIC = b"ringfence cache 2\n"
_OTHERS_MAY_WRITE = 0o022
_ROOMS = ("check", "git", "policy", "scan")  # packages whose code affects what is compiled or found
_MAX_FILES = {
    ".markers": 6,
    ".own": 500,  # as plans
    ".plan": 500,
    ".link": 20_000,
    ".names": 20_000,  # as links
    ".sieve": 6,
    ".clean": 20,
    ".marks": 6,
    ".good": 5000,
    ".pass": 5000,
    ".trace": 50,
    ".database": 100,
    ".locator": 1000,
}  # by file extension
_MANY = 5000  # files of a kind, from which on they are small and named by a digest


def build_key(parts: Iterable[bytes]) -> str:
    """Return the cache key, 32 hexadecimal digits, of what this installation compiles from the parts."""
    seal = _read_seal()
    state = (seal,) if seal else _pinned or (_describe_versions(), _describe_installation())
    return compute_digest((*state, *parts))


_pinned: list[bytes] = []  # the state of this installation, while a command goes through many repositories


def pin_installation(*, is_on: bool) -> None:
    """Take this installation to stay as it is, or look at it for each key again."""
    _pinned[:] = (_describe_versions(), _describe_installation()) if is_on else ()


def get_pinned_state() -> tuple[bytes, ...]:
    """Return the state that was pinned, or () where none is."""
    return tuple(_pinned)


def build_engine_key(parts: Iterable[bytes]) -> str:
    """Return the cache key of what Hyperscan alone compiles from the parts, whatever our own code is."""
    seal = _read_seal()
    return compute_digest((seal or _describe_versions(), *parts))


def compute_digest(parts: Iterable[bytes]) -> str:
    """Return a digest of the parts in their order, 32 hexadecimal digits."""
    from _blake2 import blake2b  # hashlib would load OpenSSL, 3 ms

    state = blake2b(digest_size=16)
    for part in parts:
        state.update(b"%d\n" % len(part))  # the length, so that different lists of parts hash different bytes
        state.update(part)
    return str(state.hexdigest())


def open_sections(name: str) -> SectionReader | None:
    """Open a cached file and return a reader of its sections, or None if there is no trustworthy file."""
    for place in list_folders():
        try:
            file = open(os.path.join(place, name), "rb", buffering=0)  # noqa: SIM115 - stays open for the reader
            if _is_ours(os.fstat(file.fileno())) and _is_ours(os.stat(place)) and file.read(len(_MAGIC)) == _MAGIC:
                return SectionReader(file)
        except (OSError, ValueError):
            continue  # missing, unreadable, or not a cache file
    return None


def write_sections(name: str, sections: dict[str, bytes]) -> None:
    """Store sections as one file; errors are ignored."""
    index = "".join(f"{key}\t{len(data)}\t{_compute_checksum(data)}\n" for key, data in sections.items()).encode()
    store_file(name, _MAGIC + b"%08d" % len(index) + index + b"".join(sections.values()))


def load_file(name: str) -> bytes:
    """Return the bytes of a cached file, or b"" if there is no trustworthy file."""
    for place in list_folders():
        try:
            with open(os.path.join(place, name), "rb") as file:
                if _is_ours(os.fstat(file.fileno())) and _is_ours(os.stat(place)):
                    return file.read()
        except OSError:
            continue  # missing or unreadable
    return b""


def has_file(name: str) -> bool:
    """Return whether a file of that name exists, trustworthy or not."""
    return any(os.path.exists(os.path.join(place, name)) for place in list_folders())


def store_file(name: str, content: bytes) -> None:
    """Store a file in the first cache folder that can be written to; errors are ignored."""
    for place in list_folders():
        try:
            os.makedirs(place, mode=0o700, exist_ok=True)
            if not _is_ours(os.stat(place)):
                continue
            temporary = os.path.join(place, f".{name}.{os.getpid()}")
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            os.replace(temporary, os.path.join(place, name))
            _prune_files(place, name)
        except OSError:
            continue
        return


def _prune_files(place: str, name: str) -> None:
    """Delete all but the newest files of the kind that was just written: a catalogue takes 10 MB.

    A server of thousands of repositories has a small file for each, so that of those kinds one write in sixteen looks.
    """
    extension = os.path.splitext(name)[1]
    limit = _MAX_FILES.get(extension)
    if limit is None or (limit >= _MANY and not name.startswith("0")):
        return
    files = [entry for entry in os.scandir(place) if entry.name.endswith(extension)]
    if len(files) <= limit:
        return
    for old in sorted(files, key=lambda entry: entry.stat().st_mtime, reverse=True)[limit:]:
        os.unlink(old.path)


def build_repairing_reader(
    section: Callable[[str], bytes], rebuild: Callable[[], dict[str, bytes]]
) -> Callable[[str], bytes]:
    """Return a reader of sections that calls `rebuild` for all of them when one is missing or damaged."""

    def read_or_rebuild(key: str) -> bytes:
        nonlocal section
        try:
            return section(key)
        except LookupError:
            section = rebuild().__getitem__
            return section(key)

    return read_or_rebuild


class SectionReader:
    """Reads the sections of a cache file, which it keeps open.

    Raises:
        ValueError: The index can't be parsed.
    """

    def __init__(self, file: FileIO) -> None:
        self._file = file
        start, descriptor = len(_MAGIC) + 8, file.fileno()
        size = int(os.pread(descriptor, 8, len(_MAGIC)))
        offset = start + size
        self._index: dict[str, tuple[int, int, str]] = {}  # section name → (offset, bytes, checksum)
        for line in os.pread(descriptor, size, start).decode().splitlines():
            key, length, checksum = line.split("\t")
            self._index[key] = (offset, int(length), checksum)
            offset += int(length)

    def __call__(self, key: str) -> bytes:
        """Return a section.

        Raises:
            LookupError: It is missing or damaged.
        """
        position, length, checksum = self._index[key]
        data = os.pread(self._file.fileno(), length, position)
        if _compute_checksum(data) != checksum:
            raise LookupError(f"{key} is damaged")
        return data

    def load_all(self) -> dict[str, bytes] | None:
        """Return all sections, or None if one is damaged."""
        try:
            return {key: self(key) for key in self._index}
        except LookupError:
            return None


def list_folders() -> list[str]:
    """Return the folders the cache may be in, best first; a hook on a server may run with another HOME or none."""
    own = find_user_folder("XDG_CACHE_HOME", ".cache")
    user = os.getuid() if hasattr(os, "getuid") else "user"
    return [
        *((_SEALED,) if _read_seal() else ()),
        *((own,) if own else ()),
        os.path.join(os.environ.get("TMPDIR", "/tmp"), f"ringfence-{user}"),  # noqa: S108 - used only if it is ours
    ]


def _is_ours(status: os.stat_result) -> bool:
    if not hasattr(os, "geteuid"):
        return True
    # A file owned by root is as trustworthy as our own: root could change ringfence itself.
    return status.st_uid in (0, os.geteuid()) and not status.st_mode & _OTHERS_MAY_WRITE


def _read_seal() -> bytes:
    """Return the name of a self-contained installation, whose files never change, or b"" for any other.

    Its folder is copied between machines as an archive, so that times, inodes and host name don't identify it.
    """
    try:
        with open(os.path.join(_SEALED, "name"), "rb") as file:
            return file.read()
    except OSError:
        return b""


def _compute_checksum(data: bytes) -> str:
    from zlib import crc32  # detects damage, not tampering: who can write the file can write the checksum

    return f"{crc32(data):08x}"


def _read_host_name() -> str:
    return os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")


def _describe_installation() -> bytes:
    """Return the state of every installed file that affects what is compiled or found, as bytes.

    The state is size, times and inode, as in git's index: reading a hundred files would take milliseconds, and every
    edit changes a file's times.
    """
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    shipped = find_shipped_folder("policy")
    rooms = [os.path.join(package, name) for name in _ROOMS]
    return _describe_files(package, shipped, os.path.join(shipped, "vendors")) + _describe_files(*rooms, below=True)


def build_stamp(places: Iterable[str]) -> bytes:
    """Return the paths of folders and the state of the files in them, as bytes for `is_current`; b"" for none."""
    paths = "\0".join(places)
    return os.fsencode(paths) + b"\n" + _describe_files(*paths.split("\0")) if paths else b""


def is_current(stamp: bytes) -> bool:
    """Return whether the folders are unchanged since `build_stamp` returned this stamp."""
    try:
        return not stamp or build_stamp(os.fsdecode(stamp.partition(b"\n")[0]).split("\0")) == stamp
    except OSError:
        return False


def _describe_files(*folders: str, below: bool = False) -> bytes:
    """Return path, size, times and inode of the Python and TOML files in folders, a line for each, sorted.

    `below`: also in the folders below them.
    """
    lines = []
    waiting = list(folders)
    while waiting:
        for entry in os.scandir(waiting.pop()):
            if entry.name.endswith((".py", ".toml")):
                status = entry.stat()
                state = f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}"
                lines.append(f"{entry.path} {state}\n")
            elif below and entry.name != "__pycache__" and entry.is_dir():
                waiting.append(entry.path)
    return "".join(sorted(lines)).encode("utf-8", "surrogateescape")


def _describe_versions() -> bytes:
    """Return our version, Hyperscan's build, and the host name: databases are compiled for the host's processor."""
    from .. import __version__
    from .markers.scanner import load_engine

    engine = os.stat(load_engine().__file__)
    return f"{__version__} {engine.st_size} {engine.st_mtime_ns} {_read_host_name()}\n".encode()
