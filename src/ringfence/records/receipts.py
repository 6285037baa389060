"""Receipts of earlier runs: opens them, and checks that one vouches for a commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import ReceiptError
from ..reports.receipt import STATEMENT, SUMMARY

if TYPE_CHECKING:
    from collections.abc import Iterable


class _Subject(BaseModel):
    digest: dict[str, str]


class _Policy(BaseModel):
    uri: str


class Summary(BaseModel):
    """What is read of a receipt's predicate; other fields are ignored, as in-toto's parsing rules want it."""

    model_config = ConfigDict(strict=True, frozen=True)

    policy: _Policy
    time: Annotated[str, Field(alias="timeVerified")]
    result: Annotated[Literal["PASSED", "FAILED"], Field(alias="verificationResult")]
    verdict: Annotated[Literal["allowed", "blocked", "incomplete"], Field(alias="ringfence:verdict")]
    tags: Annotated[list[str], Field(alias="ringfence:tags")]
    base: Annotated[str, Field(alias="ringfence:base")]
    known: Annotated[int, Field(alias="ringfence:known")]
    waived: Annotated[int, Field(alias="ringfence:waived")]
    unread: Annotated[list[dict[str, str]], Field(alias="ringfence:unread")]


class _Statement(BaseModel):
    kind: Annotated[str, Field(alias="_type")]
    predicate_kind: Annotated[str, Field(alias="predicateType")]
    subject: list[_Subject]
    predicate: Summary


def check_receipt(statement: bytes, commit: str, base: str, tags: Iterable[str]) -> Summary:
    """Return what a receipt says of a commit, if it is about that commit, from `base` or the beginning on, and tagged.

    Raises:
        ReceiptError: It isn't, or is no receipt.
    """
    told = _parse_statement(statement)
    summary = told.predicate
    if commit not in [subject.digest.get("gitCommit") for subject in told.subject]:
        raise ReceiptError(f"the receipt is about another commit than {commit[:12]}.")
    if summary.base and summary.base != base:
        raise ReceiptError(
            f"the receipt says nothing of what {summary.base[:12]!r} holds already.",
            "If that state was accepted before: --base COMMIT. Else judge all of it: ringfence check --all --receipt.",
        )
    if not summary.tags:
        raise ReceiptError("no tag held for the commit: nothing was judged.")
    if missing := [tag for tag in tags if tag not in summary.tags]:
        raise ReceiptError(f"the commit wasn't judged as {', '.join(missing)}.")
    return summary


def _parse_statement(statement: bytes) -> _Statement:
    try:
        told = _Statement.model_validate_json(statement)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise ReceiptError(f"this is no receipt: {where or 'it'} isn't as it should be.") from None
    if (told.kind, told.predicate_kind) != (STATEMENT, SUMMARY):
        raise ReceiptError("this is no receipt: it states something else.")
    return told
