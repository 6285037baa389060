"""What a policy says of waivers, and what a `waivers.toml` may say."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from ..markers.base import Text
from .table import Name, Table


class Waivers(Table):
    """Who may let a finding pass, and for how long. Only the organisation says it."""

    days: Annotated[int, Field(ge=1, le=366)] | None = Field(
        None, description="The furthest from today that a waiver's `until` may lie. Default: 90."
    )
    emergency: tuple[Text, ...] | None = Field(
        None,
        description="Accounts, as the server knows them, that may push with `-o ringfence.waive=TICKET`. "
        "Default: nobody.",
    )


class Waiver(Table):
    """A finding, or all findings of a commit, that may pass. In the organisation's policy, or in `waivers.toml`."""

    finding: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{20}$")] | None = Field(
        None, description="A finding's fingerprint, as reports show it. Either this or `commit`."
    )
    commit: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")] | None = Field(
        None, description="A commit's whole id."
    )
    tag: Name = Field(description="The tag whose rule it is waived from; others still hold.")
    reason: Text = Field(description="Why it may pass.")
    ticket: Text = Field(description="Where that was decided; reports show it.")
    requested_by: Text = Field(description="Who asked.")
    approved_by: Text = Field(description="Who agreed: another, from the tag's `approvers`.")
    until: dt.date = Field(description="The last day on which it holds.")

    @model_validator(mode="after")
    def _check_target(self) -> Self:
        if (self.finding is None) is (self.commit is None):
            raise ValueError("a waiver names either a finding or a commit")
        return self


class WaiverFile(Table):
    """A repository's `waivers.toml`."""

    version: Literal[1] = Field(description="The format of this file.")
    waiver: tuple[Waiver, ...] = Field((), description="What may pass.")
