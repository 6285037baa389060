"""A repository's settings and policy files, as the gate reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Work, init
from ringfence.errors import GitError, PolicyError
from ringfence.git.repo import Repo
from ringfence.repository import Repository, load_local_plan, load_tagged_plan

TAGGED = 'version = 1\ntags = ["eval"]\n'


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return init(tmp_path / "work")


def open_work(work: Work, *, server: bool = False) -> Repository:
    return Repository(Repo(str(work.path)), server=server)


def test_files_are_read_by_state(work: Work) -> None:
    old = work.commit("One")
    new = work.commit("Two", files={"ringfence.toml": TAGGED, "waivers.toml": "version = 1\n"})
    place = open_work(work)
    assert place.read_files([old, new, "HEAD"]) == {old: None, new: TAGGED.encode(), "HEAD": TAGGED.encode()}
    assert place.read_files([new], "waivers.toml") == {new: b"version = 1\n"}


def test_a_state_that_is_missing_is_an_error_and_not_untagged(work: Work) -> None:
    work.commit("One")
    with pytest.raises(GitError, match=r"^111111111111 can't be read"):
        open_work(work).read_files(["1" * 40])


def test_a_policy_file_has_a_limit_of_1_mib(work: Work) -> None:
    work.commit("One", files={"ringfence.toml": "#" * (1 << 20)})
    assert open_work(work).read_files(["HEAD"])["HEAD"] == b"#" * (1 << 20)
    work.commit("Two", files={"ringfence.toml": "#" * ((1 << 20) + 1)})
    with pytest.raises(PolicyError) as error:
        open_work(work).read_files(["HEAD"])
    assert error.value.message == "ringfence.toml: the policy file has 1,048,577 bytes; the limit is 1 MiB."


def test_head_is_missing_before_the_first_commit_and_an_error_when_it_is_damaged(work: Work) -> None:
    assert not open_work(work).has_head()
    commit = work.commit("One")
    assert open_work(work).has_head()
    (work.path / f".git/objects/{commit[:2]}/{commit[2:]}").unlink()
    with pytest.raises(GitError, match="HEAD points to a commit that can't be read"):
        open_work(work).has_head()


def test_the_ledger_is_an_absolute_path(work: Work) -> None:
    assert open_work(work).ledger == ""
    work.did("config", "ringfence.ledger", "/srv/ledger.db")
    assert open_work(work).ledger == "/srv/ledger.db"
    work.did("config", "ringfence.ledger", "ledger.db")
    with pytest.raises(PolicyError, match=r"'ledger.db' must be an absolute path\.$"):
        _ = open_work(work).ledger


def test_on_a_server_a_pushers_home_decides_nothing(
    work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".gitconfig").write_text("[ringfence]\n\tnotes = true\n[receive]\n\tprocReceiveRefs = refs\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("GIT_CONFIG_GLOBAL")
    assert open_work(work).needs_notes
    assert not open_work(work, server=True).needs_notes
    assert open_work(work, server=True).get_local_settings("receive.procreceiverefs") == []
    work.did("config", "receive.procReceiveRefs", "refs/heads")
    assert open_work(work, server=True).get_local_settings("receive.procreceiverefs") == ["refs/heads"]


def test_excerpts_are_stored_unless_they_are_switched_off(work: Work) -> None:
    assert open_work(work).can_store_excerpts
    work.did("config", "ringfence.ledgerExcerpts", "Off")
    assert not open_work(work).can_store_excerpts


def test_stores_lie_in_the_repository(work: Work) -> None:
    git_directory = str(work.path / ".git")
    place = open_work(work)
    assert place.list_stores("lfs") == [f"{git_directory}/lfs/objects"]
    assert place.list_stores("annex") == [f"{git_directory}/annex/objects"]
    assert place.list_stores("dvc") == [f"{work.path}/.dvc/cache"]


def test_outside_of_a_repository_there_is_nothing_to_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    place = Repository(Repo(str(tmp_path)), outside=True)
    assert not place.is_in_git
    assert place.list_stores("lfs") == []
    assert load_local_plan(place) is None


def test_the_work_trees_file_tags_as_the_commits_does(work: Work) -> None:
    work.commit("One")
    assert load_local_plan(open_work(work)) is None
    work.write("ringfence.toml", TAGGED)
    plan = load_local_plan(open_work(work))
    assert plan
    assert plan.zones.whole_tags == ("eval",)


def test_waivers_count_from_the_base_alone(work: Work) -> None:
    work.commit("One", files={"ringfence.toml": TAGGED, "waivers.toml": "version = 1\n"})
    place = open_work(work)
    files = place.read_files(["HEAD"])
    assert [layer.kind for layer in place.build_inputs(files).layers] == ["repository"]
    assert [layer.kind for layer in place.build_inputs(files, "HEAD").layers] == ["repository", "waivers"]
    assert load_tagged_plan(place.build_inputs({})) is None
