"""What machines read."""

from __future__ import annotations

import json

from reports.conftest import finding, verdict
from ringfence.model import Unread
from ringfence.reports.formats import FORMATS


def test_the_object_holds_everything(not_read: Unread) -> None:
    report = json.loads(FORMATS["json"](verdict(finding(), unread=(not_read,))))
    assert report["schema"] == 1
    assert report["verdict"] == "blocked"
    assert report["findings"][0]["excerpt"] == "Co-authored-by: Acme <bot@acme.example>"
    assert report["unread"] == [
        {
            "commit": "b" * 40,
            "path": "data/rows.gz",
            "reason": not_read.reason,
            "action": "block",
            "tag": "eval",
            "advice": "",
            "extra": "",
        }
    ]
    assert report["examined"]["objects"] == 5
    assert report["ruleset"] == "abc123abc123"


def test_lines_come_one_finding_each_and_the_verdict_last(not_read: Unread) -> None:
    lines = [json.loads(line) for line in FORMATS["jsonl"](verdict(finding(), unread=(not_read,))).splitlines()]
    assert [line["type"] for line in lines] == ["finding", "unread", "verdict"]
    assert lines[0]["marker"] == "acme-code-address"
    assert lines[-1]["verdict"] == "blocked"


def test_the_format_never_changes_the_exit_code() -> None:
    blocked = verdict(finding())
    before = blocked.exit_code
    for render in FORMATS.values():
        render(blocked)
    assert blocked.exit_code == before == 1
