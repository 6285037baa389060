"""Tells packed and enciphered bytes from others by how evenly byte values occur in them."""

from __future__ import annotations

_BLOCK = 1024  # bytes judged together
_MIN_BLOCK = 256  # bytes; in fewer, chance decides
_SAMPLES = 16  # blocks judged of a window
_VALUES = 256
_MIN_DISTINCT = 0.8  # share of the values that even bytes would have
# Chi-squared of 256 values. Even bytes have 255 +- 23; what deflate, xz, zstd and brotli write stays below 420, base64
# has 3 for each byte, floating-point numbers, sound and machine code thousands.
_MAX_CHI = 450


def is_even(block: bytes) -> bool:
    """Return whether all byte values occur about as often as each other in a block of 256 to 1024 bytes."""
    size = len(block)
    expected = _VALUES * (1 - (1 - 1 / _VALUES) ** size)
    if block.isascii() or len(set(block)) < _MIN_DISTINCT * expected:
        return False
    from collections import Counter

    return _VALUES / size * sum(count * count for count in Counter(block).values()) - size < _MAX_CHI


class EvennessMeter:
    """Measures how much of a content is packed or enciphered, by samples."""

    def __init__(self) -> None:
        self._even = self._blocks = 0

    def add_window(self, window: bytes) -> None:
        """Add samples of a window."""
        if len(window) < _MIN_BLOCK:
            return
        count = min(max(len(window) // _BLOCK, 1), _SAMPLES)
        step = len(window) // count
        for at in range(0, step * count, step):
            self._blocks += 1
            self._even += is_even(window[at : at + _BLOCK])

    @property
    def is_packed(self) -> bool:
        """Whether at least half of the content is."""
        return self._even > 0 and 2 * self._even >= self._blocks


def is_packed(data: bytes) -> bool:
    """Return whether at least half of some bytes are packed or enciphered."""
    meter = EvennessMeter()
    meter.add_window(data)
    return meter.is_packed
