from __future__ import annotations

import re

from reports.conftest import finding, verdict
from ringfence.reports.github import render


def test_an_annotation_has_file_line_and_escaped_text() -> None:
    first = render(verdict(finding(path="a,b:c.md", excerpt="100%\nx"))).splitlines()[0]
    assert first.startswith("::error file=a%2Cb%3Ac.md,line=3,title=ringfence%3A Mark of Acme Code")
    assert "100%25%0Ax" in first


def test_a_finding_in_a_message_has_no_file() -> None:
    assert render(verdict(finding())).startswith("::error title=")


def test_ten_annotations_of_each_level_are_shown() -> None:
    found = [finding(action=action) for action in ("block", "warn", "record") for _ in range(12)]
    lines = render(verdict(*found)).splitlines()
    assert [sum(line.startswith(f"::{level} ") for line in lines) for level in ("error", "warning", "notice")] == [
        10,
        10,
        0,
    ]


def test_commands_in_the_report_are_disabled() -> None:
    token = re.search(r"^::stop-commands::([0-9a-f]{32})$", render(verdict(finding())), re.MULTILINE)
    assert token
    assert render(verdict(finding())).endswith(f"\n::{token[1]}::\n")
