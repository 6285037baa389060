"""Tells a note of git-ai that is no JSON any more, as after `git notes merge -s cat_sort_uniq` sorted its lines."""

from __future__ import annotations

WORD = b'"authorship/'  # of the schema that each of these notes names
_REASON = "a note of git-ai that is no JSON, as after `git notes merge`: whose agent wrote what can't be told"


def find_note_fault(data: bytes) -> str:
    """Return why a note can't be read, or "" for one that can, and for any other text."""
    if WORD not in data:
        return ""
    import json

    _, separator, tail = (b"\n" + data).partition(b"\n---\n")  # a note without lines begins with it
    try:
        json.loads(tail if separator else data)
    except ValueError:
        return _REASON
    return ""
