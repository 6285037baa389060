"""The models of a policy's rules for waivers, of a waiver, and of a repository's `waivers.toml`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from ..markers.base import Text
from .table import Name, Table


class Waivers(Table):
    """Rules for waivers. Can only be set in the organisation's policy."""

    days: Annotated[int, Field(ge=1, le=366)] | None = Field(
        None, description="How many days in the future a waiver's `until` may be. Default: 90."
    )
    emergency: tuple[Text, ...] | None = Field(
        None,
        description="Accounts, as the server authenticates them, that may push with `-o ringfence.waive=TICKET`. "
        "Default: nobody.",
    )


class Waiver(Table):
    """A finding, or all findings of a commit, that may pass. In the organisation's policy, or in `waivers.toml`."""

    finding: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{20}$")] | None = Field(
        None, description="A finding's fingerprint, as reports show it. Either this or `commit`."
    )
    commit: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")] | None = Field(
        None, description="A commit's full id."
    )
    tag: Name = Field(description="The tag whose rules are waived; those of other tags still apply.")
    reason: Text = Field(description="Why it may pass.")
    ticket: Text = Field(description="Where that was decided; reports show it.")
    requested_by: Text = Field(description="Who requested it.")
    approved_by: Text = Field(description="Who approved it: another person, one of the tag's `approvers`.")
    until: dt.date = Field(description="The last day on which it is valid.")
    repository: Text | None = Field(
        None,
        description="The name of the only repository where it is valid, with `*`, as in `[[repository]] match`. "
        "Default: wherever its file counts.",
    )
    request_signature: Text | None = Field(
        None, description="The SSH signature of who requested it; needed where the policy names `signers`."
    )
    approval_signature: Text | None = Field(None, description="The SSH signature of who approved it; likewise.")

    @model_validator(mode="after")
    def _check_target(self) -> Self:
        if (self.finding is None) is (self.commit is None):
            raise ValueError("a waiver needs either finding or commit")
        return self


class WaiverFile(Table):
    """A repository's `waivers.toml`."""

    version: Literal[1] = Field(description="The format of this file.")
    waiver: tuple[Waiver, ...] = Field((), description="The waivers.")
