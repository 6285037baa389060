"""Tells what an object of JSON belongs to: the key that it stands behind, the list around it, the string that holds it.

Settings, requests, examples and lists of models name models as rows do, and have them under telling keys.
"""

from __future__ import annotations

from ...lazy_pattern import compile_lazily
from .json_object import find_opening

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_LOOKBACK = 8 << 10  # bytes before an object in which its list, or the object around it, may begin
_NEAR = 200  # bytes before an object in which its key stands
_MOST_OUTER = 20  # objects around an object in a string
_PARENT = compile_lazily(rb'"([^"\\\n]{1,60})"\s*:\s*$')
_SETTINGS = compile_lazily(
    r"(?i)(?:\w+_)?(?:arguments|config(?:uration)?|defaults?|examples?|fallback|llm|options|params|payload|preset|request|settings"
    r"|upgrade)|requestBody"
)
_REQUEST = compile_lazily(r"(?i)(?:\w+_)?(?:arguments|llm|request|params|payload|input|body|call)")
# What tells of a model in a list of models, and is an answer elsewhere.
_DESCRIPTIONS = {"content", "contents", "explanation", "summary", "text"}
_ENTRY = {"id", "name", "slug", "label", "title", "display_name", "displayName"}
_BLANK = compile_lazily(rb"(?:\s|\\+[nrt])*$")
_FENCE = compile_lazily(rb"(?:```|~~~)[a-z]*(?:\s|\\+[nrt])*$")


def find_parent(data: bytes, opening: int) -> str:
    """Return the key behind which an object stands, itself or in a list; "" for none."""
    before, earliest = data[max(0, opening - _NEAR) : opening], max(0, opening - _LOOKBACK)
    if before.rstrip().endswith((b",", b"[")) and (at := find_opening(data, opening, earliest, (b"[", b"]"))) >= 0:
        before = data[max(0, at - _NEAR) : at]
    found = _PARENT.search(before)
    return found[1].decode("utf-8", "replace") if found else ""


def is_settings(parent: str) -> bool:
    """Return whether an object behind this key sets something up, or shows how to."""
    return bool(_SETTINGS.fullmatch(parent))


def is_request(parent: str) -> bool:
    """Return whether an object behind this key may be what a model was asked."""
    return bool(_REQUEST.fullmatch(parent))


def describes_model(keys: Iterable[str], answers: Iterable[str]) -> bool:
    """Return whether the texts of an object may describe the model that it names, as in a list of models."""
    return _DESCRIPTIONS.issuperset(answers) and not _ENTRY.isdisjoint(keys)


def is_whole(data: bytes, opening: int) -> bool:
    """Return whether an object inside a string, or the one around it, begins the string, a line or an item of a list.

    Among other words, or in a fence, an object only shows what to write.
    """
    for _ in range(_MOST_OUTER):
        before = data[max(0, opening - _NEAR) : opening]
        head = _BLANK.sub(b"", before)
        if not head.endswith((b":", b",")) or (outer := find_opening(data, opening, max(0, opening - _LOOKBACK))) < 0:
            begins_line = b"n" in before[len(head) :]  # of an escaped line end
            return not _FENCE.search(before) and (begins_line or not head or head.endswith((b'"', b"[", b":", b",")))
        opening = outer
    return True
