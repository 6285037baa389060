"""Offers the line that says where a commit comes from, in the message that an editor is about to open."""

from __future__ import annotations

from ..repository import load_local_plan
from ..sources.message import read_message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..repository import Repository

_OFFER = (
    "Here each commit says where its work comes from; free the line that is so.",
    "Provenance: human",
    "Provenance: VENDOR/PRODUCT MODEL",
)


def add_declaration_hint(place: Repository, path: str) -> None:
    """Write the line as a comment into the message, before git's own comments, where a tag demands it.

    Raises:
        IncompleteError: There is no message.
    """
    plan = load_local_plan(place)
    message = read_message(path)
    if (
        not plan
        or not plan.actions.filter_demanding((*plan.zones.whole, *plan.zones.zoned))
        or b"provenance:" in message.lower()
    ):
        return
    mark = _find_comment_prefix(place)
    lines = message.splitlines(keepends=True)
    first = next((number for number, line in enumerate(lines) if line.startswith(mark)), len(lines))
    offered = [mark + b" " + line.encode() + b"\n" for line in _OFFER]
    with open(path, "wb") as file:
        file.writelines([*lines[:first], b"\n", *offered, mark + b"\n", *lines[first:]])


def _find_comment_prefix(place: Repository) -> bytes:
    """Return what a line of a comment begins with."""
    said = [text for _, key, text in place.settings if key in ("core.commentchar", "core.commentstring")]
    return said[-1].encode() if said and said[-1] != "auto" else b"#"
