"""SipHash-1-3 of 64-bit values: what an index holds, so that nobody without the key can guess a text into it.

In pure Python many values are hashed at once: one large integer holds a value every 128 bits, so that an operation on
it is an operation on all of them, with room for the carry.
"""

from __future__ import annotations

from struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

KEY_BYTES = 16
_CONSTANTS = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
LENGTH_BLOCK = 8 << 56  # the last block of a message of 8 bytes
FINAL = 0xFF
_LANE = Struct("<Q8x")
_BATCH = 1024  # values hashed at once: 16 KiB, which stay in a processor's cache


def split_key(key: bytes) -> tuple[int, int, int, int]:
    """Return the initial state for a key of 16 bytes."""
    first, second = int.from_bytes(key[:8], "little"), int.from_bytes(key[8:], "little")
    words = (first, second, first, second)
    return tuple(word ^ constant for word, constant in zip(words, _CONSTANTS, strict=True))  # type: ignore[return-value]  # four


def hash_values(values: Sequence[int], key: bytes) -> list[int]:
    """Return the keyed hash of each 64-bit value, in order."""
    state = split_key(key)
    hashed: list[int] = []
    for start in range(0, len(values), _BATCH):
        hashed += _hash_batch(values[start : start + _BATCH], state)
    return hashed


def _hash_batch(values: Sequence[int], state: tuple[int, int, int, int]) -> list[int]:
    message = int.from_bytes(b"".join(map(_LANE.pack, values)), "little")
    ones = int.from_bytes((1).to_bytes(16, "little") * len(values), "little")
    mask = ones * ((1 << 64) - 1)
    a, b, c, d = (word * ones for word in state)
    for block in (message, LENGTH_BLOCK * ones):
        a, b, c, d = _run_round(a, b, c, d ^ block, mask)
        a ^= block
    c ^= FINAL * ones
    for _ in range(3):
        a, b, c, d = _run_round(a, b, c, d, mask)
    data = (a ^ b ^ c ^ d).to_bytes(16 * len(values), "little")
    return list(memoryview(data).cast("Q")[::2])


def _run_round(a: int, b: int, c: int, d: int, mask: int) -> tuple[int, int, int, int]:
    a, c = a + b & mask, c + d & mask
    b, d = _rotate(b, 13, mask) ^ a, _rotate(d, 16, mask) ^ c
    a = _rotate(a, 32, mask)
    a, c = a + d & mask, c + b & mask
    b, d = _rotate(b, 17, mask) ^ c, _rotate(d, 21, mask) ^ a
    return a, b, _rotate(c, 32, mask), d


def _rotate(lanes: int, count: int, mask: int) -> int:
    moved = lanes << count
    return moved & mask | moved >> 64 & mask
