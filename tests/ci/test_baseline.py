"""`check --all` with a baseline: old findings are known, new ones refuse."""

from __future__ import annotations

import json
import os
import re

import pytest

from conftest import SHARE_LINK, TRAILER, Said, Work

OLD = {"old.md": f"one\n{SHARE_LINK}\ntwo\n"}


@pytest.fixture
def old(laptop: Work) -> Work:
    """A repository with two old findings, and a baseline of them outside of what is judged."""
    laptop.commit(f"Two\n\n{TRAILER}", files=OLD)
    said = laptop.ringfence("check", "--all", "--write-baseline", ".git/baseline")
    assert said.status == 0, said.out
    assert "ringfence: allowed (training-data)\n  and 2 known findings, listed in the baseline\n" in said.out
    return laptop


def again(work: Work, *args: str) -> Said:
    return work.ringfence("check", "--all", "--baseline", ".git/baseline", *args)


def test_a_baseline_is_a_sorted_line_for_each_fingerprint(old: Work) -> None:
    header, *lines = (old.path / ".git/baseline").read_text().splitlines()
    assert header.startswith("# ringfence baseline: ")
    assert lines == sorted(lines)
    assert all(re.fullmatch(r"[0-9a-f]{20} 1 [a-z0-9-]+", line) for line in lines)
    assert {line.split()[2] for line in lines} == {"anthropic-claude-code-address", "openai-chatgpt-share-link"}


def test_without_it_the_old_findings_refuse(old: Work) -> None:
    assert old.ringfence("check", "--all").status == 1


def test_what_is_known_stays_in_every_report_as_that(old: Work) -> None:
    assert again(old, "--report", "json=.git/a.json", "--report", "sarif=.git/a.sarif")
    told = json.loads((old.path / ".git/a.json").read_text())
    assert told["verdict"] == "allowed"
    assert [item["known"] for item in told["findings"]] == [True, True]
    (run,) = json.loads((old.path / ".git/a.sarif").read_text())["runs"]
    assert all(result["suppressions"] for result in run["results"])


def test_a_rebase_and_a_moved_line_do_not_make_it_new(old: Work) -> None:
    past = ("-c", f"core.hooksPath={os.devnull}")
    old.did(*past, "commit", "-q", "--amend", "--date=1700009999 +0000", "--no-edit", GIT_COMMITTER_NAME="Bo")
    old.commit("Move", files={"old.md": f"zero\nhalf\none\n{SHARE_LINK}\ntwo\n"})
    said = again(old)
    assert said.status == 0, said.out


@pytest.mark.parametrize(
    ("message", "files"),
    [
        (f"Three\n\n{TRAILER}", {"three.md": "3\n"}),
        ("Three", {"new.md": SHARE_LINK}),
        ("Three", {"old.md": f"{SHARE_LINK}\n{SHARE_LINK}\n"}),  # the same mark once more than it is listed
    ],
)
def test_a_new_finding_refuses(old: Work, message: str, files: dict[str, str | bytes]) -> None:
    old.commit(message, files=files)
    said = again(old)
    assert said.status == 1, said.out
    assert "refused, 1 mark" in said.out
    assert "and 2 known" in said.out


@pytest.mark.parametrize("content", ["nonsense\n", "a b c\n", "a 1\n"])
def test_a_baseline_that_is_none_is_told(old: Work, content: str) -> None:
    (old.path / ".git/baseline").write_text(content)
    said = again(old)
    assert said.status == 4
    assert ".git/baseline: line 1 is no `fingerprint count marker`." in said.out


def test_a_baseline_that_is_not_there_is_told(old: Work) -> None:
    (old.path / ".git/baseline").unlink()
    said = again(old)
    assert (said.status, "can't be read: No such file or directory." in said.out) == (4, True)


@pytest.mark.parametrize(
    "words", [("--staged", "--baseline", "a"), ("--all", "--baseline", "a", "--write-baseline", "b")]
)
def test_a_baseline_goes_with_all_and_alone(laptop: Work, words: tuple[str, ...]) -> None:
    assert laptop.ringfence("check", *words).status == 2
