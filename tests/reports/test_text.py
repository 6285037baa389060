"""What people read."""

from __future__ import annotations

import pytest

from reports.conftest import finding, verdict
from ringfence.errors import ExitCode
from ringfence.model import Location, Unread
from ringfence.reports import text
from ringfence.reports.formats import FORMATS
from ringfence.values import replace


def test_a_refusal_says_what_where_why_and_what_next() -> None:
    assert text.render(verdict(finding(), contact="data@acme.example"), "pre-receive") == (
        "ringfence pre-receive: refused, 1 mark of rival AI tools (eval)\n"
        "  commit aaaaaaaaaaaa, message, line 3\n"
        "    Co-authored-by: Acme <bot@acme.example>\n"
        "    = Acme Code (definitive, eval) [acme-code-address]\n"
        "  Why: rival AI output must stay out of training and evaluation data.\n"
        "  Next: redo or drop what a tool wrote: git rebase -i aaaaaaaaaaaa^\n"
        "  For a waiver: ringfence waive 00000000000000000000 --tag eval\n"
        "  If this is wrong or allowed, ask data@acme.example.\n"
    )


def test_lines_of_ours_fit_behind_a_servers_prefix() -> None:
    told = text.render(verdict(finding()), "pre-receive").splitlines()
    assert [line for line in told if len(line) > 72] == []


def test_two_marks_on_one_line_are_one_place() -> None:
    told = text.render(verdict(finding(), finding(marker="acme-other")), "commit-msg")
    assert told.count("message, line 3") == 1
    assert "[acme-code-address]" in told
    assert "[acme-other]" in told


def test_the_next_places_of_a_mark_stand_below_its_first() -> None:
    also = (Location(5, "second", "b.jsonl, field answer"), Location(9, "third", "b.jsonl, field answer"))
    where = {"path": "a.zip", "part": "content", "place": "b.jsonl, field answer", "excerpt": "first", "count": 4}
    told = text.render(verdict(*[finding(marker=name, also=also, **where) for name in ("one", "two")]))
    assert (
        "  commit aaaaaaaaaaaa, a.zip: b.jsonl, line 3, field answer\n"
        "    first\n"
        "    = Acme Code (definitive, eval, 4 times) [one]\n"
        "    = Acme Code (definitive, eval, 4 times) [two]\n"
        "      also b.jsonl, line 5, field answer: second\n"
        "      also b.jsonl, line 9, field answer: third\n"
    ) in told


def test_author_and_committer_are_told_together() -> None:
    both = [finding(part=part, line=0, excerpt="Acme <bot@acme.example>") for part in ("author", "committer")]
    assert "commit aaaaaaaaaaaa, author and committer\n" in text.render(verdict(*both), "pre-receive")


def test_what_was_not_read_is_never_shown_as_clean(not_read: Unread) -> None:
    incomplete = verdict(unread=(not_read,))
    assert incomplete.outcome == "incomplete"
    assert incomplete.exit_code == ExitCode.INCOMPLETE
    told = text.render(incomplete, "pre-receive")
    assert "refused as incomplete, 1 item could not be read (eval)" in told
    assert "data/rows.gz: gzip file" in told


def test_where_a_tag_only_warns_of_it_incomplete_passes_but_says_so(not_read: Unread) -> None:
    passing = verdict(unread=(replace(not_read, action="warn"),))
    assert (passing.outcome, passing.exit_code) == ("incomplete", ExitCode.ALLOWED)
    assert "incomplete" in text.render_for_hook(passing, "pre-commit")


def test_a_hook_is_silent_about_what_is_only_recorded() -> None:
    recorded = verdict(finding(action="record"))
    assert recorded.outcome == "allowed"
    assert text.render_for_hook(recorded, "pre-commit") == ""


def test_a_hook_warns_and_lets_through() -> None:
    warned = verdict(finding(action="warn", strength="weak"))
    assert warned.exit_code == ExitCode.ALLOWED
    assert "allowed, with 1 warning (eval)" in text.render_for_hook(warned, "pre-commit")


def test_a_push_of_a_thousand_marks_is_told_in_a_screen() -> None:
    many = [finding(commit=f"{number:040x}", excerpt=f"Acme {number}") for number in range(1000)]
    told = text.render(verdict(*many), "pre-receive")
    assert "  … and 980 more; all of them: ringfence check --all --format json" in told
    assert len(told.splitlines()) < 71


def test_what_is_equal_in_thirty_commits_is_told_once() -> None:
    many = [finding(commit=f"{number:07x}" + "0" * 33) for number in range(30)]
    told = text.render(verdict(*many), "pre-receive").splitlines()
    assert told[1:8] == [
        "  30 commits, message, line 3",
        "    Co-authored-by: Acme <bot@acme.example>",
        "    = Acme Code (definitive, eval) [acme-code-address]",
        *("      " + " ".join(f"{number:07x}" for number in range(row, min(row + 8, 30))) for row in range(0, 30, 8)),
    ]
    assert len(told) <= 12
    assert told[8].startswith("  Why: ")
    assert [line for line in told if len(line) > 72] == []
    more = text.render(verdict(*many, *(finding(commit=f"{n:040x}") for n in range(40, 80))), "update")
    assert "      … and 38 commits more\n" in more


@pytest.mark.parametrize(
    "other", [{"strength": "weak"}, {"path": "a.md"}, {"line": 4}, {"excerpt": "x"}, {"tag": "other"}]
)
def test_what_differs_is_told_apart(other: dict[str, object]) -> None:
    told = text.render(
        verdict(finding(), finding(commit="b" * 40, **({"marker": "m"} if "strength" in other else {}) | other))
    )
    assert "2 commits" not in told.partition("Why")[0]


def test_who_asked_gets_the_receipt() -> None:
    assert (
        text.render(verdict())
        == "ringfence: allowed (eval)\n  examined: 2 commits, 3 paths, 5 objects; ruleset abc123abc123\n"
    )


def test_a_pointer_that_misleads_has_its_own_words() -> None:
    about = {
        "vendor": "",
        "product": "Git LFS pointer",
        "kind": "pointer",
        "path": "a.bin",
        "part": "pointer",
        "line": 0,
    }
    one = finding(excerpt="it says 9 bytes, but its content has 8", commit="", marker="pointer-malformed", **about)
    assert text.render(verdict(one)).splitlines()[:6] == [
        "ringfence: refused, 1 file with a misleading pointer (eval)",
        "  a.bin",
        "    it says 9 bytes, but its content has 8",
        "    = Git LFS pointer (definitive, eval) [pointer-malformed]",
        "  Why: the content that is checked must be the one the pointer names.",
        "  Next: recreate the pointer with the tool that stores the content.",
    ]
    both = text.render(verdict(one, finding()))
    assert both.startswith("ringfence: refused, 1 mark of rival AI tools and 1 other (eval)\n")
    for name in ("markdown", "html", "sarif", "github", "junit", "gitlab-sast", "rdjsonl"):
        told = FORMATS[name](verdict(one))
        assert "Misleading Git LFS pointer" in told, name
        assert "rival" not in told, name


def test_a_generator_that_is_not_allowed_has_its_own_words() -> None:
    about = {"vendor": "", "product": "generator '(no name)'", "kind": "field", "part": "generator", "path": "a.jsonl"}
    one = finding(excerpt='{"model": 5}', commit="", marker="generator-not-allowed", **about)
    assert text.render(verdict(one)).splitlines()[:6] == [
        "ringfence: refused, 1 file with generators that the zone doesn't allow (eval)",
        "  a.jsonl, line 3",
        '    {"model": 5}',
        "    = generator '(no name)' (definitive, eval) [generator-not-allowed]",
        "  Why: the zone allows only rows by the generators that it lists.",
        "  Next: remove those rows, or have their generator added to the zone.",
    ]
    told = FORMATS["sarif"](verdict(one))
    assert "Generator '(no name)' that the zone doesn't allow" in told
    assert "rival" not in told
