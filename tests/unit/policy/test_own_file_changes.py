from __future__ import annotations

import pytest

from ringfence.errors import PolicyError
from ringfence.policy.inputs import Inputs
from ringfence.policy.own_file_changes import check_change, find_lost_protection, list_new_approvers

BEFORE = b'version = 1\n[[zone]]\ntag = "eval"\npaths = ["bench/**"]\n[tag.eval]\nweak = "block"\n'
WAIVER = (
    'version = 1\n[[waiver]]\ncommit = "{}"\ntag = "eval"\nreason = "r"\nticket = "T-1"\n'
    'requested_by = "ann"\napproved_by = "{}"\nuntil = 2030-01-31\n'
)


@pytest.mark.parametrize(
    ("after", "lost"),
    [
        (BEFORE, []),
        (BEFORE + b'[[zone]]\ntag = "eval"\npaths = ["more/**"]\n', []),
        (BEFORE.replace(b'"block"', b'"warn"'), ["tag.eval.weak: would loosen block to warn"]),
        (BEFORE.replace(b"bench", b"b"), ["zone: would remove `eval` from bench/**"]),
        (None, ["zone: would remove `eval` from bench/**", "tag.eval.weak: would loosen block to warn"]),
    ],
)
def test_what_a_later_version_no_longer_protects_is_listed(after: bytes | None, lost: list[str]) -> None:
    assert find_lost_protection(Inputs(), [BEFORE], [after]) == lost


def test_a_change_that_loosens_is_refused_with_each_line() -> None:
    with pytest.raises(PolicyError) as refused:
        check_change(Inputs(), [BEFORE], [BEFORE.replace(b'"block"', b'"warn"')])
    assert refused.value.message == (
        "ringfence.toml: tag.eval.weak: would loosen block to warn; a push can only tighten"
    )


def test_only_approvers_of_added_waivers_are_listed() -> None:
    first, second = WAIVER.format("a" * 40, "bob"), WAIVER.format("b" * 40, "carl").removeprefix("version = 1\n")
    assert list_new_approvers(first.encode(), (first + second).encode()) == ["carl"]
    assert list_new_approvers(None, first.encode()) == ["bob"]
    assert list_new_approvers(first.encode(), None) == []
