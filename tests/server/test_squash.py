"""What a squash merge would write is judged before it is written, and says which commit its marks come from."""

from __future__ import annotations

import pytest

from conftest import CLAUDE, TRAILER, Said, Work
from server.conftest import AGENT, API_ID, marks


@pytest.fixture
def branch(clone: Work, server: Work) -> Work:
    """A clone tagged training-data, on a branch with a clean commit."""
    clone.tag("training-data")
    clone.did("checkout", "-q", "-b", "topic")
    clone.commit("Add rows\n\nAs counted by hand.", files={"rows.txt": "1\n"})
    return clone


def squash(work: Work, *args: str) -> Said:
    return work.ringfence("check", "--squash", "main..topic", *args)


def test_a_clean_squash_is_allowed(branch: Work) -> None:
    branch.commit("Add more", files={"rows.txt": "1\n2\n"})
    said = squash(branch, "--title", "Rows", "--body", "All of them.")
    assert said.status == 0, said.out
    assert "ringfence: allowed (training-data)" in said.out


def test_a_mark_of_a_single_commit_is_carried_and_says_from_where(branch: Work) -> None:
    """The message that a squash would gather is judged, and a finding names the commit that it comes from."""
    marked = branch.commit(f"Add more\n\n{TRAILER}", files={"rows.txt": "1\n2\n"})
    branch.commit("Add last", files={"rows.txt": "1\n2\n3\n"})
    said = squash(branch)
    assert said.status == 1
    assert marks(said) == ["anthropic-claude-code-address"]
    assert f"  commit {marked[:12]}, message of the squash, line 9\n    {TRAILER}\n" in said.out


def test_an_author_becomes_a_co_author_of_the_squash_whatever_its_text(branch: Work) -> None:
    """The forge adds a Co-authored-by line for each author by itself, whatever title and body say."""
    marked = branch.commit("Add more", files={"rows.txt": "1\n2\n"}, **AGENT)
    said = squash(branch, "--title", "Rows", "--body", "All of them.")
    assert said.status == 1
    assert f"commit {marked[:12]}, message of the squash, line 6\n    Co-authored-by: {CLAUDE}" in said.out


def test_a_title_and_a_body_take_the_place_of_all_messages(branch: Work) -> None:
    branch.commit("Add more\n\n\N{ROBOT FACE} Generated with [Claude Code](https://claude.com/claude-code)")
    assert squash(branch).status == 1
    assert squash(branch, "--title", "Rows", "--body", "All of them.").status == 0


def test_a_mark_in_the_title_is_no_commits(branch: Work) -> None:
    said = squash(branch, "--title", "Rows", "--body", TRAILER)
    assert said.status == 1
    assert "\n  message of the squash, line 3\n" in said.out


def test_the_content_is_that_of_the_squash_and_not_of_its_steps(branch: Work) -> None:
    branch.commit("Paste", files={"paste.txt": API_ID})
    assert squash(branch).status == 1
    branch.commit("Take it out", files={"paste.txt": "by hand\n"})
    assert squash(branch).status == 0


def test_merges_of_main_bring_nothing(branch: Work) -> None:
    branch.did("checkout", "-q", "main")
    branch.commit("Old", files={"paste.txt": API_ID}, **AGENT)
    branch.did("checkout", "-q", "topic")
    branch.did("merge", "-q", "--no-edit", "main")
    assert squash(branch).status == 0


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("check", "--all", "--title", "x"), "--title and --body need --squash."),
        (("check", "--squash", "main"), "'main' isn't a range."),
        (("check", "--squash", "main..main"), "no commits between main and main"),
    ],
)
def test_a_squash_that_makes_no_sense_is_said(branch: Work, args: tuple[str, ...], told: str) -> None:
    said = branch.ringfence(*args)
    assert said.status in (2, 3)
    assert told in said.out
