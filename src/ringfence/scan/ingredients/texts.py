"""The texts of a content: of the file itself, of what it decodes to, and of the strings in it."""

from __future__ import annotations

from itertools import accumulate, chain

from ...git.objects import OVERLAP
from ...values import value
from .. import decoders, isolation
from ..decoders import PROBE, Budget, Member, Piece, Stream, UnreadPart
from ..decoders.base import CHUNK

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator
    from typing import TypeVar

    from ...git.objects import Object
    from ...model import Limits

    T = TypeVar("T")

_SHORTEST = 60  # bytes; shorter texts can't be recognised
_LARGEST_NOTEBOOK = 64 << 20  # bytes
_WINDOW = 4 << 20  # bytes of a large content that are fingerprinted at once
_ESCAPES = (b"\\n", b"\\u")  # of line breaks and letters; other escapes change nothing that counts
# A string as JSON and most languages write it, to its end or that of the line: whatever matches is passed over at once,
# and nothing is tried twice, so that no input is slow.
_STRING = rb'"((?:[^"\\\n]++|\\.)*+)("?)'
_ESCAPE = rb"\\(u[0-9a-fA-F]{4}|[^u])"
_SIMPLE = {ord("n"): b"\n", ord("t"): b"\t", ord("r"): b"\r", ord("b"): b"\b", ord("f"): b"\f"}


@value
class Text:
    """A text to fingerprint.

    Attributes:
        data: Its bytes, UTF-8 where they were UTF-16 or UTF-32.
        place: Where it is in the content: a member, a cell, a row; "" for the whole.
        field: The field whose value it is; "" if unknown.
        line: The number of its first line in the content; 0 where lines say nothing.
        get_place: For rows in one text: returns the place of the byte at an offset.
    """

    data: bytes
    place: str = ""
    field: str = ""
    line: int = 1
    get_place: Callable[[int], str] | None = None


def open_stream(item: Object, watch: Callable[[Iterator[bytes]], Iterator[bytes]] | None = None) -> Stream:
    """Return the bytes of an object, that go by `watch` if there is one."""
    chunks = (window[OVERLAP:] if offset else window for offset, window in item.iter_windows())
    return Stream(watch(chunks) if watch else chunks)


def call_with_texts(
    stream: Stream, size: int, limits: Limits, work: Callable[[Iterator[Text | UnreadPart]], T]
) -> T | None:
    """Return what `work` makes of the texts of a content, read in a process of its own if a decoder reads it.

    None if that process died: a library in C can abort on a damaged file, and takes only this content along. The scan
    for markers, which runs the same decoder, reports it as unread.
    """
    is_decoded = decoders.detect_format(stream.peek_head()[:PROBE]) is not None
    if not is_decoded or not isolation.can_isolate():
        return work(iter_texts(stream, Budget(limits, size)))
    with stream.open_file() as file:

        def work_on_file() -> T:
            with open(file.name, "rb") as again:
                chunks = iter(lambda: again.read(CHUNK), b"")
                return work(iter_texts(Stream(chunks, file.name), Budget(limits, size)))

        try:
            return isolation.call_isolated(work_on_file, limits.seconds)
        except isolation.ReaderDiedError:
            return None


def iter_texts(stream: Stream, budget: Budget, place: str = "", depth: int = 0) -> Iterator[Text | UnreadPart]:
    """Yield the texts of a content, and of the contents nested in it; what can't be read as an `UnreadPart`."""
    form = decoders.detect_format(stream.peek_head()[:PROBE])
    if form is None:
        head = stream.read(CHUNK)
        form = decoders.detect_notebook(head)
        data = head + stream.read(_LARGEST_NOTEBOOK) if form else head
        yield from _iter_plain(Stream(chain((data,), iter(stream.read, b""))), place)
        if form is None:
            return
        stream = Stream((data,))
    for item in decoders.decode_content(stream, form, budget, depth):
        if isinstance(item, Member):
            yield from iter_texts(item.stream, budget, _join(place, item.place), depth + 1)
        elif isinstance(item, Piece):
            yield from _iter_piece(item, place)
        else:
            yield item


def _iter_plain(stream: Stream, place: str) -> Iterator[Text]:
    """Yield a text in parts of whole lines."""
    wide = decoders.encoding.detect_encoding(stream.peek_head())
    rest, line = b"", 1
    while data := stream.read(_WINDOW):
        data = rest + (decoders.encoding.recode_to_utf8(data, wide) if wide else data)
        cut = data.rfind(b"\n") + 1 if len(data) >= _WINDOW else len(data)
        rest = data[cut:] if cut else b""
        yield from iter_strings(Text(data[:cut] if cut else data, place, line=line))
        line += data.count(b"\n", 0, cut)
    if rest:
        yield from iter_strings(Text(rest, place, line=line))


def _iter_piece(piece: Piece, place: str) -> Iterator[Text]:
    line = 0 if piece.get_place else 1
    for data, shared, _ in piece.windows:
        yield from iter_strings(Text(data[shared:], _join(place, piece.place), piece.field, line, piece.get_place))


def iter_strings(text: Text) -> Iterator[Text]:
    """Yield a text, and the strings in it that have escaped line breaks or letters, unescaped."""
    if len(text.data) < _SHORTEST:
        return
    yield text
    if not _has_escapes(text.data):
        return
    import re  # with `Fields` 4 ms, which a hook without such a string saves

    from ..decoders.fields import Fields

    data = text.data
    fields = Fields(data)
    breaks = list(accumulate(map(len, data.split(b"\n")), lambda total, size: total + size + 1))
    row = 0
    for match in re.finditer(_STRING, data):
        string = match[1]
        if len(string) < _SHORTEST or not match[2] or not _has_escapes(string):
            continue
        while breaks[row] <= match.start():
            row += 1
        place = text.get_place(match.start()) if text.get_place else f"line {text.line + row}" if text.line else ""
        field = text.field or fields.find_field(match.start(1))
        yield Text(unescape_string(string), _join(text.place, place), field, 0)


def _has_escapes(data: bytes) -> bool:
    return any(escape in data for escape in _ESCAPES)


def unescape_string(string: bytes) -> bytes:
    """Return a string of JSON, or of a language with the same escapes, as text."""
    import re

    def replace_escape(match: re.Match[bytes]) -> bytes:
        escape = match[1]
        if len(escape) == 5:  # noqa: PLR2004 - u and four digits
            return chr(int(escape[1:], 16)).encode("utf-8", "surrogatepass")
        return _SIMPLE.get(escape[0], escape)

    return re.sub(_ESCAPE, replace_escape, string, flags=re.DOTALL)


def _join(outer: str, inner: str) -> str:
    return f"{outer}, {inner}" if outer and inner else outer or inner
