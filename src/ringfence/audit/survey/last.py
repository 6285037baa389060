"""What an earlier audit has judged already, for one that judges only what is new."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from ...errors import UsageError
from .results import INDEX, ResultFolder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .model import Row, Shard


class LastAudit:
    """The refs and files that an earlier audit has judged, by unit."""

    def __init__(self, path: str) -> None:
        """Read the index of an audit's results.

        Raises:
            UsageError: The folder holds no audit.
        """
        try:
            with open(os.path.join(path, INDEX), "rb") as file:
                self._names: dict[str, list[str]] = json.load(file)
        except (OSError, ValueError):
            raise UsageError(f"{path} holds no audit that was finished.", "Give the --out of one by --since.") from None
        self._folder = ResultFolder(path)

    def list_refs(self, unit: str) -> tuple[str, ...]:
        """Return the refs of a repository as they were, each as `id name`; () where it wasn't audited."""
        return tuple(ref for about in self._iter_abouts(unit) for ref in about.get("refs", ()))

    def filter_shards(self, unit: str, shards: Iterable[Shard]) -> list[Shard]:
        """Return the files of data that are new or have changed."""
        known = {(path, state) for about in self._iter_abouts(unit) for path, state in about.get("shards", ())}
        return [shard for shard in shards if (shard.path, shard.state) not in known]

    def _iter_abouts(self, unit: str) -> Iterator[Row]:
        for name in self._names.get(unit, ()):
            try:
                yield self._folder.read(name)[0]
            except (OSError, EOFError, ValueError):
                continue  # it is gone: its work is new
