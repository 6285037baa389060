"""What bills say of a traced file: its digest, and its pieces by the tool that wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from ...git.objects import OVERLAP, MissingObject
from ..trace.model import decode_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...git.objects import Objects
    from ..trace.model import Origin, Piece, Trace, TracedFile


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file of which a part comes from a tool.

    Attributes:
        file: The file.
        path: Its path as text.
        sha256: The digest of its content.
        size: Its size in bytes.
        pieces: What is a tool's in it, without what a person edited since.
    """

    file: TracedFile
    path: str
    sha256: str
    size: int
    pieces: list[Piece]


def iter_file_facts(trace: Trace, objects: Objects) -> Iterator[FileFacts]:
    """Yield the files of which a part comes from a tool; one whose content is missing is left out."""
    wanted = {file.blob: file for file in trace.files if any(not piece.is_edited for piece in file.pieces)}
    digests: dict[str, tuple[str, int]] = {}
    for item in objects.iter_objects(wanted):
        if isinstance(item, MissingObject):
            continue
        state = sha256()
        for offset, window in item.iter_windows():
            state.update(window[OVERLAP:] if offset else window)
        digests[item.name] = state.hexdigest(), item.size
    for file in trace.files:
        pieces = [piece for piece in file.pieces if not piece.is_edited]
        if pieces and file.blob in digests:
            digest, size = digests[file.blob]
            yield FileFacts(file, decode_path(file.path), digest, size, pieces)


def name_agent(origin: Origin) -> str:
    """Return the tool and its model as one name: `anthropic/Claude Code claude-opus-4-5`."""
    return f"{origin.vendor}/{origin.product}{f' {origin.model}' if origin.model else ''}"


def name_source(origin: Origin) -> str:
    """Return where a text was written: a repository's commit and file."""
    return f"{origin.repository}@{origin.commit}:{origin.path}"
