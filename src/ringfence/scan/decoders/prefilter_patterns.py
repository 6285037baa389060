"""What in a content calls for more than a look at its bytes, as expressions for lines.

They are wide: what none of them matches is plain text, and holds no more than what stands in it.
"""

from __future__ import annotations

from codecs import BOM_UTF8

from . import formats, pointer
from .encoding import BOMS

CARD = "^---\\r?$"  # the head of a data set's card begins with it


def list_decoder_patterns() -> list[str]:
    """Return the expressions. What isn't text, and wide text without its mark, holds control characters.

    Each beginning has its own: as one expression they halve the speed of all.
    """
    first = [
        f"^{_escape_bytes(begin)}" for begin in (*formats.list_magic_prefixes(), *(mark for mark, _ in BOMS), BOM_UTF8)
    ]
    return [r"[\x00-\x08]", *first, CARD, *map(_escape_bytes, (*pointer.WORDS, *formats.WORDS))]


def _escape_bytes(data: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in data)
