"""Work in tagged repositories is done by the organisation's accounts, and by no consumer's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conftest import Work, kept
from ringfence.policy.inputs import Inputs, Layer
from ringfence.policy.load import load_plan
from rules.conftest import found, waiver
from server.conftest import marks

CONSUMER = '[accounts]\nconsumer = ["*@gmail.com"]\n'
APPROVED = '[accounts]\napproved = ["*@example.org"]\n'
OUTSIDE = {"GIT_AUTHOR_EMAIL": "ann@gmail.com"}


def test_no_consumer_account_works_where_training_data_lies(clone: Work, policy) -> None:
    policy(CONSUMER)
    clone.commit("Add rows", files={"rows.txt": "a row\n"}, **OUTSIDE)
    said = clone.git("push", "origin", "main")
    assert [line.removeprefix("remote: ").rstrip() for line in said.out.splitlines() if "remote: " in line] == [
        "ringfence pre-receive: refused, 1 commit by an account that isn't allowed (training-data)",
        f"  commit {clone.did('rev-parse', 'HEAD')[:12]}, author",
        "    Ann Example <ann@gmail.com>",
        "    = a consumer account (definitive, training-data) [account-consumer]",
        "  Why: work here must be done with the organisation's own accounts.",
        "  Next: git config user.email YOU@WORK, then git commit --amend --no-edit --reset-author",
        f"  For a waiver: ringfence waive {re.findall('waive ([0-9a-f]{20}) ', said.out)[0]} --tag training-data",
        "  If this is wrong or allowed, ask the policy's owner.",
    ]


@pytest.mark.parametrize("role", ["AUTHOR", "COMMITTER"])
@pytest.mark.parametrize("address", ["ann@lab.example", "ann@EXAMPLE.org.lab.example", "", "x> <a@b.example"])
def test_where_accounts_are_approved_no_other_commits(clone: Work, policy, role: str, address: str) -> None:
    policy(APPROVED)
    raw = clone.did("cat-file", "commit", "HEAD").replace("First", "Second")
    ours = f"{role.lower()} Ann Example <ann@example.org>"
    oid = clone.raw_commit(raw.replace(ours, f"{role.lower()} Ann <{address}>").encode())
    assert marks(clone.git("push", "origin", f"{oid}:refs/heads/b")) == ["account-unapproved"]


def test_an_approved_account_commits_however_its_address_is_written(clone: Work, policy) -> None:
    policy(APPROVED)
    clone.commit("Add rows", GIT_AUTHOR_EMAIL="Ann@Example.ORG")
    clone.did("push", "-q", "origin", "main")


def test_a_tag_by_a_consumer_account_is_refused(clone: Work, policy) -> None:
    policy(CONSUMER)
    clone.did("tag", "-a", "-m", "One", "v1", GIT_COMMITTER_EMAIL="ann@gmail.com")
    said = clone.git("push", "origin", "v1").assert_refused()
    assert marks(said) == ["account-consumer"]


def test_the_laptop_says_so_before_the_commit_is_made(laptop: Work) -> None:
    laptop.write("ringfence.toml", f"version = 1\n{CONSUMER}")
    laptop.did("add", "-A")
    said = laptop.git("commit", "-m", "Add rows", **OUTSIDE)
    assert "ringfence pre-commit: refused, 1 commit by an account that isn't allowed" in said.out


@pytest.mark.parametrize(
    ("rule", "line", "is_right"),
    [
        (CONSUMER, "Provenance: anthropic/claude-code ann@gmail.com", False),
        (APPROVED, "Provenance: anthropic/claude-code claude-opus-4-5 ann@lab.example", False),
        (APPROVED, "Provenance: anthropic/claude-code ann@example.org", True),
    ],
)
def test_a_declared_tool_works_by_an_account_that_may(
    clone: Work, policy, rule: str, line: str, *, is_right: bool
) -> None:
    policy(f'[organisation]\nown = ["anthropic"]\n[tag.training-data]\ndeclaration = "block"\n{rule}')
    clone.commit(f"Add rows\n\n{line}", files={"rows.txt": "a row\n"})
    assert marks(clone.git("push", "origin", "main")) == ([] if is_right else ["declaration-account"])


def test_without_a_word_of_accounts_everybody_commits(clone: Work) -> None:
    clone.commit("Add rows", **OUTSIDE)
    clone.did("push", "-q", "origin", "main")


def test_it_is_recorded_with_the_account_and_can_be_waived(clone: Work, book: Path, policy) -> None:
    path = policy(f'{CONSUMER}[tag.training-data]\nidentities = "block"\napprovers = ["bob"]\n')
    clone.commit("Add rows", **OUTSIDE)
    [outside] = found(clone, "--range", "HEAD~1..HEAD", "--policy", str(path), "--tag", "training-data")
    assert (outside["kind"], outside["evidence"], outside["part"]) == ("address", "identity", "author")
    policy(f'{CONSUMER}[tag.training-data]\napprovers = ["bob"]\n{waiver(finding=outside["fingerprint"])}')
    clone.did("push", "-q", "origin", "main")
    [entry] = kept(book)
    assert [(item["waiver"], item["account"]) for item in entry["body"]["findings"]] == [("LEGAL-7", "ann@gmail.com")]


def test_a_later_layer_takes_accounts_away_and_lets_none_in(clone: Work, tmp_path: Path) -> None:
    first = tmp_path / "policy.toml"
    first.write_text('version = 1\n[accounts]\napproved = ["*@a.example", "*@b.example"]\n')
    clone.write("ringfence.toml", 'version = 1\n[accounts]\napproved = ["*@c.example"]\n')
    said = clone.ringfence("policy", "check", str(first), "ringfence.toml")
    assert "accounts.approved: would loosen ['*@a.example', '*@b.example'] to also allow *@c.example" in said.out
    fewer = b'version = 1\ntags = ["eval"]\n[accounts]\napproved = ["*@b.example"]\n'
    plan = load_plan(
        Inputs((Layer("one", "organisation", first.read_bytes(), True), Layer("two", "repository", fewer)))
    )
    assert [plan.accounts.is_approved(f"ann@{host}.example") for host in "abc"] == [False, True, False]


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        (CONSUMER, "", "accounts.consumer: would allow *@gmail.com"),
        (APPROVED, "", "accounts.approved: would allow any account"),
        (APPROVED, APPROVED.replace("[", '["*@x.example", ', 2).replace('["*@x.example", a', "[a"), "*@x.example"),
    ],
)
def test_a_push_cant_let_accounts_in(clone: Work, before: str, after: str, lost: str) -> None:
    clone.commit("Say so", files={"ringfence.toml": f"version = 1\n{before}"})
    clone.did("push", "-q", "origin", "main")
    clone.commit("Take it back", files={"ringfence.toml": f"version = 1\n{after}"})
    clone.git("push", "origin", "main").assert_refused(lost)
