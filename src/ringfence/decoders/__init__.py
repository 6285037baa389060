"""From bytes to text that can be scanned, or to the reason why not. The table of what is asked, in order."""

from __future__ import annotations

from . import container, pointer, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# Each says, by an object's first bytes and its size, why its content can't be read here ("" when it doesn't apply).
OPAQUE: tuple[Callable[[bytes, int], str], ...] = (pointer.opaque, container.opaque)


def opaque(head: bytes, size: int) -> str:
    """Return why an object's content can't be read, or ""."""
    for ask in OPAQUE:
        if reason := ask(head, size):
            return reason
    return ""


recode = text.recode
