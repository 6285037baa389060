"""Tells which values of a column are files, such as pictures, archives and what is enciphered."""

from __future__ import annotations

import re

from .base import PROBE
from .formats import detect_format, list_magics
from .packed import is_packed
from .signatures import SIGNATURES

_MIN_SIZE = 8  # bytes; no file with anything in it is shorter


def _build_pattern() -> re.Pattern[bytes]:
    """Return a pattern for the beginnings of files, which is tried before the slower `detect_format`."""
    magics = [b".{%d}%b" % (offset, re.escape(magic)) for offset, magic in list_magics()]
    return re.compile(b"|".join(magics), re.DOTALL)


_BEGIN = _build_pattern()
_ANYWHERE = re.compile(b"|".join(re.escape(signature.magic) for signature in SIGNATURES))


def is_file(value: bytes) -> bool:
    """Return whether a value has to be read as a file is: a format begins or lies in it, or it is packed."""
    if len(value) < _MIN_SIZE:
        return False
    if not _BEGIN.match(value) and (value.isascii() or _is_utf8(value)):
        return False
    return bool(detect_format(value[:PROBE]) or is_packed(value) or _ANYWHERE.search(value))


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True
