"""The model of a policy's `[[wall]]`: who worked on a subject with rivals' tools stays out of its clean rooms."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ..markers.base import Text
from .table import Name, Table


class Wall(Table):
    """A wall between work with rivals' tools and clean rooms. Can only be set in the organisation's policy."""

    subject: Name = Field(description="What the work is about; findings name it.")
    repositories: tuple[Text, ...] = Field(
        min_length=1,
        description="Names of the repositories where work on it with rivals' tools is recorded, with `*`; as in "
        "`[[repository]] match`.",
    )
    tags: tuple[Name, ...] = Field(min_length=1, description="The tags of its clean rooms.")
    days: Annotated[int, Field(ge=1, le=3660)] = Field(
        description="For how many days who brought a rival's mark there stays out."
    )
