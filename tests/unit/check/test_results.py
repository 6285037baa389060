from __future__ import annotations

from collections.abc import Callable

from ringfence.check.results import NO_MODEL, Results
from ringfence.model import Occurrence
from ringfence.policy.plan import Plan
from unit.check.conftest import COMMIT, marker_of

OURS = '[organisation]\nown = ["anthropic"]\n'


def test_a_mark_of_our_own_vendor_is_no_finding(make_plan: Callable[..., Plan]) -> None:
    results = Results(make_plan("eval", policy=OURS))
    results.add_mark(marker_of(results.plan), ("eval",), Occurrence(COMMIT, "author", "Claude"))
    assert results.findings == []


def test_a_mark_of_our_own_vendor_counts_for_a_rivals_model_beside_it(make_plan: Callable[..., Plan]) -> None:
    results = Results(make_plan("eval", policy=OURS))
    occurrence = Occurrence(COMMIT, "author", "Claude")
    results.add_mark(marker_of(results.plan), ("eval",), occurrence, ("gpt-5", "openai"))
    assert [(item.vendor, item.model_vendor) for item in results.findings] == [("anthropic", "openai")]


def test_of_several_tags_the_strictest_action_counts(make_plan: Callable[..., Plan]) -> None:
    policy = '[tag.loose]\ndefinitive = "record"\n[tag.strict]\ndefinitive = "block"\n'
    results = Results(make_plan("loose", "strict", policy=policy))
    results.add_mark(marker_of(results.plan), ("loose", "strict"), Occurrence(COMMIT, "author", "Claude"))
    assert [(item.action, item.tag) for item in results.findings] == [("block", "strict")]


def test_damaged_content_refuses_whatever_the_tag_does_with_unread_content(make_plan: Callable[..., Plan]) -> None:
    results = Results(make_plan("own", policy='[tag.own]\nunread = "record"\n'))
    results.add_unread(COMMIT, b"a.zip", "encrypted", ("own",))
    results.add_unread(COMMIT, b"b.txt", "the object is missing", ("own",), damaged=True)
    assert [(item.path, item.action) for item in results.unread] == [("a.zip", "record"), ("b.txt", "block")]


def test_a_rivals_model_is_named_before_our_own(make_plan: Callable[..., Plan]) -> None:
    results = Results(make_plan("eval", policy=OURS))
    assert results.find_model(b"Claude Opus 4.5 and gpt-5")[1] == "openai"
    assert results.find_model(b"Claude Opus 4.5")[1] == "anthropic"
    assert results.find_model(b"no model at all") == results.find_model(b"") == NO_MODEL
