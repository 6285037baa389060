from __future__ import annotations

import json

from reports.conftest import finding, verdict
from ringfence.model import Unread
from ringfence.reports import gitlab_quality, gitlab_sast


def test_fingerprints_are_unique_and_the_first_is_the_findings_own() -> None:
    issues = json.loads(
        gitlab_quality.render(verdict(finding(), finding(commit="b" * 40), finding(fingerprint="1" * 20)))
    )
    assert [issue["fingerprint"] for issue in issues] == ["0" * 20, f"{'0' * 20}-2", "1" * 20]


def test_severity_follows_the_level() -> None:
    found = verdict(*[finding(action=action) for action in ("block", "warn", "record")])
    assert [issue["severity"] for issue in json.loads(gitlab_quality.render(found))] == ["blocker", "minor", "info"]
    assert [item["severity"] for item in json.loads(gitlab_sast.render(found))["vulnerabilities"]] == [
        "Critical",
        "Low",
        "Info",
    ]


def test_a_scan_fails_only_where_it_is_incomplete() -> None:
    unread = (Unread("", "", "the clone is shallow", "block", ""),)
    assert json.loads(gitlab_sast.render(verdict(finding())))["scan"]["status"] == "success"
    assert json.loads(gitlab_sast.render(verdict(unread=unread)))["scan"]["status"] == "failure"
