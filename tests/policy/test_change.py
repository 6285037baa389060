"""What is pushed can only tighten, and can't lock the repository up."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import TRAILER, Work, bare, cloned

ZONES = 'version = 1\ntags = ["eval"]\n[[zone]]\ntag = "benchmark"\npaths = ["bench/**"]\n[tag.eval]\nweak = "block"\n'


@pytest.fixture
def tagging(tmp_path: Path) -> Work:
    """A clone of a server that nothing but the repository's own file tags."""
    work = cloned(bare(tmp_path / "server.git"), tmp_path / "clone")
    work.commit("Say what this is", files={"ringfence.toml": ZONES})
    work.did("push", "-q", "origin", "main")
    return work


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "tags: would remove `eval`"),
        (ZONES.replace('["eval"]', "[]"), "tags: would remove `eval`"),
        (ZONES.replace("bench/**", "bench/x/**"), "zone: would remove `benchmark` from bench/**"),
        (ZONES.replace("block", "warn"), "tag.eval.weak: would loosen block to warn"),
    ],
)
def test_a_push_cannot_take_protection_away(tagging: Work, text: str | None, said: str) -> None:
    if text is None:
        tagging.did("rm", "-q", "ringfence.toml")
        tagging.commit("Take it away")
    else:
        tagging.commit("Loosen", files={"ringfence.toml": text})
    pushed = tagging.git("push", "origin", "main")
    assert not pushed
    assert f"the pushed ringfence.toml: {said}; a push can only tighten" in pushed.out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version = ", "not TOML"),
        (ZONES + "[tag.evil]\nstorng = 'warn'\n", "tag.evil.storng: unknown key; did you mean `strong`?"),
        (ZONES + "[[zone]]\ntag = 'eval'\npaths = ['[z-a]']\n", "a path can't be used"),
    ],
)
def test_a_push_cannot_lock_the_repository_up(tagging: Work, text: str, said: str) -> None:
    tagging.commit("Break it", files={"ringfence.toml": text})
    pushed = tagging.git("push", "origin", "main")
    assert not pushed
    assert said in pushed.out
    tagging.did("reset", "-q", "--hard", "origin/main")
    tagging.commit("Go on")
    assert tagging.git("push", "origin", "main")


def test_a_push_can_tighten(tagging: Work) -> None:
    more = ZONES.replace('["eval"]', '["eval", "reward-model"]')
    tagging.commit("Tighten", files={"ringfence.toml": more})
    assert tagging.git("push", "origin", "main")


def test_a_branch_without_the_file_is_judged_by_the_default_branchs(tagging: Work) -> None:
    tagging.did("checkout", "-q", "--orphan", "other")
    tagging.did("rm", "-rfq", ".")
    tagging.commit("A new beginning", files={"a.txt": "text\n"})
    assert tagging.git("push", "origin", "other")
    tagging.commit(f"More\n\n{TRAILER}")
    tagging.git("push", "origin", "other").assert_refused("refused, 1 mark")


def test_the_old_file_judges_the_push_that_changes_it(tagging: Work) -> None:
    more = ZONES.replace('["eval"]', '["eval", "reward-model"]')
    tagging.commit(f"Tighten\n\n{TRAILER}", files={"ringfence.toml": more})
    assert "ringfence pre-receive: refused" in tagging.git("push", "origin", "main").out


def test_what_the_default_branch_took_in_before_it_was_tagged_can_be_merged_into_older_branches(tmp_path: Path) -> None:
    """A branch whose file is merely older than the default branch's is no stricter one."""
    work = cloned(bare(tmp_path / "server.git"), tmp_path / "clone")
    work.commit("Begin", files={"ringfence.toml": "version = 1\n"})
    work.did("push", "-q", "origin", "main", "main:older")
    work.commit(f"Marked, and taken in\n\n{TRAILER}")
    work.did("push", "-q", "origin", "main")
    work.commit("Tag it", files={"ringfence.toml": ZONES})
    work.did("push", "-q", "origin", "main")
    work.did("checkout", "-q", "-b", "older", "origin/older")
    work.commit("Work", files={"a.txt": "text\n"})
    work.did("merge", "-q", "--no-ff", "-m", "Merge main", "main")
    assert work.git("push", "origin", "older")
