"""The values of a trace, and its rows as pipelines read them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = (
    "repo", "commit", "path", "blob", "start_line", "end_line", "row", "field", "vendor", "product", "model",
    "evidence", "strength", "hits", "edited", "source_repo", "source_commit", "source_path", "source_start",
    "source_end", "written_at", "recorded_at", "share",
)  # fmt: skip
NUMBERS = ("start_line", "end_line", "row", "hits", "source_start", "source_end")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text comes from.

    Attributes:
        vendor, product, model: Whose tool wrote it.
        evidence: What says so: blame, note, agent-trace, object, ingredient, session.
        strength: How sure that is: definitive, strong or weak.
        repository, commit, path: Where it was written; a session instead of a commit for `session`.
        written: When, in UTC.
        recorded: When it was recorded in the index, in UTC; "" for what the history says.
    """

    vendor: str
    product: str
    model: str
    evidence: str
    strength: str
    repository: str
    commit: str
    path: str
    written: str = ""
    recorded: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines or a row of a file that come from a tool.

    Attributes:
        first, last: The lines, from 1; 0 where the whole file or a row is meant.
        source_first, source_last: The lines in the source; 0 where unknown.
        origin: Where they come from.
        is_edited: A person has changed them since: they are the person's now.
        row: The row in a data file, from 1; 0 for none.
        field: The field or column in it; "" for none.
        hits: How many fingerprints matched; 0 for what the history says.
    """

    first: int
    last: int
    source_first: int
    source_last: int
    origin: Origin
    is_edited: bool = False
    row: int = 0
    field: str = ""
    hits: int = 0

    def cut(self, first: int, last: int) -> Piece:
        """Return the part between two of its lines."""
        there = self.source_first + first - self.first if self.source_first else 0
        end = there + last - first if there else 0
        return replace(self, first=first, last=last, source_first=there, source_last=end)


@dataclass(slots=True)
class TracedFile:
    """A file of the revision.

    Attributes:
        path: Its path, as bytes.
        blob: The id of its content.
        lines: How many lines it has; 1 for a binary file, which counts as a whole.
        is_binary: Whether it is one.
        pieces: What comes from a tool, by line.
    """

    path: bytes
    blob: str
    lines: int
    is_binary: bool = False
    pieces: list[Piece] = field(default_factory=list)

    def count_lines(self) -> int:
        """Return how many of its lines are a tool's, as nobody has changed them since."""
        return len(self.list_lines())

    def list_lines(self) -> set[int]:
        """Return the numbers of the lines that are a tool's; for a binary file {1} if it is one."""
        found: set[int] = set()
        for piece in self.pieces:
            if not piece.is_edited and (piece.first or (self.is_binary and not piece.row)):
                found.update(range(piece.first or 1, (piece.last or 1) + 1))
        return found


@dataclass(slots=True)
class Trace:
    """The trace of a revision.

    Attributes:
        repository: The repository's name.
        commit: The revision.
        files: All of its files that were traced.
        incomplete: What could not be traced: (path or "", reason).
        commits: How many commits were read.
    """

    repository: str
    commit: str
    files: list[TracedFile]
    incomplete: list[tuple[str, str]]
    commits: int = 0

    @property
    def is_marked(self) -> bool:
        """Whether anything comes from a tool."""
        return any(file.pieces for file in self.files)

    def iter_rows(self) -> Iterator[dict[str, Any]]:
        """Yield the pieces with the values of `COLUMNS`; None where one says nothing."""
        for file in self.files:
            for piece in file.pieces:
                yield build_row(self, file, piece)


def build_row(trace: Trace, file: TracedFile, piece: Piece) -> dict[str, Any]:
    """Return a piece with the values of `COLUMNS`."""
    origin = piece.origin
    return {
        "repo": trace.repository,
        "commit": trace.commit,
        "path": decode_path(file.path),
        "blob": file.blob,
        "start_line": piece.first or None,
        "end_line": piece.last or None,
        "row": piece.row or None,
        "field": piece.field or None,
        "vendor": origin.vendor,
        "product": origin.product,
        "model": origin.model or None,
        "evidence": origin.evidence,
        "strength": origin.strength,
        "hits": piece.hits or None,
        "edited": piece.is_edited,
        "source_repo": origin.repository,
        "source_commit": origin.commit,
        "source_path": origin.path,
        "source_start": piece.source_first or None,
        "source_end": piece.source_last or None,
        "written_at": origin.written or None,
        "recorded_at": origin.recorded or None,
        "share": None,
    }


def decode_path(path: bytes) -> str:
    """Return a path as text; what isn't UTF-8 is written as escapes, so that every format can hold it."""
    return os.fsdecode(path).encode("utf-8", "backslashreplace").decode()
