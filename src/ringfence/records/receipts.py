"""Parses the receipt of an earlier run, and checks that it covers a commit."""

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
    """The fields of a receipt's predicate that are read; others are ignored, as in-toto's parsing rules demand."""

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
    """Return the predicate of a receipt that covers `commit`, its history since `base` (or all of it), and the tags.

    `commit` and `base` are whole object ids; `base` may be "".

    Raises:
        ReceiptError: The receipt covers something else, or isn't valid.
    """
    receipt = _parse_statement(statement)
    summary = receipt.predicate
    if commit not in [subject.digest.get("gitCommit") for subject in receipt.subject]:
        raise ReceiptError(f"the receipt is about another commit than {commit[:12]}.")
    if summary.base and summary.base != base:
        raise ReceiptError(
            f"the receipt doesn't cover the history before {summary.base[:12]!r}.",
            "If that state was accepted before: --base COMMIT. Else judge all of it: ringfence check --all --receipt.",
        )
    if not summary.tags:
        raise ReceiptError("the commit wasn't tagged, so nothing was judged.")
    if missing := [tag for tag in tags if tag not in summary.tags]:
        raise ReceiptError(f"the commit wasn't judged as {', '.join(missing)}.")
    return summary


def _parse_statement(statement: bytes) -> _Statement:
    try:
        receipt = _Statement.model_validate_json(statement)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        what = f"the field {where} is missing or has a wrong value" if where else "it isn't a statement in JSON"
        raise ReceiptError(f"not a valid receipt: {what}.") from None
    if (receipt.kind, receipt.predicate_kind) != (STATEMENT, SUMMARY):
        raise ReceiptError("not a valid receipt: a statement of another type.")
    return receipt
