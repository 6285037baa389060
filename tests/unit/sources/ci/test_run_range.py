from __future__ import annotations

import pytest

from ringfence.sources.ci.run_range import (
    RunRange,
    build_push_range,
    build_whole_range,
    format_full_ref,
    format_remote_branch,
)

OLD, NEW, ZERO = "1" * 40, "2" * 40, "0" * 40


def test_names_of_branches() -> None:
    assert [format_remote_branch(name) for name in ("main", "refs/heads/a/b", "")] == [
        "origin/main",
        "origin/a/b",
        "origin/HEAD",
    ]
    assert [format_full_ref(name) for name in ("main", "refs/heads/main", "")] == [
        "refs/heads/main",
        "refs/heads/main",
        "",
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((OLD, ZERO, "main", "topic"), RunRange((), ZERO, "topic", is_empty=True)),
        ((OLD, NEW, "main", "topic"), RunRange(("origin/main",), NEW, "topic", ("origin/main",))),
        ((OLD, NEW, "", "topic"), RunRange(("origin/HEAD",), NEW, "topic", ("origin/HEAD",), is_whole=True)),
        ((OLD, NEW, "main", "main"), RunRange((OLD, "origin/main"), NEW, "main", target="refs/heads/main")),
        ((ZERO, NEW, "main", "main"), RunRange((), NEW, "main", (NEW,), target="refs/heads/main")),
    ],
    ids=["deleted", "topic", "unknown default", "default", "new default"],
)
def test_the_range_of_a_push(arguments: tuple[str, str, str, str], expected: RunRange) -> None:
    assert build_push_range(*arguments) == expected


def test_a_whole_history_is_under_the_policy_of_the_default_branch() -> None:
    assert build_whole_range(NEW, "main") == RunRange((), NEW, policies=("origin/main",))
    assert build_whole_range(NEW, "") == RunRange((), NEW, policies=(NEW,))
