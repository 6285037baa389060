"""The interfaces of the caches in `scan/`; imported for types alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


class MarksCache(Protocol):
    """The interface of `scan/marks_cache.py`."""

    def find_marks(self, oids: Iterable[str]) -> dict[str, bytes]:
        """Return the marks of those of the objects that are known."""

    def store_marks(self, marks: dict[str, bytes]) -> None:
        """Store the marks of objects."""


class CleanCache(Protocol):
    """The interface of `scan/clean_cache.py`."""

    @property
    def is_present(self) -> bool:
        """Whether the cache has any entry."""

    def find_clean_objects(self, oids: Collection[str]) -> set[str]:
        """Return those of the objects that are known to be clean."""

    def find_clean_commits(self, oids: Collection[str]) -> dict[str, set[str]]:
        """Return those of the commits that are known to be clean, each with the tags of the zones it touches."""

    def store_clean(self, oids: Collection[str], commits: Collection[tuple[str, tuple[str, ...]]]) -> None:
        """Store objects and commits that were found clean, commits with the tags of their zones."""

    def load_marks(self) -> MarksCache:
        """Return the cache of the marks in objects that aren't clean."""
