"""Adds a hint about the `Provenance:` line to the message that an editor is about to open."""

from __future__ import annotations

from ..repository import load_local_plan
from ..sources.message import read_message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..repository import Repository

_HINT = (
    "Each commit here must declare its provenance: uncomment the line that is true.",
    "Provenance: human",
    "Provenance: VENDOR/PRODUCT MODEL",
)


def add_declaration_hint(repository: Repository, path: str) -> None:
    """Write the possible lines as comments into the message file, before git's own comments, where a tag demands one.

    Raises:
        IncompleteError: There is no message file.
    """
    plan = load_local_plan(repository)
    message = read_message(path)
    if (
        not plan
        or not plan.actions.filter_demanding((*plan.zones.whole_tags, *plan.zones.path_tags), "declaration")
        or b"provenance:" in message.lower()
    ):
        return
    mark = _find_comment_prefix(repository)
    lines = message.splitlines(keepends=True)
    first = next((number for number, line in enumerate(lines) if line.startswith(mark)), len(lines))
    hint = [mark + b" " + line.encode() + b"\n" for line in _HINT]
    with open(path, "wb") as file:
        file.writelines([*lines[:first], b"\n", *hint, mark + b"\n", *lines[first:]])


def _find_comment_prefix(repository: Repository) -> bytes:
    """Return what comment lines of a message begin with."""
    values = [text for _, key, text in repository.settings if key in ("core.commentchar", "core.commentstring")]
    return values[-1].encode() if values and values[-1] != "auto" else b"#"
