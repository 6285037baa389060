"""What a receipt covers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ringfence.errors import ReceiptError
from ringfence.records.receipts import check_receipt
from ringfence.reports.receipt import STATEMENT, SUMMARY

COMMIT, BASE = "a" * 40, "b" * 40


def make_statement(**changed: Any) -> bytes:
    predicate = {
        "policy": {"uri": "ringfence:ruleset/1"}, "timeVerified": "2026-01-31T12:00:00Z",
        "verificationResult": "PASSED", "ringfence:verdict": "allowed", "ringfence:tags": ["eval"],
        "ringfence:base": "", "ringfence:known": 0, "ringfence:waived": 0, "ringfence:unread": [],
    }  # fmt: skip
    subject = [{"name": "lab", "digest": {"gitCommit": COMMIT}}]
    statement = {"_type": STATEMENT, "predicateType": SUMMARY, "subject": subject, "predicate": predicate | changed}
    return json.dumps(statement).encode()


def test_a_receipt_of_the_whole_history_covers_the_commit_from_any_base() -> None:
    summary = check_receipt(make_statement(), COMMIT, "", ["eval"])
    assert (summary.verdict, summary.result, summary.tags) == ("allowed", "PASSED", ["eval"])
    assert check_receipt(make_statement(), COMMIT, BASE, ()).base == ""


def test_a_receipt_of_a_range_covers_the_commit_from_its_base_alone() -> None:
    ranged = make_statement(**{"ringfence:base": BASE})
    assert check_receipt(ranged, COMMIT, BASE, ()).base == BASE
    with pytest.raises(ReceiptError, match=r"^the receipt doesn't cover the history before 'bbbbbbbbbbbb'\.$"):
        check_receipt(ranged, COMMIT, "", ())


@pytest.mark.parametrize(
    ("statement", "commit", "tags", "message"),
    [
        (make_statement(), "c" * 40, (), "the receipt is about another commit than cccccccccccc."),
        (make_statement(), COMMIT, ("training-data",), "the commit wasn't judged as training-data."),
        (make_statement(**{"ringfence:tags": []}), COMMIT, (), "the commit wasn't tagged, so nothing was judged."),
        (
            make_statement(timeVerified=1), COMMIT, (),
            "not a valid receipt: the field predicate.timeVerified is missing or has a wrong value.",
        ),
        (b"7", COMMIT, (), "not a valid receipt: it isn't a statement in JSON."),
        (
            make_statement().replace(STATEMENT.encode(), b"x"), COMMIT, (),
            "not a valid receipt: a statement of another type.",
        ),
    ],
)  # fmt: skip
def test_another_receipt_is_refused(statement: bytes, commit: str, tags: tuple[str, ...], message: str) -> None:
    with pytest.raises(ReceiptError) as error:
        check_receipt(statement, commit, "", tags)
    assert error.value.message == message


UNREAD = {"commit": COMMIT, "path": "a.gz", "reason": "damaged", "action": "block", "tag": "eval", "advice": ""}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"ringfence:verdict": "blocked"}, "the verdict is blocked, and the result is PASSED"),
        ({"verificationResult": "FAILED"}, "the verdict is allowed, and the result is FAILED"),
        ({"ringfence:verdict": "incomplete"}, "the verdict is incomplete, and 0 items listed as unread"),
        ({"ringfence:unread": [UNREAD]}, "the verdict is allowed, and 1 item listed as unread"),
        (
            {"ringfence:verdict": "incomplete", "ringfence:unread": [UNREAD]},
            "the verdict is incomplete, and what is unread is refused, and the result is PASSED",
        ),
        (
            {"ringfence:verdict": "incomplete", "ringfence:unread": [UNREAD | {"action": "record"}],
             "verificationResult": "FAILED"},
            "the verdict is incomplete, and the result is FAILED",
        ),
        ({"verifiedLevels": ["FAILED"]}, "the result is PASSED, and the verified levels are FAILED"),
        (
            {"ringfence:verdict": "blocked", "verificationResult": "FAILED", "verifiedLevels": ["RINGFENCE_EVAL"]},
            "the result is FAILED, and the verified levels are RINGFENCE_EVAL",
        ),
        (
            {"ringfence:verdict": "blocked", "verificationResult": "FAILED", "ringfence:findings": 0},
            "the verdict is blocked, and no mark was found",
        ),
        ({"ringfence:findings": 1, "ringfence:waived": 2}, "more marks pass than were found"),
    ],
)  # fmt: skip
def test_fields_that_contradict_each_other_are_no_receipt(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ReceiptError) as error:
        check_receipt(make_statement(**fields), COMMIT, "", ())
    assert error.value.message == f"not a valid receipt: {message}."


@pytest.mark.parametrize(
    "fields",
    [
        {"ringfence:verdict": "blocked", "verificationResult": "FAILED", "verifiedLevels": ["FAILED"]},
        {"ringfence:verdict": "blocked", "verificationResult": "FAILED", "ringfence:unread": [UNREAD]},
        {"ringfence:verdict": "incomplete", "verificationResult": "FAILED", "ringfence:unread": [UNREAD]},
        {"ringfence:verdict": "incomplete", "ringfence:unread": [UNREAD | {"action": "record"}]},
        {"ringfence:findings": 3, "ringfence:known": 2, "ringfence:waived": 2},
    ],
)
def test_fields_of_every_verdict_agree(fields: dict[str, Any]) -> None:
    check_receipt(make_statement(**fields), COMMIT, "", ())


def test_a_receipt_of_another_ruleset_is_refused() -> None:
    assert check_receipt(make_statement(), COMMIT, "", (), "1").policy.uri == "ringfence:ruleset/1"
    for name in ("2", "", "ringfence:ruleset/1"):
        with pytest.raises(ReceiptError) as error:
            check_receipt(make_statement(), COMMIT, "", (), name)
        assert error.value.message == f"the commit was judged by another ruleset than {name!r}."
