"""Compiled policies on disk: found by the digest of all that made them, believed only if nobody else can write them.

A cache is never a reason to fail or to pass: whatever is wrong with it, the policy is compiled again.
"""

from __future__ import annotations

import os

from ..resources import find_shipped_folder, find_user_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# Compiled policies that came with a self-contained folder, see docs/servers/self-contained.sh.
_SEALED = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "_sealed")
_MAGIC = b"ringfence cache 2\n"
_OTHERS_MAY_WRITE = 0o022
_ROOMS = ("check", "git", "policy", "scan")  # whose code decides what is compiled, and what is found
_KEPT = {".markers": 6, ".plan": 500, ".sieve": 6, ".clean": 20}  # files of each ending


def build_key(parts: Iterable[bytes]) -> str:
    """Return a name for what is made here from the parts by this installation, as 32 hexadecimal digits."""
    seal = _read_seal()
    return compute_digest((seal, *parts) if seal else (_describe_versions(), _describe_installation(), *parts))


def compute_digest(parts: Iterable[bytes]) -> str:
    """Return a digest of the parts, in their order, as 32 hexadecimal digits."""
    from _blake2 import blake2b  # hashlib brings OpenSSL in, 3 ms

    state = blake2b(digest_size=16)
    for part in parts:
        state.update(b"%d\n" % len(part))  # so that no two lists of parts are the same bytes
        state.update(part)
    return str(state.hexdigest())


def open_sections(name: str) -> Callable[[str], bytes] | None:
    """Open a cached file and return the reader of its sections, or None when there is nothing to be believed.

    The reader raises LookupError for a section that isn't there or isn't whole.
    """
    for place in list_folders():
        try:
            file = open(os.path.join(place, name), "rb", buffering=0)  # noqa: SIM115 - read from as long as we run
            if _is_ours(os.fstat(file.fileno())) and _is_ours(os.stat(place)) and file.read(len(_MAGIC)) == _MAGIC:
                return _build_reader(file.fileno(), keep=file)
        except (OSError, ValueError):
            continue  # not there, not readable, or no cache
    return None


def write_sections(name: str, sections: dict[str, bytes]) -> None:
    """Keep sections under a name; where that can't be done, nothing happens."""
    index = "".join(f"{key}\t{len(data)}\t{_compute_checksum(data)}\n" for key, data in sections.items()).encode()
    store_file(name, _MAGIC + b"%08d" % len(index) + index + b"".join(sections.values()))


def load_file(name: str) -> bytes:
    """Return a file that is kept under a name, or b"" when there is nothing to be believed."""
    for place in list_folders():
        try:
            with open(os.path.join(place, name), "rb") as file:
                if _is_ours(os.fstat(file.fileno())) and _is_ours(os.stat(place)):
                    return file.read()
        except OSError:
            continue  # not there, or not readable
    return b""


def has_file(name: str) -> bool:
    """Say whether there is a file of that name, whatever it is worth."""
    return any(os.path.exists(os.path.join(place, name)) for place in list_folders())


def store_file(name: str, content: bytes) -> None:
    """Keep a file under a name; where that can't be done, nothing happens."""
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
            _prune_files(place)
        except OSError:
            continue
        return


def _prune_files(place: str) -> None:
    """Keep the newest files: a catalogue takes ten megabytes, and every change of a policy makes another plan."""
    for ending, most in _KEPT.items():
        files = [entry for entry in os.scandir(place) if entry.name.endswith(ending)]
        for old in sorted(files, key=lambda entry: entry.stat().st_mtime, reverse=True)[most:]:
            os.unlink(old.path)


def build_repairing_reader(
    section: Callable[[str], bytes], again: Callable[[], dict[str, bytes]]
) -> Callable[[str], bytes]:
    """Return a reader of sections that makes them `again` when one turns out to be damaged."""

    def read_or_rebuild(key: str) -> bytes:
        nonlocal section
        try:
            return section(key)
        except LookupError:
            section = again().__getitem__
            return section(key)

    return read_or_rebuild


def _build_reader(descriptor: int, keep: object) -> Callable[[str], bytes]:
    start = len(_MAGIC) + 8
    size = int(os.pread(descriptor, 8, len(_MAGIC)))
    offset = start + size
    places: dict[str, tuple[int, int, str]] = {}
    for line in os.pread(descriptor, size, start).decode().splitlines():
        key, length, checksum = line.split("\t")
        places[key] = (offset, int(length), checksum)
        offset += int(length)

    def read_section(key: str) -> bytes:
        assert keep  # noqa: S101 - the file stays open as long as its reader lives
        where, length, checksum = places[key]
        data = os.pread(descriptor, length, where)
        if _compute_checksum(data) != checksum:
            raise LookupError(f"{key} is damaged")
        return data

    return read_section


def list_folders() -> list[str]:
    """Return where the cache may be, best first; a server's HOME may be another's or none."""
    own = find_user_folder("XDG_CACHE_HOME", ".cache")
    user = os.getuid() if hasattr(os, "getuid") else "user"
    return [
        *((_SEALED,) if _read_seal() else ()),
        *((own,) if own else ()),
        os.path.join(os.environ.get("TMPDIR", "/tmp"), f"ringfence-{user}"),  # noqa: S108 - believed only if it is ours
    ]


def _is_ours(status: os.stat_result) -> bool:
    if not hasattr(os, "geteuid"):
        return True
    # What is root's is as good as what is ours: root could change ringfence itself.
    return status.st_uid in (0, os.geteuid()) and not status.st_mode & _OTHERS_MAY_WRITE


def _read_seal() -> bytes:
    """Return the name of an installation in which nothing changes any more, or b"" where there is none.

    Such a folder is moved from machine to machine as an archive, so that times, inodes and host tell nothing.
    """
    try:
        with open(os.path.join(_SEALED, "name"), "rb") as file:
            return file.read()
    except OSError:
        return b""


def _compute_checksum(data: bytes) -> str:
    from zlib import crc32  # against damage, not against an attacker, who could write a checksum too

    return f"{crc32(data):08x}"


def _read_host_name() -> str:
    return os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")


def _describe_installation() -> bytes:
    """Name the state of every file of ours that decides what is compiled, and what is found.

    By size, times and inode, as git's index does: reading a hundred files would take milliseconds, and whoever edits
    one changes its times.
    """
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    shipped = find_shipped_folder("policy")
    rooms = [os.path.join(package, name) for name in _ROOMS]
    return _describe_files(package, shipped, os.path.join(shipped, "vendors")) + _describe_files(*rooms, below=True)


def build_stamp(places: Iterable[str]) -> bytes:
    """Name folders of an organisation's vendor files, and the state of their files, for `is_current`."""
    named = "\0".join(places)
    return os.fsencode(named) + b"\n" + _describe_files(*named.split("\0")) if named else b""


def is_current(stamped: bytes) -> bool:
    """Say whether folders are as they were when they were stamped."""
    try:
        return not stamped or build_stamp(os.fsdecode(stamped.partition(b"\n")[0]).split("\0")) == stamped
    except OSError:
        return False


def _describe_files(*folders: str, below: bool = False) -> bytes:
    """Name the state of every file that decides what is compiled, in folders and, on request, in those below them."""
    found = []
    waiting = list(folders)
    while waiting:
        for entry in os.scandir(waiting.pop()):
            if entry.name.endswith((".py", ".toml")):
                at = entry.stat()
                found.append(f"{entry.path} {at.st_size} {at.st_mtime_ns} {at.st_ctime_ns} {at.st_ino}\n")
            elif below and entry.name != "__pycache__" and entry.is_dir():
                waiting.append(entry.path)
    return "".join(sorted(found)).encode("utf-8", "surrogateescape")


def _describe_versions() -> bytes:
    """Name what compiles: our own version, the build of Hyperscan, and the host, whose processor it compiles for."""
    from .. import __version__
    from .markers.scanner import load_engine

    built = os.stat(load_engine().__file__)
    return f"{__version__} {built.st_size} {built.st_mtime_ns} {_read_host_name()}\n".encode()
