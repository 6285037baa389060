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
