"""What all readers of transcripts share: a write that succeeded, and joining calls with their outcomes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ....values import value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class UnreadTranscriptError(Exception):
    """A transcript can't be read; the message says why."""


@value
class Write:
    """A text that an agent wrote into a file.

    Attributes:
        call: The id of the call, which is the same in a resumed or forked session.
        path: The file, as the agent named it.
        text: What it wrote: a whole file, or what replaced something.
        model: The model, as the transcript names it; "" if it doesn't.
    """

    call: str
    path: str
    text: str
    model: str = ""


@value
class Session:
    """A transcript.

    Attributes:
        id: The id of the session.
        folder: The folder that the agent worked in; "" if the transcript doesn't say.
        writes: What was written, once for each call and text.
    """

    id: str
    folder: str
    writes: tuple[Write, ...]


Transcript = tuple[str, str, list[Session]]  # the vendor, the product, and what a file of it holds

# The arguments under which agents' tools take a text, and the file to write it to.
_TEXTS = ("content", "file_text", "new_string", "new_str", "newString", "newText", "new_source", "after")
_PATHS = ("file_path", "filePath", "path", "notebook_path", "absolute_path", "file", "filename")


class Calls:
    """Joins the calls of a transcript with their outcomes, which stand in other lines; both may be repeated."""

    def __init__(self) -> None:
        self._writes: dict[str, list[Write]] = {}
        self._succeeded: dict[str, None] = {}

    def add_call(self, call: str, arguments: object, model: str = "") -> None:
        """Add a call with the arguments of its tool, if they hold a text to write."""
        if isinstance(arguments, str):
            arguments = parse_json(arguments)
        if call and call not in self._writes and isinstance(arguments, dict):
            texts = list(_iter_texts(arguments))
            path = next((item for key in _PATHS if isinstance(item := arguments.get(key), str)), "")
            self._writes[call] = [Write(call, path, text, model) for text in texts]

    def add_diff(self, call: str, path: str, diff: str, model: str = "") -> None:
        """Add a write that succeeded, by the lines that a diff adds."""
        if text := extract_added_lines(diff):
            self._writes.setdefault(call, []).append(Write(call, path, text, model))
            self._succeeded[call] = None

    def add_success(self, call: str) -> None:
        """Add that a call succeeded."""
        self._succeeded[call] = None

    def list_writes(self) -> tuple[Write, ...]:
        """Return the writes of calls that succeeded."""
        return tuple(write for call in self._succeeded for write in self._writes.get(call, ()))


def _iter_texts(arguments: dict[str, Any]) -> Iterator[str]:
    for key in _TEXTS:
        if isinstance(text := arguments.get(key), str):
            yield text
    edits = arguments.get("edits")
    for edit in edits if isinstance(edits, list) else ():
        if isinstance(edit, dict):
            yield from _iter_texts(edit)


def parse_json(text: str | bytes) -> Any:
    """Return what a line of JSON holds; None for a damaged one: a session that is running ends in the middle."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def iter_lines(data: bytes) -> Iterator[dict[str, Any]]:
    """Yield the objects of JSON lines, or the one object that is written on many lines."""
    if data.lstrip()[:2] in (b"{\n", b"{\r") and isinstance(whole := parse_json(data), dict):
        yield whole
        return
    for line in data.splitlines():
        if isinstance(row := parse_json(line), dict):
            yield row


def get_path(row: object, *keys: str) -> Any:
    """Return what a chain of keys leads to in nested objects; None where it breaks off."""
    for key in keys:
        row = row.get(key) if isinstance(row, dict) else None
    return row


def iter_dicts(items: object) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list; nothing for anything else."""
    yield from (item for item in items if isinstance(item, dict)) if isinstance(items, list) else ()


def extract_added_lines(diff: str) -> str:
    """Return the lines that a unified diff adds."""
    lines = diff.splitlines()
    return "".join(f"{line[1:]}\n" for line in lines if line.startswith("+") and not line.startswith("+++ "))


def find_first(rows: Iterable[dict[str, Any]], *keys: str) -> str:
    """Return the first text that a chain of keys leads to in any of the rows, or ""."""
    return next((found for row in rows if isinstance(found := get_path(row, *keys), str)), "")
