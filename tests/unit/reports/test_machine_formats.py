"""JSON, JSON Lines, JUnit, reviewdog and SARIF, by what only they do."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from reports.conftest import finding, verdict
from ringfence.model import Location, Unread
from ringfence.reports import json as json_report
from ringfence.reports import junit, rdjsonl, sarif

UNREAD = (Unread("b" * 40, "a.gz", "no decoder", "block", "eval"),)


def test_json_lines_end_with_the_verdict() -> None:
    lines = [json.loads(line) for line in json_report.render_lines(verdict(finding(), unread=UNREAD)).splitlines()]
    assert [line["type"] for line in lines] == ["finding", "unread", "verdict"]
    assert (lines[2]["verdict"], lines[2]["schema"]) == ("blocked", 1)


def test_json_holds_the_same_in_one_object() -> None:
    report = json.loads(json_report.render(verdict(finding(also=(Location(4, "x"),)), unread=UNREAD)))
    assert report["findings"][0]["also"] == [{"line": 4, "excerpt": "x", "place": ""}]
    assert report["unread"][0]["reason"] == "no decoder"
    assert report["examined"]["commits"] == 2


def test_junit_fails_blocking_findings_and_skips_others() -> None:
    suite = ET.fromstring(junit.render(verdict(finding(), finding(action="warn"))))
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert [[child.tag for child in case] for case in suite.iter("testcase")] == [["failure"], ["skipped"]]


def test_junit_without_findings_has_one_passed_test() -> None:
    suite = ET.fromstring(junit.render(verdict()))
    assert [list(case) for case in suite.iter("testcase")] == [[]]


def test_reviewdog_gets_a_line_for_each_item() -> None:
    lines = [json.loads(line) for line in rdjsonl.render(verdict(finding(path="a.md"), unread=UNREAD)).splitlines()]
    assert [line["location"]["path"] for line in lines] == ["a.md", "a.gz"]
    assert [line["severity"] for line in lines] == ["ERROR", "ERROR"]


@pytest.mark.parametrize(("number", "sizes"), [(0, [0]), (3, [2, 1]), (9, [2, 2, 5])])
def test_sarif_is_split_into_runs_within_limits(number: int, sizes: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "_RESULTS", 2)
    monkeypatch.setattr(sarif, "_RUNS", 3)
    runs = json.loads(sarif.render(verdict(*[finding()] * number)))["runs"]
    assert [len(run["results"]) for run in runs] == sizes
    assert len({run["automationDetails"]["id"] for run in runs}) == len(runs)


def test_sarif_escapes_brackets_and_suppresses_what_passes() -> None:
    (run,) = json.loads(sarif.render(verdict(finding(excerpt="[a](b)", known=True))))["runs"]
    (result,) = run["results"]
    assert r"\[a\](b)" in result["message"]["text"]
    assert result["suppressions"] == [{"kind": "external", "justification": "In the baseline."}]
