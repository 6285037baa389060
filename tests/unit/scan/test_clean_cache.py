"""An object that was found clean isn't scanned again, and the cache skips nothing else."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from conftest import SHARE_LINK, TRAILER, Work
from ringfence.errors import GitError
from ringfence.gate import history
from ringfence.git.repo import Repo
from ringfence.model import Verdict
from ringfence.policy.inputs import Inputs
from ringfence.policy.load import load_plan
from ringfence.policy.plan import Plan
from ringfence.repository import Repository
from ringfence.scan import clean_cache

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:%b\nsize 12345\n" % (b"0" * 64)


pytestmark = pytest.mark.usefixtures("kept")


def _plan(tag: str) -> Plan:
    return load_plan(Inputs(tags=((tag, "a test"),)))


def audit(work: Work, *tags: str, remembers: bool = True) -> Verdict:
    place = Repository(Repo(str(work.path)), tags=tags)
    place.uses_clean_cache = remembers
    verdict = history.check_history(place)
    assert verdict is not None
    return verdict


def counts(verdict: Verdict) -> tuple[int, int, int]:
    return verdict.examined.commits, verdict.examined.objects, verdict.examined.remembered


def test_a_second_audit_reads_nothing_again(clone: Work) -> None:
    clone.commit("Add rows", files={"rows.txt": "a person's row\n"})
    assert counts(audit(clone, "eval")) == (2, 4, 0)
    assert counts(audit(clone, "eval")) == (2, 0, 2)
    clone.commit("Move rows", files={"more.txt": "a person's row\n"})
    assert counts(audit(clone, "eval")) == (3, 1, 3)  # the commit is new, and its file is known


def test_a_list_of_commits_that_is_cut_is_an_error(
    clone: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git's exit status is checked before a list that it wrote is believed to be complete."""
    clone.commit("Add rows", files={"rows.txt": "a person's row\n"})
    audit(clone, "eval")
    git = shutil.which("git")
    wrapper = tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    wrapper.write_text(
        f'#!/bin/sh\ncase " $* " in *" rev-list "*) {git} "$@" | head -c 70; kill -9 $$;; esac\nexec {git} "$@"\n'
    )
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}:{os.environ['PATH']}")
    with pytest.raises(GitError, match="git rev-list was killed by signal 9"):
        audit(clone, "eval")


def test_what_was_found_is_found_again(clone: Work) -> None:
    clone.commit(f"Add rows\n\n{TRAILER}", files={"rows.txt": "a person's row\n"})
    clone.commit("Add a link", files={"link.txt": f"{SHARE_LINK}\n", "rows.gz": b"\x1f\x8bno gzip"})
    first, second = audit(clone, "eval"), audit(clone, "eval")
    assert len(first.findings) == 2
    assert (first.findings, first.unread) == (second.findings, second.unread)
    assert second.examined.remembered == 3  # the first commit, the one file that is clean, and the link


def test_another_policy_judges_anew(clone: Work) -> None:
    clone.commit("Add rows", files={"data/rows.txt": "a person's row\n"})
    audit(clone, "eval")
    assert audit(clone, "training-data").examined.remembered == 0
    clone.write("ringfence.toml", 'version = 1\n[[zone]]\ntag = "eval"\npaths = ["data/**"]\n')
    assert audit(clone).examined.remembered == 0


def test_a_remembered_commit_still_says_which_zones_it_touches(clone: Work) -> None:
    """A branch's name falls under what its commits touch."""
    clone.commit("Say where", files={"ringfence.toml": 'version = 1\n[[zone]]\ntag = "eval"\npaths = ["data/**"]\n'})
    clone.commit("Add rows", files={"data/rows.txt": "a person's row\n"})
    clone.did("branch", "claude/rows")
    first, second = audit(clone), audit(clone)
    assert [finding.part for finding in first.findings] == ["ref"]
    assert (first.findings, first.tags) == (second.findings, second.tags)
    assert second.examined.objects == 0


def test_what_lies_elsewhere_is_looked_up_each_time(clone: Work) -> None:
    clone.commit("Point somewhere", files={"rows.bin": POINTER})
    first, second = audit(clone, "eval"), audit(clone, "eval")
    assert len(first.unread) == len(second.unread) == 1
    assert second.examined.remembered == 1  # the first commit, and nothing of the second


def test_a_commit_is_no_clean_file(clone: Work) -> None:
    """Its id can stand in a tree where a file should be."""
    clean_cache.CleanCache(_plan("eval")).store_clean(["a" * 40], [("b" * 40, ())])
    known = clean_cache.CleanCache(_plan("eval"))
    assert known.find_clean_objects(["a" * 40, "b" * 40]) == {"a" * 40}
    assert known.find_clean_commits(["a" * 40, "b" * 40]) == {"b" * 40: set()}


@pytest.mark.parametrize("many", [1, 5000])
def test_it_is_read_back_however_much_is_asked(many: int) -> None:
    ids = [f"{number:040x}" for number in range(0, 2 * many, 2)]
    clean_cache.CleanCache(_plan("eval")).store_clean(ids, [])
    known = clean_cache.CleanCache(_plan("eval"))
    assert known.find_clean_objects([*ids, f"{1:040x}", "f" * 40]) == set(ids)


def test_sha256_is_remembered_beside_nothing_else() -> None:
    clean_cache.CleanCache(_plan("eval")).store_clean(["a" * 40], [])
    clean_cache.CleanCache(_plan("eval")).store_clean(["b" * 64], [])
    known = clean_cache.CleanCache(_plan("eval"))
    assert known.find_clean_objects(["b" * 64]) == {"b" * 64}
    assert known.find_clean_objects(["a" * 40]) == set()


def test_it_is_bounded_and_keeps_what_came_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clean_cache, "_MAX_IDS", 3)
    clean_cache.CleanCache(_plan("eval")).store_clean(["a" * 40, "b" * 40], [])
    clean_cache.CleanCache(_plan("eval")).store_clean(["c" * 40, "d" * 40], [])
    known = clean_cache.CleanCache(_plan("eval"))
    assert known.find_clean_objects(["a" * 40, "b" * 40, "c" * 40, "d" * 40]) >= {"c" * 40, "d" * 40}
    assert len(known.find_clean_objects(["a" * 40, "b" * 40, "c" * 40, "d" * 40])) == 3


SPOILT = {
    "cut short": lambda data: data[:-1],
    "a changed byte": lambda data: data[:-5] + bytes([data[-5] ^ 1]) + data[-4:],
    "emptied": lambda data: b"",
    "something else": lambda data: b"ringfence clean 1\n" + bytes(40),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_what_is_not_whole_is_as_good_as_nothing(clone: Work, kept: Path, spoil) -> None:
    audit(clone, "eval")
    (file,) = kept.glob("*.clean")
    file.write_bytes(spoil(file.read_bytes()))
    assert counts(audit(clone, "eval")) == (1, 2, 0)
    assert counts(audit(clone, "eval")) == (1, 0, 1)


def test_what_others_could_have_written_is_not_believed(clone: Work, kept: Path) -> None:
    audit(clone, "eval")
    (file,) = kept.glob("*.clean")
    file.chmod(0o660)
    assert audit(clone, "eval").examined.remembered == 0


def test_it_can_be_deleted_at_any_time(clone: Work, kept: Path) -> None:
    audit(clone, "eval")
    (file,) = kept.glob("*.clean")
    file.unlink()
    assert counts(audit(clone, "eval")) == (1, 2, 0)


def test_ci_starts_from_nothing(clone: Work) -> None:
    audit(clone, "eval")
    assert audit(clone, "eval", remembers=False).examined.remembered == 0
    base = clone.did("rev-parse", "HEAD")
    clone.commit("Add rows", files={"rows.txt": "a person's row\n"})
    said = clone.ringfence("ci", "--range", f"{base}..HEAD", "--tag", "eval", "--format", "json")
    assert '"remembered": 0' in said.out


def test_a_push_that_was_refused_is_judged_again_where_it_was_marked(clone: Work, server: Work) -> None:
    clone.commit("Add rows", files={f"{number}.txt": f"{number}\n" for number in range(400)})
    marked = clone.commit(f"More\n\n{TRAILER}")
    clone.git("push", "-q", "origin", "main").assert_refused("refused, 1 mark", marked[:12])
    again = clone.git("push", "-q", "origin", "main")
    again.assert_refused("refused, 1 mark", marked[:12])
    clone.did("reset", "-q", "--hard", "HEAD~1")
    clone.did("push", "-q", "origin", "main")
