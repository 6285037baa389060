from __future__ import annotations

import pytest

from reports.conftest import finding, verdict
from ringfence.model import Location, Unread
from ringfence.reports.items import build_items


@pytest.mark.parametrize(
    ("changed", "level", "passes"),
    [
        ({}, "error", ""),
        ({"action": "warn"}, "warning", ""),
        ({"action": "record"}, "note", ""),
        ({"known": True}, "note", "In the baseline."),
        ({"waiver": "LEGAL-1"}, "note", "Waived: LEGAL-1."),
    ],
)
def test_the_level_follows_the_action_unless_it_passes(changed: dict[str, object], level: str, passes: str) -> None:
    (item,) = build_items(verdict(finding(**changed)))
    assert (item.level, item.passes) == (level, passes)


def test_a_finding_without_a_file_has_a_placeholder_and_line_1() -> None:
    (item,) = build_items(verdict(finding(line=7)))
    assert (item.file, item.line) == ("commit/message", 1)
    assert item.message == (
        "Mark of Acme Code (definitive, eval): Co-authored-by: Acme <bot@acme.example> "
        "(commit aaaaaaaaaaaa, message, line 7)"
    )


def test_further_locations_are_in_words_with_a_line() -> None:
    also = (Location(4, "x"), Location(0, "y"))
    (item,) = build_items(verdict(finding(path="a.txt", count=3, also=also)))
    assert item.also == (("line 4", 4, "x"), ("there", 1, "y"))
    assert item.message.endswith(", 3 times)")


@pytest.mark.parametrize(
    ("changed", "title"),
    [
        ({"part": "pointer", "product": "Git LFS pointer"}, "Misleading Git LFS pointer (definitive, eval)"),
        (
            {"marker": "generator-not-allowed", "product": "generator"},
            "Generator that the zone doesn't allow (definitive, eval)",
        ),
    ],
)
def test_titles_of_findings_that_are_no_marks(changed: dict[str, object], title: str) -> None:
    (item,) = build_items(verdict(finding(**changed)))
    assert item.title == title


def test_unread_content_comes_last_with_a_stable_fingerprint() -> None:
    unread = Unread("b" * 40, "a.gz", "no decoder", "warn", "eval")
    items = build_items(verdict(finding(), unread=(unread,)))
    assert [item.rule for item in items] == ["acme-code-address", "unread"]
    assert (items[1].title, items[1].level, items[1].file) == ("Unread (eval)", "warning", "a.gz")
    assert items[1].fingerprint == build_items(verdict(unread=(unread,)))[0].fingerprint
