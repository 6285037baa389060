"""Patterns for the prefilter that match every content which may need decoding.

They may match plain text too; a content that none of them matches needs no decoder.
"""

from __future__ import annotations

from codecs import BOM_UTF8

from . import formats, note, pointer, signatures
from .encoding import BOMS

_PDF = b"%PDF-"
MSGPACK = r"\A[\x91-\x9f]?[\x81-\x8f][\xa1-\xbf\xd9]"  # an object with a name, or a list of such
BODIES = (
    r"!!binary\b",
    r"base64_string",
    r"[bB]ase64[bB]ody",
    r"[bB]ody[bB]ase64",
    r"[eE]ncoding\\*\"\s*:\s*\\*\"base64",
)  # in recorded traffic
CARD = "^---\\r?$"  # the first line of a dataset card


def list_decoder_patterns() -> list[str]:
    """Return the patterns.

    Binary formats, and wide text without a byte order mark, contain control characters. Each magic prefix is a pattern
    of its own: combined into one, they halve the speed of the whole scan.
    """
    beginnings = (*formats.list_magic_prefixes(), *(mark for mark, _ in BOMS), BOM_UTF8)
    prefixes = [rf"\A{escape_bytes(begin)}" for begin in beginnings if begin != _PDF]
    prefixes.append(f"^{escape_bytes(_PDF)}")  # its readers skip what comes before
    prefixes += [f"^{escape_bytes(begin)}" for begin in signatures.list_armors()]
    words = (*BODIES, *map(escape_bytes, (*pointer.WORDS, *formats.WORDS, *formats.BILL_WORDS, note.WORD)))
    return [r"[\x00-\x08]", *prefixes, CARD, MSGPACK, *pointer.PATTERNS, *words]


def escape_bytes(data: bytes) -> str:
    """Return an expression for some bytes."""
    return "".join(f"\\x{byte:02x}" for byte in data)
