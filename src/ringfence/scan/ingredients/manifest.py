"""The manifest of an index: which segments belong to it. Renaming a new one into place is what commits a change."""

from __future__ import annotations

import os

from ...errors import IncompleteError
from ...values import value
from . import scheme

MANIFEST = "manifest"
_TITLE = f"ringfence ingredients {scheme.VERSION}"
_ADVICE = "See ringfence ingredients verify."


@value
class Manifest:
    """What belongs to an index.

    Attributes:
        generation: Raised by every change.
        key_id: Which key the fingerprints are made with; "" while there are none.
        updated: When it was last changed, in UTC: `2025-01-31T09:30:00`.
        segments: The names of the segments and their numbers of entries.
    """

    generation: int = 0
    key_id: str = ""
    updated: str = ""
    segments: tuple[tuple[str, int], ...] = ()


def read_manifest(folder: str) -> Manifest | None:
    """Return the manifest of an index, or None where there is no index.

    Raises:
        IncompleteError: It can't be read, is damaged, or is of another version.
    """
    try:
        with open(os.path.join(folder, MANIFEST), encoding="ascii") as file:
            text = file.read()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise IncompleteError(f"the index of ingredients in {folder} can't be read: {error}.", _ADVICE) from None
    title, *lines = text.splitlines() or [""]
    if title != _TITLE and title.startswith("ringfence ingredients "):
        raise IncompleteError(
            f"the index of ingredients in {folder} has version {title.split()[-1]}, this ringfence reads "
            f"{scheme.VERSION}.", "Use the version of ringfence that wrote it, or record it anew.",
        )  # fmt: skip
    rows = [line.split(" ") for line in lines]
    try:
        facts = {name: fields[0] for name, *fields in rows if name != "segment"}
        segments = tuple((fields[0], int(fields[1])) for name, *fields in rows if name == "segment")
        is_complete = title == _TITLE and "end" in facts
        manifest = Manifest(int(facts["generation"]), facts["key"], facts["updated"], segments)
    except (LookupError, ValueError):
        is_complete = False
    if not is_complete:
        raise IncompleteError(f"the index of ingredients in {folder} has a damaged manifest.", _ADVICE)
    return manifest


def write_manifest(folder: str, manifest: Manifest) -> None:
    """Replace the manifest of an index."""
    lines = [
        _TITLE,
        f"generation {manifest.generation}",
        f"key {manifest.key_id}",
        f"updated {manifest.updated}",
        *(f"segment {name} {count}" for name, count in manifest.segments),
        "end ",
    ]
    temporary = os.path.join(folder, f".{MANIFEST}.{os.getpid()}.tmp")
    with open(temporary, "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, os.path.join(folder, MANIFEST))
    sync_folder(folder)


def sync_folder(folder: str) -> None:
    """Make renames in a folder survive a crash of the machine."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
