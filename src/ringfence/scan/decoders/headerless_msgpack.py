"""Recognises msgpack, which has no first bytes of its own: https://github.com/msgpack/msgpack/blob/master/spec.md."""

from __future__ import annotations

from ...lazy_pattern import compile_lazily

_NAMES = 2  # in an object; one may be an accident
_NAME = compile_lazily(rb"[A-Za-z0-9_.:@-]{1,64}")
_SHORT_OBJECTS, _OBJECTS = range(0x80, 0x90), {0xDE: 2, 0xDF: 4}  # the latter with the bytes of their length
_SHORT_LISTS, _LISTS = range(0x90, 0xA0), {0xDC: 2, 0xDD: 4}
_SHORT_TEXTS, _TEXTS = range(0xA0, 0xC0), (0xD9, 0xDA, 0xDB)
_ONE_BYTE = frozenset((*range(0x80), *range(0xE0, 0x100), 0xC0, 0xC2, 0xC3))  # numbers, nothing, yes and no
_FIXED = {
    0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8, 0xD4: 2, 0xD5: 3,
    0xD6: 5, 0xD7: 9, 0xD8: 17,
}  # fmt: skip
_LENGTHS = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4}  # of texts and bytes
_EXTENSIONS = {0xC7: 1, 0xC8: 2, 0xC9: 4}  # with a byte for their type


def begins_msgpack(head: bytes) -> bool:
    """Return whether msgpack's rows begin here: an object, or a list of such, whose first keys are names."""
    at, keys = _enter_object(head)
    names = 0
    while keys and names < _NAMES:
        kind = head[at] if head[at:] else 0
        end = _skip_value(head, at)
        if kind not in _SHORT_TEXTS and kind not in _TEXTS:
            return False
        if not _NAME.fullmatch(head[at + 1 + (_LENGTHS[kind] if kind in _TEXTS else 0) : end]):
            return False
        names += 1
        keys -= 1
        at = _skip_value(head, end)
        if at >= len(head):  # one value is all that was looked at
            return end < len(head)
    return names > 0


def _enter_object(head: bytes) -> tuple[int, int]:
    """Return where the first object's first key is, and how many keys it has; (0, 0) if there is none."""
    at = 0
    kind = head[0] if head else 0
    if kind in _SHORT_LISTS or kind in _LISTS:
        at = 1 + _LISTS.get(kind, 0)
        kind = head[at] if head[at:] else 0
    if kind in _SHORT_OBJECTS:
        return at + 1, kind & 15
    if kind in _OBJECTS:
        at += 1 + _OBJECTS[kind]
        return at, int.from_bytes(head[at - _OBJECTS[kind] : at], "big")
    return 0, 0


def _skip_value(head: bytes, at: int) -> int:
    """Return where a value ends, with all that it holds."""
    pending = 1
    while pending and at < len(head):
        pending -= 1
        kind = head[at]
        at += 1
        if kind in _SHORT_TEXTS:
            at += kind & 31
        elif kind in _SHORT_LISTS or kind in _SHORT_OBJECTS:
            pending += (kind & 15) * (2 if kind in _SHORT_OBJECTS else 1)
        elif kind in _LENGTHS or kind in _EXTENSIONS:
            width = _LENGTHS.get(kind) or _EXTENSIONS[kind]
            at += width + int.from_bytes(head[at : at + width], "big") + (kind in _EXTENSIONS)
        elif kind in _LISTS or kind in _OBJECTS:
            width = _LISTS.get(kind) or _OBJECTS[kind]
            pending += int.from_bytes(head[at : at + width], "big") * (2 if kind in _OBJECTS else 1)
            at += width
        elif kind not in _ONE_BYTE:
            at += _FIXED.get(kind, len(head))
    return at if not pending else len(head)
