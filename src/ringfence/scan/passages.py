"""Passages: the texts in a window of bytes, and where each byte of them was in the window."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from .. import excerpts
from .decoders import encoding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_STEP = 4096  # characters between two offsets that are known exactly
_SEPARATOR = b"\n\x02\n"  # between runs of wide text: a line end, and what no marker holds


class Passage:
    """A text whose matches count if they begin between two offsets of the window.

    Attributes:
        text: UTF-8, or the window's own bytes.
        first, last: Offsets in the window.
        line: Number of the first line; 0 where there are no lines.
    """

    def __init__(
        self, text: bytes, bounds: tuple[int, int], line: int, find_origin: Callable[[int], int] | None = None
    ) -> None:
        """Take a text; `find_origin` returns the offset in the window for one in the text, if they differ."""
        self.text, self.line = text, line
        self.first, self.last = bounds
        self.find_origin = find_origin or int
        self._counted = self._lines = 0  # line ends before an offset
        self._digested: tuple[bytes, bytes] = b"", b""

    def contains(self, origin: int) -> bool:
        """Return whether a match that begins at an offset of the window counts."""
        return self.first <= origin < max(self.last, 1)

    def count_lines(self, offset: int) -> int:
        """Return the number of the line with the byte at an offset of the text; 0 where there are no lines."""
        if not self.line:
            return 0
        if offset < self._counted:
            self._counted = self._lines = 0
        self._lines += self.text.count(b"\n", self._counted, offset)
        self._counted = offset
        return self.line + self._lines

    def compute_line_digest(self, start: int, end: int, excerpt: str) -> bytes:
        """Return a digest of the line or lines of a match; b"" where its excerpt shows the whole line."""
        line = excerpts.extract_lines(self.text, start, end)
        if excerpts.shows_line(excerpt, line):
            return b""
        if line != self._digested[0]:  # a long line may hold thousands of matches
            self._digested = line, excerpts.compute_digest(line)
        return self._digested[1]


def iter_wide_passages(
    window: bytes, wide: str, bounds: tuple[int, int], line: int, *, is_marked: bool
) -> Iterator[Passage]:
    """Yield the passages of a window in UTF-16 and UTF-32, as UTF-8.

    `wide` is the encoding of the content, "" if it isn't wide as a whole; `is_marked` if a byte order mark says so.
    Other runs may begin at any byte.
    """
    is_ascii = False
    if wide:
        text = encoding.decode_wide(window, wide)
        mark = text.startswith("\ufeff")  # a line begins behind it
        whole = _Recoded([(encoding.get_width(wide) * mark, text[mark:], wide)])
        yield Passage(whole.text, bounds, line, whole.find_origin)
        is_ascii = text[mark:].isascii()
        if not is_marked and not is_ascii:  # behind a byte, text in one order looks like text in the other
            other = encoding.swap_order(wide)
            start = abs(encoding.find_low_byte(other) - encoding.find_low_byte(wide))
            start = start if wide.endswith("be") else encoding.get_width(wide) - start
            whole = _Recoded([(start, encoding.decode_wide(window[start:], other), other)])
            yield Passage(whole.text, bounds, line, whole.find_origin)
    runs = _Recoded(list(encoding.iter_wide_runs(window, wide, is_ascii=is_ascii)))
    if runs.text:
        yield Passage(runs.text, bounds, 0, runs.find_origin)


class _Recoded:
    """Texts as UTF-8, each given as (offset in the window, text, encoding), joined by separators."""

    def __init__(self, texts: list[tuple[int, str, str]]) -> None:
        self._texts = texts
        parts = [text.encode("utf-8", "surrogatepass") for _, text, _ in texts]
        self._starts = [0, *accumulate(len(part) + len(_SEPARATOR) for part in parts)]
        self.text = _SEPARATOR.join(parts)
        self._steps: dict[int, tuple[list[int], list[int]]] = {}

    def find_origin(self, offset: int) -> int:
        """Return the offset in the window for one in the text."""
        number = min(bisect_right(self._starts, offset), len(self._texts)) - 1
        start, text, name = self._texts[number]
        offset -= self._starts[number]
        if number not in self._steps:
            chunks = [text[at : at + _STEP] for at in range(0, len(text), _STEP)]
            sizes = ([len(chunk.encode(code, "surrogatepass")) for chunk in chunks] for code in ("utf-8", name))
            narrow, wide = ([0, *accumulate(counts)] for counts in sizes)
            self._steps[number] = narrow, wide
        narrow, wide = self._steps[number]
        step = min(bisect_right(narrow, offset), len(narrow) - 1) - 1
        rest = text[step * _STEP : (step + 1) * _STEP].encode("utf-8", "surrogatepass")[: offset - narrow[step]]
        origin = start + wide[step] + len(rest.decode("utf-8", "ignore").encode(name, "surrogatepass"))
        return origin + encoding.find_low_byte(name)
