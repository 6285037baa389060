from __future__ import annotations

import pytest

from ringfence.commands.check import check, parse_range
from ringfence.errors import UsageError


@pytest.mark.parametrize(
    ("text", "revisions"),
    [("A..B", ("A", "B")), ("A..", ("A", "HEAD")), ("..B", ("", "B")), ("a/b..c~2", ("a/b", "c~2"))],
)
def test_a_range_has_two_revisions(text: str, revisions: tuple[str, str]) -> None:
    assert parse_range(text) == revisions


@pytest.mark.parametrize("text", ["", "A", "A...B", "A.B"])
def test_anything_else_is_no_range(text: str) -> None:
    with pytest.raises(UsageError, match="isn't a range"):
        parse_range(text)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "nothing to check: give one of --staged, --range, --all, --files, --message."),
        ({"staged": True, "everything": True}, "--staged and --all can't be combined."),
        ({"files": True}, "--files needs paths."),
        ({"everything": True, "paths": ["a"]}, "paths need --files."),
        ({"staged": True, "old_baseline": "a"}, "--baseline and --write-baseline need --all."),
        ({"everything": True, "old_baseline": "a", "new_baseline": "b"},
         "--baseline and --write-baseline can't be combined."),
        ({"staged": True, "receipt": "a"},
         "--receipt needs --all, --range or --files: a receipt is for commits or files."),
    ],
)  # fmt: skip
def test_options_that_do_not_go_together(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as refused:
        check(**options)  # type: ignore[arg-type]
    assert refused.value.message == message
