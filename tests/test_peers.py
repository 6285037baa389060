"""What `bench/peers.py` reads out of other people's tests, which it never runs, and what it asks ringfence."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[1] / "bench"


@pytest.fixture(autouse=True)
def _bench(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(BENCH), *sys.path])


PYTHON = """
import pytest
FORM = "Fix\\n\\nBy: {}"

class TestIt(unittest.TestCase):
    SEEN = (("Tool", 1), ("Ann", None))

    def test_seen(self):
        for text, found in self.SEEN:
            with self.subTest(text=text):
                self.assertEqual(detect(FORM.format(text)), found)

    def test_person(self):
        result = detect(f"{'Ann'} wrote")
        self.assertFalse(result["is_ai"])

@pytest.mark.parametrize("line", ["a", "b"])
def test_lines(line):
    hits = [hit for hit in detect(line) if hit]
    assert len(hits) >= 1

def test_unknown():
    assert detect(read_file())
    raise SystemExit("never run")
"""


def test_questions_and_what_a_test_wants_are_read_without_running_it() -> None:
    from peer_python import read_questions

    found = [(question.arguments[0], question.wanted) for question in read_questions(PYTHON, {"detect"})]
    assert found == [
        ("Fix\n\nBy: Tool", True), ("Fix\n\nBy: Ann", False), ("Ann wrote", False), ("a", True), ("b", True),
    ]  # fmt: skip


def test_a_cleaner_finds_nothing_in_what_it_leaves_as_it_was() -> None:
    from peer_python import read_questions

    source = "def test_it():\n    assert clean('a b') == 'a'\n    text = 'c'\n    assert clean(text) == text\n"
    found = read_questions(source, {"clean"}, cleans=True)
    assert [(question.arguments[0], question.wanted) for question in found] == [("a b", True), ("c", False)]


GO = """
func TestIt(t *testing.T) {
\ttests := []struct {
\t\tmessage string
\t}{
\t\t{
\t\t\tname: "one",
\t\t\tmessage: "Fix\\n\\nBy: Tool",
\t\t\twantTools: []string{"Tool"},
\t\t},
\t\t{
\t\t\tname: "two",
\t\t\tmessage: `By
hand`,
\t\t\twantTools: nil,
\t\t},
\t}
}
"""


def test_tables_of_go_are_read() -> None:
    from peer_texts import go_table

    assert list(go_table(GO, ("message",), "wantTools")) == [
        ("one", "Fix\n\nBy: Tool", True),
        ("two", "By\nhand", False),
    ]


def test_a_rule_stands_for_a_text_to_each_alternative() -> None:
    from peer_samples import samples

    assert samples("^(acme )?(coder|bot)( [0-9]+[a-z]?)*$") == [
        "coder", "acme coder", "bot", "coder 4", "coder 4o",
    ]  # fmt: skip


def test_each_kind_of_case_reaches_ringfence() -> None:
    from peer_case import Case
    from peer_tools import ask_ringfence

    signed = "Claude <noreply@anthropic.com>"
    note = '{"prompts": {"a": {"agent_id": {"tool": "cursor", "id": "x", "model": "m"}}}}'
    cases = [
        Case("s", "message", f"Fix\n\nCo-authored-by: {signed}", wanted=True),
        Case("s", "message", "Fix", wanted=False),
        Case("s", "author", signed, wanted=True),
        Case("s", "committer", signed, wanted=True),
        Case("s", "branch", "main", wanted=False),
        Case("s", "branch", "copilot/fix-42", wanted=True),
        Case("s", "note", f"a.py\n  a 1-2\n---\n{note}", wanted=True),
        Case("s", "file", "https://chatgpt.com/share/0a1b2c3d-0000-4000-8000-000000000000", wanted=True, path="a.md"),
        Case("s", "message", f"Fix more\n\nCo-authored-by: {signed}", wanted=True),
    ]
    assert ask_ringfence(cases) == ["blocked" if case.wanted else "" for case in cases]


@pytest.mark.parametrize(
    ("kind", "text", "rule"),
    [
        ("author", "dependabot[bot] <dependabot[bot]@users.noreply.github.com>", "plain bot"),
        ("message", "Fix\n\nCo-authored-by: Claude <helper@example.com>", "bare word"),
        ("message", "Fix\n\nCo-authored-by: Claude <noreply@anthropic.com>", ""),
        ("message", "Fix\n\nCo-authored-by: Helper <codex@example.com>", "local part"),
        ("message", "Fix\n\nCo-authored-by: Someone <someone@cursor.com>", "staff"),
        ("message", "Fix\n\nCo-authored-by: Someone <12345+copilot@users.noreply.github.com>", "made-up number"),
        ("message", "See https://chatgpt.com/c/abc123", "made-up id"),
        ("message", "See https://chatgpt.com/c/0a1b2c3d-0000-4000-8000-000000000000", ""),
        ("message", "Compare ChatGPT and Copilot on this task list", "mention"),
        ("message", "Generated with Copilot", ""),
        ("message", "This PR is AI-generated", ""),
        ("message", "- [ ] Assisted by AI", "denied"),
        ("branch", "devin/topic", "branch of people"),
        ("branch", "copilot/fix-42", ""),
    ],
)
def test_rules_set_aside_by_what_the_text_is(kind: str, text: str, rule: str) -> None:
    from peer_case import Case
    from peer_rules import find_rule

    found = find_rule(Case("s", kind, text, wanted=True))
    assert (found.name if found else "") == rule
