from __future__ import annotations

from collections.abc import Callable

import pytest

from ringfence.check import baseline
from ringfence.check.findings import compute_fingerprint
from ringfence.errors import PolicyError
from ringfence.model import ScanCounts, Verdict
from ringfence.policy.plan import Plan
from ringfence.values import replace
from unit.check.conftest import finding_of


def test_a_baseline_is_read_as_it_was_written_and_knows_no_more_than_it_counts(make_plan: Callable[..., Plan]) -> None:
    item = finding_of(make_plan("training-data"))
    twice = Verdict((item, item), (), ScanCounts(), "r", ("training-data",))
    known = baseline.parse(baseline.render(twice).encode(), "baseline.txt")
    assert known == {item.fingerprint: 2}
    thrice = Verdict((item, item, item), (), ScanCounts(), "r", ("training-data",))
    assert [finding.known for finding in baseline.mark_known(thrice, known).findings] == [True, True, False]


def test_a_line_that_was_named_by_its_excerpt_alone_is_still_known(make_plan: Callable[..., Plan]) -> None:
    item = finding_of(make_plan("training-data"))
    old = replace(item, fingerprint=compute_fingerprint(item.marker, item.path.encode(), item.excerpt))
    known = baseline.parse(baseline.render(Verdict((old,), (), ScanCounts(), "r", ())).encode(), "b.txt")
    longer = replace(item, fingerprint=compute_fingerprint(item.marker, item.path.encode(), item.excerpt, b"line"))
    found = baseline.mark_known(Verdict((longer, longer), (), ScanCounts(), "r", ()), known).findings
    assert [finding.known for finding in found] == [True, False]


def test_a_line_that_is_no_entry_is_named_by_its_number() -> None:
    with pytest.raises(PolicyError, match=r"b\.txt: line 2 is no"):
        baseline.parse(b"# a comment\nabc one marker\n", "b.txt")
