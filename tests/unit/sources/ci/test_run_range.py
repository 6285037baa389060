from __future__ import annotations

import pytest

from ringfence.sources.ci.run_range import (
    RunRange,
    build_push_range,
    build_whole_range,
    format_branch,
    format_remote_branch,
)

MAIN, TOPIC = "refs/heads/main", "refs/heads/topic"
DEFAULT, ANY = "refs/remotes/origin/main", "refs/remotes/origin/HEAD"
OLD, NEW, ZERO = "1" * 40, "2" * 40, "0" * 40


def test_names_of_branches() -> None:
    assert [format_remote_branch(name) for name in ("main", "refs/heads/a", "")] == [
        "refs/remotes/origin/main",
        "refs/remotes/origin/refs/heads/a",
        "refs/remotes/origin/HEAD",
    ]
    assert [format_branch(name) for name in ("main", "refs/heads/main", "")] == [
        "refs/heads/main",
        "refs/heads/refs/heads/main",
        "",
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((OLD, ZERO, "main", TOPIC), RunRange((), ZERO, TOPIC, is_empty=True)),
        ((OLD, NEW, "main", TOPIC), RunRange((DEFAULT,), NEW, TOPIC, (DEFAULT,))),
        ((OLD, NEW, "", TOPIC), RunRange((ANY,), NEW, TOPIC, (ANY,), is_whole=True)),
        ((OLD, NEW, "main", MAIN), RunRange((OLD, DEFAULT), NEW, MAIN, target=MAIN)),
        ((ZERO, NEW, "main", MAIN), RunRange((), NEW, MAIN, (NEW,), target=MAIN)),
        ((ZERO, NEW, "main", "refs/tags/main"), RunRange((DEFAULT,), NEW, "refs/tags/main", (DEFAULT,))),
    ],
    ids=["deleted", "topic", "unknown default", "default", "new default", "tag"],
)
def test_the_range_of_a_push(arguments: tuple[str, str, str, str], expected: RunRange) -> None:
    assert build_push_range(*arguments) == expected


def test_a_whole_history_is_under_the_policy_of_the_default_branch() -> None:
    assert build_whole_range(NEW, "main") == RunRange((), NEW, policies=(DEFAULT,))
    assert build_whole_range(NEW, "") == RunRange((), NEW, policies=(NEW,))
