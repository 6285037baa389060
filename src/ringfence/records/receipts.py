"""Parses the receipt of an earlier run, and checks that it covers a commit or files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import ReceiptError
from ..excerpts import sanitise_text
from ..reports.receipt import RULESET, STATEMENT, SUMMARY
from ..reports.wording import format_count

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
    levels: Annotated[list[str] | None, Field(alias="verifiedLevels")] = None
    verdict: Annotated[Literal["allowed", "observed", "blocked", "incomplete"], Field(alias="ringfence:verdict")]
    tags: Annotated[list[str], Field(alias="ringfence:tags")]
    base: Annotated[str, Field(alias="ringfence:base")]
    findings: Annotated[int | None, Field(alias="ringfence:findings")] = None
    known: Annotated[int, Field(alias="ringfence:known")]
    waived: Annotated[int, Field(alias="ringfence:waived")]
    unread: Annotated[list[dict[str, str]], Field(alias="ringfence:unread")]


class _Statement(BaseModel):
    kind: Annotated[str, Field(alias="_type")]
    predicate_kind: Annotated[str, Field(alias="predicateType")]
    subject: list[_Subject]
    predicate: Summary

    def list_digests(self, kind: str) -> list[str]:
        """Return the digests of the subjects that have one of this kind."""
        return [subject.digest[kind] for subject in self.subject if kind in subject.digest]


def check_receipt(statement: bytes, commit: str, base: str, tags: Iterable[str], ruleset: str | None = None) -> Summary:
    """Return the predicate of a receipt that covers `commit`, its history since `base` (or all of it), and the tags.

    `commit` and `base` are whole object ids; `base` may be "". `ruleset` is the name of the ruleset that the run must
    have used; None: any.

    Raises:
        ReceiptError: The receipt covers something else, or isn't valid.
    """
    receipt = _parse_statement(statement)
    summary = receipt.predicate
    if commit not in receipt.list_digests("gitCommit"):
        raise ReceiptError(f"the receipt is about another commit than {commit[:12]}.")
    if summary.base and summary.base != base:
        raise ReceiptError(
            f"the receipt doesn't cover the history before {summary.base[:12]!r}.",
            "If that was accepted before: --base COMMIT. Else judge all of it: ringfence check --all --receipt FILE.",
        )
    _check_summary(summary, tags, ruleset, "the commit wasn't", "the commit was")
    return summary


def check_file_receipt(
    statement: bytes, files: Iterable[tuple[str, str]], tags: Iterable[str], ruleset: str | None = None
) -> Summary:
    """Return the predicate of a receipt that covers files, given as (path, SHA-256), whatever they are called in it.

    `tags` and `ruleset` are as for `check_receipt`.

    Raises:
        ReceiptError: The receipt doesn't cover them, or isn't valid.
    """
    receipt = _parse_statement(statement)
    known = frozenset(receipt.list_digests("sha256"))
    if other := [path for path, digest in files if digest not in known]:
        more = f" and {format_count(len(other) - 1, 'more file')}" if len(other) > 1 else ""
        raise ReceiptError(f"the receipt doesn't cover {sanitise_text(other[0])}{more}, as it is now.")
    _check_summary(receipt.predicate, tags, ruleset, "the files weren't", "the files were")
    return receipt.predicate


def _check_summary(summary: Summary, tags: Iterable[str], ruleset: str | None, negated: str, stated: str) -> None:
    if not summary.tags:
        raise ReceiptError(f"{negated} tagged, so nothing was judged.")
    if missing := [tag for tag in tags if tag not in summary.tags]:
        raise ReceiptError(f"{negated} judged as {', '.join(missing)}.")
    if reason := _find_contradiction(summary):
        raise ReceiptError(f"not a valid receipt: {reason}.")
    if ruleset is not None and summary.policy.uri != f"{RULESET}{ruleset}":
        raise ReceiptError(f"{stated} judged by another ruleset than {ruleset!r}.")


def _find_contradiction(summary: Summary) -> str:
    """Return which fields of a tagged commit's receipt can't be true together, or ""."""
    verdict, result = f"the verdict is {summary.verdict}", f"the result is {summary.result}"
    if summary.verdict not in ("observed", "blocked") and (summary.verdict == "incomplete") != bool(summary.unread):
        return f"{verdict}, and {format_count(len(summary.unread), 'item')} listed as unread"
    if summary.verdict == "blocked" and summary.findings == 0:
        return f"{verdict}, and no mark was found"
    if summary.findings is not None and summary.findings < max(summary.known, summary.waived):
        return "more marks pass than were found"
    refuses = summary.verdict in ("observed", "blocked") or any(
        item.get("action") == "block" for item in summary.unread
    )
    if refuses == (summary.result == "PASSED"):
        return f"{verdict}, {'and what is unread is refused, ' if refuses and summary.unread else ''}and {result}"
    if summary.levels is not None and (summary.levels == ["FAILED"]) != (summary.result == "FAILED"):
        return f"{result}, and the verified levels are {', '.join(summary.levels) or 'none'}"
    return ""


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
