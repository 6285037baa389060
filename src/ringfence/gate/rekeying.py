"""Records an index of ingredients anew from its sources, with another key, and puts the new one in its place.

A fingerprint can't be turned back into text, so that a key is changed only by reading what was recorded again.
"""

from __future__ import annotations

import os

from ..errors import IncompleteError
from ..scan.ingredients.index import LOCK, lock_file
from ..scan.ingredients.index_key import compute_key_id
from ..scan.ingredients.manifest import read_manifest, sync_folder
from ..scan.ingredients.sources import SourceTable
from ..values import value
from .recording import record_history
from .session_recording import record_sessions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..policy.plan import Plan
    from ..repository import Repository

_NEW, _OLD = ".rekeyed", ".before"  # behind the name of the index


@value
class Rekeyed:
    """How far an index is recorded anew.

    Attributes:
        sources: Number of source files of the old index.
        missing: Those that the new index lacks, by repository.
        unread: (path, reason) of transcripts that couldn't be read.
    """

    sources: int
    missing: dict[str, int]
    unread: tuple[tuple[str, str], ...]


def find_new_folder(folder: str) -> str:
    """Return where the new index is made until it takes the place of the old one."""
    return f"{folder}{_NEW}"


def record_anew(
    folder: str, key: bytes, plan: Plan, repositories: Iterable[tuple[str, Repository]], transcripts: list[str]
) -> Rekeyed:
    """Record repositories, given with their names in the index, and transcripts into the new index; say what is left.

    What an earlier run recorded is kept, so that sources can be given in turn.

    Raises:
        IncompleteError: The index can't be used, or the key is the one that it has already.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        raise IncompleteError(f"there is no index of ingredients in {folder}.")
    if manifest.key_id == compute_key_id(key):
        raise IncompleteError("this is the key that the index has already.", "Give another one by --new-key FILE.")
    new = find_new_folder(folder)
    unread: tuple[tuple[str, str], ...] = ()
    for name, repository in repositories:
        record_history(repository, name, new, key)
    if transcripts:
        unread = record_sessions(plan, transcripts, new, key).unread
    old, again = _list_places(folder), _list_places(new)
    missing: dict[str, int] = {}
    for owner, *_ in old - again:
        missing[owner] = missing.get(owner, 0) + 1
    return Rekeyed(len(old), missing, unread)


def replace_index(folder: str) -> str:
    """Put the new index in the place of the old one, and return where the old one is kept.

    Between the two renames there is no index, so that a check then ends as incomplete. A writer that waits meanwhile
    finds an index with another key, and refuses to write.

    Raises:
        IncompleteError: Nothing was recorded anew.
    """
    if read_manifest(find_new_folder(folder)) is None:
        raise IncompleteError("nothing was recorded anew.", "Give --repo NAME=DIR or --session FILE.")
    lock = lock_file(os.path.join(folder, LOCK))
    kept = f"{folder}{_OLD}"
    number = 0
    while os.path.exists(kept):
        number += 1
        kept = f"{folder}{_OLD}-{number}"
    os.rename(folder, kept)
    os.rename(find_new_folder(folder), folder)
    sync_folder(os.path.dirname(folder))
    os.close(lock)
    return kept


def _list_places(folder: str) -> set[tuple[str, str, str]]:
    """Return the sources of an index as (repository, revision, path); none where there is no index yet."""
    if read_manifest(folder) is None:
        return set()
    table = SourceTable(folder)
    try:
        return table.list_places()
    finally:
        table.close()
