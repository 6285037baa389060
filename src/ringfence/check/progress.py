"""Draws a progress line on a terminal, for a check that takes over a second.

A hook loads this module, so it imports nothing. The line is our own because workers are forked while it is drawn, and
a library's locks don't survive that.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from ..model import ScanCounts

_PATIENCE, _PAUSE = 1.0, 0.2  # seconds until the first line, and between two
_CLEAR = "\r\033[K"


class ProgressLine:
    """A context in which the progress of the followed check is drawn on the terminal."""

    def __init__(self, unit: str = "commits", total: Callable[[], int] | None = None) -> None:
        """Count `commits` or `bytes`; `total` returns how many there will be, and may be slow."""
        self._unit, self._count, self._total = unit, total, 0
        self._end: Callable[[], None] = lambda: None

    def __enter__(self) -> None:
        """Begin, if stderr is a terminal."""
        if not os.isatty(2) or os.environ.get("TERM") == "dumb":
            return
        from threading import Event, Thread

        from ..scan.batches import share_bytes_read

        share_bytes_read()
        over = Event()
        thread = Thread(target=self._draw_line, args=(over,), daemon=True)
        thread.start()

        def stop_thread() -> None:
            over.set()
            thread.join()

        self._end = stop_thread

    def __exit__(self, *_: object) -> None:
        """Clear the line."""
        self._end()

    def _draw_line(self, over: Event) -> None:
        import time
        from threading import Thread

        from ..scan.batches import get_bytes_read
        from .check import get_running_counts

        began = time.monotonic()
        if over.wait(_PATIENCE):
            return
        Thread(target=self._count_total, daemon=True).start()
        while not over.wait(_PAUSE):
            if counts := get_running_counts():
                width = (os.get_terminal_size(2).columns or 80) - 1  # some terminals report 0
                seconds = time.monotonic() - began
                line = format_line(counts, get_bytes_read(), self._unit, self._total, seconds)
                _write_terminal(_CLEAR + line[:width])
        _write_terminal(_CLEAR)

    def _count_total(self) -> None:
        """Get the total; where that fails, the check itself reports why."""
        from ..errors import RingfenceError

        try:
            self._total = self._count() if self._count else 0
        except (RingfenceError, OSError):
            pass


def format_line(counts: ScanCounts, size: int, unit: str, total: int, seconds: float) -> str:
    """Return the progress after some seconds as text; a total of 0 is unknown.

    `size` is the number of bytes that were read, of objects that aren't counted yet as well.
    """
    done = counts.commits if unit == "commits" else size
    parts = [f"{counts.commits:,}{f' of {total:,}' if total else ''} commits"] if unit == "commits" else []
    parts.append(f"{counts.objects:,} {'objects' if unit == 'commits' else 'files'}")
    whole = f" of {_format_size(total)}" if total and unit == "bytes" else ""
    parts.append(f"{_format_size(size)}{whole} at {_format_size(size / seconds)}/s")
    if 0 < done < total:
        minutes, rest = divmod(int(seconds * (total - done) / done), 60)
        parts.append(f"{minutes}:{rest:02} left")
    return ", ".join(parts)


def _format_size(number: float) -> str:
    """Return a number of bytes with about three digits."""
    for name in ("B", "kB", "MB"):
        if number < 1000:  # noqa: PLR2004 - steps of the units
            return f"{number:.0f} {name}"
        number /= 1000
    return f"{number:.1f} GB"


def _write_terminal(text: str) -> None:
    """Write to the terminal, if it is still there."""
    try:
        os.write(2, text.encode())
    except OSError:
        pass
