"""Windows of a text around offsets."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def merge_windows(ends: Iterable[int], size: int, before: int, after: int) -> list[tuple[int, int]]:
    """Return distinct (start, end) windows around offsets, sorted."""
    windows: list[tuple[int, int]] = []
    for end in sorted(ends):
        start, stop = max(end - before, 0), min(end + after, size)
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], stop)
        else:
            windows.append((start, stop))
    return windows
