from __future__ import annotations

import pytest

from reports.conftest import finding, verdict
from ringfence.model import Location, Unread
from ringfence.reports import wording


@pytest.mark.parametrize(
    ("changed", "parts", "place"),
    [
        ({}, (), "commit aaaaaaaaaaaa, message, line 3"),
        ({"part": "author", "line": 0}, ("author", "committer"), "commit aaaaaaaaaaaa, author and committer"),
        ({"commit": "", "part": "ref", "line": 0}, (), "name of the ref"),
        ({"path": "a.jsonl", "place": "field answer"}, (), "commit aaaaaaaaaaaa, a.jsonl, line 3, field answer"),
        ({"path": "a.zip", "place": "b.txt", "line": 0}, (), "commit aaaaaaaaaaaa, a.zip: b.txt"),
    ],
)
def test_the_location_of_a_finding(changed: dict[str, object], parts: tuple[str, ...], place: str) -> None:
    assert wording.format_place(finding(**changed), parts) == place


@pytest.mark.parametrize(
    ("spot", "text"),
    [
        (Location(4, "x", "b.jsonl, field answer"), "b.jsonl, line 4, field answer"),
        (Location(0, "x", "row 5, field answer"), "row 5, field answer"),
        (Location(4, "x"), "line 4"),
        (Location(0, "x"), ""),
    ],
)
def test_the_line_comes_before_the_field(spot: Location, text: str) -> None:
    assert wording.format_spot(spot) == text


@pytest.mark.parametrize(
    ("markers", "beginning"),
    [
        ([], "Rival AI output"),
        (["a", "b"], "Rival AI output"),
        (["pointer-malformed"], "The content that is checked"),
        (["pointer-malformed", "a"], "Rival AI output"),
    ],
)
def test_the_reason_is_a_rules_own_only_if_it_is_the_only_one(markers: list[str], beginning: str) -> None:
    assert wording.format_reason(markers).startswith(beginning)


@pytest.mark.parametrize(
    ("commit", "path", "subject"), [("b" * 40, "a.gz", "a.gz"), ("b" * 40, "", f"commit {'b' * 12}"), ("", "", "push")]
)
def test_what_is_unread(commit: str, path: str, subject: str) -> None:
    assert wording.format_subject(Unread(commit, path, "why", "block", "eval"), "push") == subject


def test_counts_and_ruleset() -> None:
    assert [wording.format_count(number, "ref") for number in (0, 1, 2)] == ["0 refs", "1 ref", "2 refs"]
    assert wording.format_examined(verdict()) == "2 commits, 3 paths, 5 objects"
    assert wording.format_ruleset(verdict()) == "ruleset abc123abc123"
    assert wording.format_part("squash") == "message of the squash"
