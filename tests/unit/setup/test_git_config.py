"""Configuration as git itself reads and writes it."""

from __future__ import annotations

from pathlib import Path

import git
import pytest

from conftest import Work, init
from ringfence.errors import GitError
from ringfence.setup import git_config

COMMENTED = '# ours\n[alias]\n\tx = "!f() { echo \\"a\\\\tb\\"; }; f" ; why\n'


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return init(tmp_path / "work")


def opened(work: Work) -> git.Repo:
    return git.Repo(work.path)


def test_adding_a_value_keeps_comments_and_quotes(work: Work) -> None:
    """GitPython's writer would drop both."""
    config = work.path / ".git/config"
    config.write_text(config.read_text() + COMMENTED)
    git_config.add_value(opened(work), "ringfence.tag", "eval")
    assert COMMENTED in config.read_text()
    assert git_config.list_tags(opened(work)) == ["eval"]


def test_removing_values_takes_those_that_match_and_is_silent_without_one(work: Work) -> None:
    for value in ("refs", "refs/for"):
        git_config.add_value(opened(work), "receive.procReceiveRefs", value)
    for _ in range(2):
        git_config.remove_values(opened(work), "receive.procReceiveRefs", "^refs$")
    assert git_config.list_local_values(opened(work), "receive.procReceiveRefs") == ["refs/for"]


def test_a_file_that_is_locked_is_an_error(work: Work) -> None:
    work.write(".git/config.lock")
    with pytest.raises(GitError, match="could not lock config file"):
        git_config.add_value(opened(work), "ringfence.tag", "eval")


def test_settings_of_the_environment_count_as_they_do_for_git(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.hooksPath")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "/elsewhere")
    assert git_config.find_hooks_folder(opened(work)) == "/elsewhere"
    assert ("core.hookspath", "/elsewhere") in git_config.list_settings(opened(work))


def test_included_files_count(work: Work, tmp_path: Path) -> None:
    (tmp_path / "more").write_text("[core]\n\thooksPath = ~/hooks\n[ringfence]\n\ttag = eval\n")
    work.did("config", f"includeIf.gitdir:{work.path}/.path", str(tmp_path / "more"))
    assert git_config.find_hooks_folder(opened(work)) == str(Path("~/hooks").expanduser())
    assert git_config.list_tags(opened(work)) == ["eval"]


def test_hooks_of_a_linked_work_tree_are_those_of_its_repository(work: Work, tmp_path: Path) -> None:
    work.commit("One")
    work.did("worktree", "add", "-q", str(tmp_path / "linked"))
    linked = Work(tmp_path / "linked")
    assert git_config.find_hooks_folder(opened(linked)) == str(work.path / ".git/hooks")
    work.did("config", "extensions.worktreeConfig", "true")
    linked.did("config", "--worktree", "core.hooksPath", "hooks")
    assert git_config.find_hooks_folder(opened(linked)) == str(linked.path / "hooks")
    assert git_config.find_hooks_folder(opened(work)) == str(work.path / ".git/hooks")


def test_hooks_of_a_bare_repository_lie_in_it(tmp_path: Path) -> None:
    bare = init(tmp_path / "bare.git", "--bare")
    assert git_config.find_hooks_folder(opened(bare)) == str(bare.path / "hooks")


def test_local_values_are_those_of_the_repository_itself(
    work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "global").write_text("[transfer]\n\thideRefs = refs/quarantine\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "global"))
    assert git_config.list_local_values(opened(work), "transfer.hideRefs") == []
    git_config.add_value(opened(work), "transfer.hideRefs", "refs/quarantine")
    assert git_config.list_local_values(opened(work), "transfer.hideRefs") == ["refs/quarantine"]


def test_a_section_is_appended_where_git_would_write_the_same(tmp_path: Path) -> None:
    work = init(tmp_path / "server.git", "--bare")
    config = work.path / "config"
    config.write_text(config.read_text() + COMMENTED.rstrip("\n"))
    config.chmod(0o640)
    before = config.read_bytes()
    for value in ('a "b"', "a;b", " a", "a\nb", "é\\"):
        assert not git_config.append_section(str(work.path), "ringfence", {"policy": value})
    (work.path / "config.lock").touch()
    assert not git_config.append_section(str(work.path), "ringfence", {"policy": "/etc/p.toml"})
    (work.path / "config.lock").unlink()
    assert config.read_bytes() == before
    given = {"policy": "/etc/a b/pölicy.toml", "tag": "eval"}
    assert git_config.append_section(str(work.path), "ringfence", given)
    assert not git_config.append_section(str(work.path), "ringfence", {"ledger": "/l.db"})
    assert {key: work.did("config", f"ringfence.{key}") for key in given} == given
    assert config.read_bytes().startswith(before)
    assert config.stat().st_mode & 0o777 == 0o640
    assert not (work.path / "config.lock").exists()
