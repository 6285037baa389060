"""The model of a policy's `[approvals]`: how two people show that they are two."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from ..markers.base import Text
from .table import Table


def _check_absolute(path: str) -> str:
    if not path.startswith("/"):
        raise ValueError("must be an absolute path")
    return path


class Approvals(Table):
    """How a request and its approval are known to come from two people.

    Can only be set in the organisation's policy.
    """

    same_login: bool | None = Field(
        None,
        description="Whether one login may ask for a decision and approve it under two names. Default: false.",
    )
    signers: Annotated[Text, AfterValidator(_check_absolute)] | None = Field(
        None,
        description="A file in the form of OpenSSH's `allowed_signers`, with the names that `--by` takes; requests and "
        "approvals of quarantined pushes and of waivers must then be signed by a key of it, and a new policy by two "
        "people for `ringfence policy install`. "
        "Default: none is.",
    )
