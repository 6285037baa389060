"""Finds bodies that recorded traffic has in base64: `!!binary` of YAML, `base64_string` of VCR, `encoding` of HAR."""

from __future__ import annotations

from ..lazy_pattern import compile_lazily
from .decoders import Member, Stream, UnreadPart, detect_format

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .decoders import Budget
    from .text import ScannedWindow

_SIGNS = (b"!!binary", b"base64")
_MARKED = compile_lazily(
    rb"!!binary\b|base64_string|[bB]ase64[bB]ody|[bB]ody[bB]ase64|\"(?:content)?[eE]ncoding\\*\"\s*:\s*\\*\"base64"
)
_HAR = compile_lazily(rb"\s*\{\s*\"log\"\s*:\s*\{")  # it tells behind a body how that is encoded
_BREAK = rb"(?:\\+r)?(?:\\+n|[ \t]*\r?\n)[ \t]*"
_RUN = compile_lazily(
    rb"[A-Za-z0-9+/]{24,}(?:%b[A-Za-z0-9+/]{40,})*(?:%b[A-Za-z0-9+/]+={0,2}(?=[\"'\\\s]|$))?={0,2}" % (_BREAK, _BREAK)
)
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_HEAD = 64  # letters decoded to tell what it is
_MAX_BODIES = 1000


class BodyFinder:
    """Watches the windows of a text for such bodies, and keeps those that are packed, or text."""

    def __init__(self) -> None:
        self._bodies: dict[int, bytes] = {}
        self._size = 0
        self._is_har = self._is_cut = False

    def watch(self, windows: Iterator[ScannedWindow]) -> Iterator[ScannedWindow]:
        """Yield the windows of a content as they are."""
        for item in windows:
            window, shared, is_last, hits = item
            base = self._size - shared
            if not self._size:
                self._is_har = bool(_HAR.match(window))
            is_suspect = hits is None or hits.has_format  # signs of bodies are among those of formats
            is_marked = is_suspect and any(sign in window for sign in _SIGNS) and _MARKED.search(window)
            if is_marked or self._is_har:
                self._look_at(window, base, is_last=is_last)
            self._size = base + len(window)
            yield item

    def _look_at(self, window: bytes, base: int, *, is_last: bool) -> None:
        for found in _RUN.finditer(window):
            if len(self._bodies) >= _MAX_BODIES:
                self._is_cut = True
                return
            if _is_body(found[0]):
                if found.end() == len(window) and not is_last:
                    self._is_cut = True
                self._bodies[base + found.start()] = _decode(found[0])

    def iter_items(self, budget: Budget) -> Iterator[Member | UnreadPart]:
        """Yield what was found as members."""
        for offset, body in sorted(self._bodies.items()):
            budget.count_member()
            budget.count_bytes(len(body))
            yield Member(f"base64 at byte {offset}", Stream([body]))
        if self._is_cut:
            yield UnreadPart("bodies in base64 that are longer, or more, than are read")


def _is_body(run: bytes) -> bool:
    """Return whether base64 holds a known format or text."""
    head = _decode(run[:_HEAD])
    if detect_format(head):
        return True
    try:
        return head.decode().isprintable() or b"{" in head[:2]
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4 and head[: error.start].decode().isprintable()  # its last letter is cut


def _decode(run: bytes) -> bytes:
    from binascii import a2b_base64

    letters = bytes(run).replace(b"\\r", b"").replace(b"\\n", b"").translate(None, b"\\ \t\r\n=")
    return a2b_base64(
        letters[: len(letters) // 4 * 4] + (letters[len(letters) // 4 * 4 :] + b"==")[:4] * (len(letters) % 4 > 1)
    )
