"""Finds formats that don't begin a content: a zip behind a picture, gzip behind a script, a program with an archive."""

from __future__ import annotations

from ..git.objects import OVERLAP
from .decoders import Member, Stream, UnreadPart, compressed, packed
from .decoders.signatures import LOOKAHEAD, SIGNATURES, list_armors
from .prefilter import load_prefilter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from ..policy.plan import Plan
    from .decoders import Budget
    from .decoders.signatures import Signature
    from .text import ScannedWindow

_MAX_CANDIDATES = 1000
_MAX_READ = 16  # times the content's size; members without a known end are read up to its end, each of them
_LARGE = 128 << 10  # bytes; the prefilter has looked for control characters in larger windows
_CONTROLS = bytes(range(9))
_IN_MEMORY = 16 << 20  # bytes behind the first candidate; more are kept in a temporary file
_BLOCK = 1 << 20
_PNG_CHUNK = 12  # bytes of a chunk beside its data
_SQLITE_LOG = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")  # a write-ahead log, in either byte order
_SQLITE_HEADER = 100  # bytes
_ZIP_END = b"PK\x05\x06"
_MAX_ZIP_END = 66_000  # bytes from a zip's last record to the end of the file, its comment included
_ARMORS = list_armors()
_TRAILERS = {b"VTXF": "Vortex"}  # the last bytes of files


class EmbeddedFinder:
    """Watches the windows of a content, and keeps all that comes behind the first signature in it."""

    def __init__(self, plan: Plan, head: bytes, *, is_known: bool) -> None:
        """Take a plan and a content's beginning; `is_known` if that is a format's, whose bytes may be packed."""
        self._plan, self._is_known = plan, is_known
        self._is_log = head.startswith(_SQLITE_LOG)
        self._meter = packed.EvennessMeter()
        self._candidates: list[tuple[int, Signature]] = []
        self._file: IO[bytes] | None = None
        self._start = self._size = 0  # of what is kept, and of what was seen
        self._read_bytes = 0
        self._trailer = ""

    def watch(self, windows: Iterator[ScannedWindow]) -> Iterator[ScannedWindow]:
        """Yield the windows of a content as they are."""
        for item in windows:
            window, shared, is_last, hits = item
            is_suspect = hits is None or hits.has_format
            self._look_at(window, shared, is_last=is_last, is_binary=is_suspect and _may_be_binary(window))
            yield item

    def _look_at(self, window: bytes, shared: int, *, is_last: bool, is_binary: bool) -> None:
        base = self._size - shared
        for at, signature in self._find_candidates(window, base, is_last=is_last) if is_binary else ():
            if not self._file:
                self._open_file(base + at)
                self._write(window[at:])
                shared = len(window)
            if len(self._candidates) < _MAX_CANDIDATES:
                self._candidates.append((base + at, signature))
        if self._file:
            self._write(window[shared:])
        self._size = base + len(window)
        if is_binary and not self._is_known:
            self._meter.add_window(window)
            self._trailer = _TRAILERS.get(window[-4:], "") if is_last else ""

    def iter_items(self, budget: Budget) -> Iterator[Member | UnreadPart]:
        """Yield what was found as members, or as unread parts."""
        if self._trailer:
            yield UnreadPart(f"{self._trailer}: no decoder for this format")
        elif self._meter.is_packed and not self._candidates:
            yield UnreadPart("packed or enciphered, in no known format")
        end = 0  # of the last zip: it has everything before
        for offset, signature in self._candidates:
            if offset < end:
                continue
            place = f"at byte {offset}"
            if self._read_bytes > _MAX_READ * self._size:
                yield UnreadPart(f"{place}: more embedded formats than can be read")
                break
            if signature.reason:
                yield UnreadPart(f"{place}: {signature.reason}")
                continue
            budget.count_member()
            stream = Stream(self._iter_blocks(offset, self._find_end(offset)))
            if unpacked := compressed.unpack_embedded(stream, budget):
                yield Member(place, unpacked)
            else:
                yield Member(place, stream)
            if signature.magic.startswith(b"PK"):
                end = self._find_zip_end() or end
        if self._file:
            self._file.close()

    def _find_candidates(self, window: bytes, base: int, *, is_last: bool) -> list[tuple[int, Signature]]:
        """Return (offset, signature) of those that are no accident, in order."""
        # What follows a signature at the end of a window is in the next one.
        last = len(window) if is_last else len(window) - OVERLAP // 2
        first = OVERLAP // 2 if base else int(self._is_known)
        found: dict[int, Signature] = {}
        for index, end in load_prefilter(self._plan, "embedded").find_ends(window):
            signature = SIGNATURES[index]
            at = end - len(signature.magic) - signature.shift
            if self._is_log and signature.magic.startswith(b"SQLite"):
                continue  # copies of a database's first page, each in a frame of its own
            if first <= at < last and signature.is_valid(window[at : at + LOOKAHEAD]):
                found[at] = signature
        return sorted(found.items(), key=lambda item: item[0])

    def _open_file(self, start: int) -> None:
        from tempfile import SpooledTemporaryFile

        self._file = SpooledTemporaryFile(_IN_MEMORY, prefix="ringfence-")  # noqa: SIM115 - closed by `iter_items`
        self._start = start

    def _write(self, data: bytes) -> None:
        if self._file:
            self._file.write(data)

    def _iter_blocks(self, offset: int, end: int) -> Iterator[bytes]:
        while offset < end:
            block = self._read(offset, min(_BLOCK, end - offset))
            offset += len(block)
            self._read_bytes += len(block)
            yield block

    def _find_end(self, offset: int) -> int:
        """Return where a PNG or a database that begins at an offset ends; for other formats, the end of the content."""
        signature = self._read(offset, 8)
        if signature.startswith(b"SQLite f"):
            size = _measure_database(self._read(offset, _SQLITE_HEADER))
            return min(offset + size, self._size) if size else self._size
        if not signature.startswith(b"\x89PNG"):
            return self._size
        offset += len(signature)
        while offset < self._size:
            header = self._read(offset, 8)
            offset += _PNG_CHUNK + int.from_bytes(header[:4], "big")
            if header[4:] == b"IEND":
                break
        return min(offset, self._size)

    def _read(self, offset: int, count: int) -> bytes:
        if not self._file:
            return b""
        self._file.seek(offset - self._start)
        return self._file.read(count)

    def _find_zip_end(self) -> int:
        """Return where the last zip ends, or 0."""
        if not self._file:
            return 0
        start = max(self._size - self._start - _MAX_ZIP_END, 0)
        self._file.seek(start)
        at = self._file.read().rfind(_ZIP_END)
        return self._start + start + at if at >= 0 else 0


def _measure_database(header: bytes) -> int:
    """Return the size of a SQLite database by its header; 0 if that doesn't say, as before SQLite 3.7.0."""
    page = int.from_bytes(header[16:18], "big")
    return (page if page > 1 else 1 << 16) * int.from_bytes(header[28:32], "big")


def _may_be_binary(window: bytes) -> bool:
    """Return whether a window may have anything else than text in clear."""
    return (
        len(window) >= _LARGE
        or len(window) != len(window.translate(None, _CONTROLS))
        or any(armor in window for armor in _ARMORS)
    )
