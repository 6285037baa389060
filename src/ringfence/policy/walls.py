"""Walls between work with rivals' tools and clean rooms, as a plan has them."""

from __future__ import annotations

from ..values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


@value
class Wall:
    """A wall: what it is about, the tags of its clean rooms, the days that it stands, where work counts."""

    subject: str
    tags: frozenset[str]
    days: int
    repositories: tuple[str, ...]


def parse_walls(rows: Iterable[list[str]]) -> list[Wall]:
    """Return the walls in the rows of a plan."""
    return [Wall(subject, frozenset(tags.split()), int(days), tuple(names)) for subject, tags, days, *names in rows]
