from __future__ import annotations

import pytest

from reports.conftest import finding, verdict
from ringfence.model import Unread
from ringfence.reports.markdown import render


def test_a_row_shows_where_what_and_evidence() -> None:
    lines = render(verdict(finding(path="a.md", count=2), contact="data@acme.example")).splitlines()
    assert lines[2] == "| | where | what | evidence |"
    assert lines[4].startswith("| 🛑 | commit aaaaaaaaaaaa, a.md, line 3, 2 times | Mark of Acme Code")
    assert lines[6].endswith("redo or drop it. If this is wrong or allowed, ask data&#64;acme.example.")


@pytest.mark.parametrize("number", [10, 2_000])
def test_a_comment_stays_within_githubs_limit(number: int) -> None:
    text = render(verdict(*[finding(commit=f"{count:040x}") for count in range(number)]))
    assert len(text) < 65_536
    assert ("more; the other reports list all." in text) is (number == 2_000)


def test_an_incomplete_run_says_whom_to_ask() -> None:
    text = render(verdict(unread=(Unread("", "", "the clone is shallow", "block", ""),)))
    assert "doesn't count as clean. If it may stay, ask the policy's owner." in text


def test_without_findings_there_is_no_table() -> None:
    assert "|" not in render(verdict())
