"""The model of a policy's `[[permission]]`: what a contract allows to be done with a rival's models."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from ..markers.base import Text
from .table import Name, Table

USES = ("teacher", "judge", "labeller", "generator", "rows")


def _check_blanks(text: str) -> str:
    if len(text.split()) != 1:
        raise ValueError("must be one word, without blanks")
    return text


_Word = Annotated[Text, AfterValidator(_check_blanks)]


class Permission(Table):
    """Uses of a vendor's models that pass by contract. Can only be set in the organisation's policy."""

    id: Name = Field(description="What findings and the ledger name it by.")
    vendor: Name = Field(description="The vendor whose models may be used.")
    model: tuple[_Word, ...] = Field(
        (), description='The models, with `*`: `["gpt-4o*"]`; case is ignored. Default: any of the vendor.'
    )
    account: tuple[_Word, ...] = Field(
        (),
        description="The accounts that may push it, with `*`. Where it isn't known who acts, as on a laptop, such a "
        "permission doesn't hold. Default: any.",
    )
    tags: tuple[Name, ...] = Field(min_length=1, description="The tags where it holds.")
    use: tuple[Literal["teacher", "judge", "labeller", "generator", "rows"], ...] = Field(
        min_length=1, description="What the models may be used for; `rows`: fields that name them in data."
    )
    contract: Text = Field(description="The contract, and its clause.")
    until: dt.date = Field(description="The last day on which it holds, in UTC.")
