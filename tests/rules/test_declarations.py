"""Where a tag demands it, each commit says where its work comes from, and what it says is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import SHARE_LINK, Work, kept
from rules.conftest import found, waiver
from server.conftest import marks

OWN = '[organisation]\nown = ["anthropic"]\n[tag.training-data]\ndeclaration = "block"\napprovers = ["bob"]\n'


@pytest.fixture(autouse=True)
def demanded(clone: Work, policy) -> None:
    policy(OWN)


def pushed(clone: Work, message: str, row: str = "a person's row\n"):
    clone.commit(message, files={"rows.txt": row})
    return clone.git("push", "origin", "main")


@pytest.mark.parametrize(
    "line",
    [
        "Provenance: human",
        "provenance:  Human",
        "Provenance: anthropic/claude-code",
        "Provenance: anthropic/claude-code claude-opus-4-5 team@lab.example",
        "Assisted-by: Claude:claude-opus-4-5 coccinelle",
    ],
)
def test_a_commit_that_says_where_it_comes_from_passes(clone: Work, line: str) -> None:
    said = pushed(clone, f"Add rows\n\n{line}")
    assert said, said.out


def test_a_commit_that_doesnt_say_is_refused_and_told_how_to(clone: Work) -> None:
    said = pushed(clone, "Add rows\n\nAs counted by hand.")
    assert [line.removeprefix("remote: ").rstrip() for line in said.out.splitlines() if "remote: " in line] == [
        "ringfence pre-receive: refused, 1 commit without a valid Provenance line (training-data)",
        f"  commit {clone.did('rev-parse', 'HEAD')[:12]}, message",
        "    Add rows",
        "    = no declaration of where it comes from (definitive, training-data) [declaration-missing]",
        "  Why: each commit must say where its work comes from.",
        "  Next: add a line to each, such as: git commit --amend --trailer 'Provenance: human'",
        "  For a waiver: ringfence waive f929e4242007bf2c4aa6 --tag training-data",
        "  If this is wrong or allowed, ask the policy's owner.",
    ]


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("Provenance:", "declaration-wrong"),
        ("Provenance: me", "declaration-wrong"),
        ("Provenance: nobody/knows-this", "declaration-wrong"),
        ("Provenance: anthropic/", "declaration-wrong"),
        ("Assisted-by: LLM", "declaration-wrong"),
        ("Provenance: openai/codex", "declaration-rival"),
        ("Provenance: anthropic/claude-code gpt-5.2", "declaration-rival"),
        ("Provenance: human\nProvenance: openai/codex", "declaration-rival"),
    ],
)
def test_a_declaration_that_isnt_right_is_refused(clone: Work, line: str, mark: str) -> None:
    said = pushed(clone, f"Add rows\n\n{line}").assert_refused()
    assert mark in marks(said)


def test_human_beside_a_mark_is_a_contradiction(clone: Work) -> None:
    said = pushed(clone, "Add rows\n\nProvenance: human", SHARE_LINK)
    assert marks(said) == ["openai-chatgpt-share-link", "declaration-contradicted"]


def test_every_commit_of_a_push_is_asked(clone: Work) -> None:
    clone.commit("First\n\nProvenance: human", files={"a.txt": "a\n"})
    wrong = clone.commit("Second", files={"b.txt": "b\n"})
    said = pushed(clone, "Third\n\nProvenance: human")
    assert "refused, 1 commit without a valid Provenance line" in said.out
    assert f"commit {wrong[:12]}" in said.out


def test_a_merge_of_what_is_declared_needs_no_word_of_its_own(clone: Work) -> None:
    clone.did("checkout", "-q", "-b", "topic")
    clone.commit("Topic\n\nProvenance: human", files={"a.txt": "a\n"})
    clone.did("checkout", "-q", "main")
    clone.commit("Main\n\nProvenance: human", files={"b.txt": "b\n"})
    clone.did("merge", "-q", "--no-edit", "topic")
    clone.did("push", "-q", "origin", "main")


def test_outside_of_a_zone_nobody_is_asked(clone: Work, server: Work, policy) -> None:
    server.did("config", "--unset-all", "ringfence.tag")
    policy(f'{OWN}[[zone]]\ntag = "training-data"\npaths = ["data/**"]\n')
    clone.commit("Docs", files={"docs/page.md": "A page.\n"})
    clone.did("push", "-q", "origin", "main")
    clone.commit("Data", files={"data/rows.txt": "a row\n"})
    assert "refused, 1 commit" in clone.git("push", "origin", "main").out


def test_without_a_demand_nobody_is_asked(clone: Work, policy) -> None:
    policy("")
    clone.commit("Add rows")
    clone.did("push", "-q", "origin", "main")


def test_a_missing_declaration_is_recorded_and_can_be_waived(clone: Work, book: Path, policy) -> None:
    path = policy(OWN)
    clone.commit("Add rows", files={"rows.txt": "a row\n"})
    [missing] = found(clone, "--range", "HEAD~1..HEAD", "--policy", str(path), "--tag", "training-data")
    assert (missing["kind"], missing["evidence"], missing["part"]) == ("declaration", "declared", "message")
    policy(OWN + waiver(finding=missing["fingerprint"]))
    clone.did("push", "-q", "origin", "main")
    [entry] = kept(book)
    assert [item["waiver"] for item in entry["body"]["findings"]] == ["LEGAL-7"]


def test_a_repository_can_demand_it_and_not_take_the_demand_away(clone: Work, policy) -> None:
    path = policy(OWN)
    clone.write("ringfence.toml", 'version = 1\n[tag.training-data]\ndeclaration = "warn"\n')
    said = clone.ringfence("policy", "check", str(path), "ringfence.toml")
    assert "tag.training-data.declaration: would loosen block to warn" in said.out
    clone.write("ringfence.toml", 'version = 1\n[tag.eval]\ndeclaration = "block"\n')
    assert clone.ringfence("policy", "check", str(path), "ringfence.toml")


def test_an_account_that_is_not_approved_is_no_mark_beside_a_declaration(clone: Work, policy) -> None:
    policy(f'{OWN}[accounts]\napproved = ["*@lab.example"]\n')
    assert marks(pushed(clone, "Add rows\n\nProvenance: human")) == ["account-unapproved"]
