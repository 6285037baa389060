"""The model of a policy's `[rollout]`: which tags observe for now, until when, and for whom."""

from __future__ import annotations

import datetime as dt
from typing import Self

from pydantic import Field, model_validator

from ..markers.base import Text
from .table import Name, Table


class Rollout(Table):
    """Tags that observe: everything is judged and recorded, and nothing is refused for them until a day.

    Can only be set in the organisation's policy.
    """

    observe: tuple[Name, ...] = Field((), description="The tags that observe.")
    until: dt.date | None = Field(
        None,
        description="The last day on which they observe, in UTC by the server's clock; pushers are told a week ahead.",
    )
    observe_for: tuple[Text, ...] = Field(
        (), description="The accounts that are observed, with `*`; all others are refused. Default: every account."
    )
    enforce_for: tuple[Text, ...] = Field(
        (), description="Accounts that are refused all the same, with `*`: a pilot group."
    )

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        if bool(self.observe) != bool(self.until):
            raise ValueError("`observe` and `until` need each other")
        if (self.observe_for or self.enforce_for) and not self.observe:
            raise ValueError("`observe_for` and `enforce_for` need `observe`")
        return self
