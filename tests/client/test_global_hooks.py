"""Hooks of one user for all repositories: a repository's own go on running, and what git prefers to ours is told."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from client.conftest import FOOTER, MARKED, assert_refused, hook, ungated
from client.test_chain import MANAGERS, RULE, manage, refuses_untitled
from conftest import TRAILER, Said, Work, cloned, init, run
from ringfence.setup.client_hooks import CLIENT

SETTING = "core.hooksPath"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the hooks of a user with a home of their own go into."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    return tmp_path / "config/ringfence/hooks"


@pytest.fixture
def work(folder: Path, tmp_path: Path) -> Work:
    """A tagged repository without hooks, of a user who has them for all."""
    made = init(tmp_path / "work")
    made.commit("First", files={"README.md": "A place for rows.\n"})
    made.tag("training-data")
    assert made.ringfence("install", "--global")
    return made


def setting(work: Work) -> str:
    return work.git("config", "--global", SETTING).out.strip()


def test_a_repository_that_nobody_installed_anything_in_is_guarded(work: Work, folder: Path, tmp_path: Path) -> None:
    assert setting(work) == str(folder)
    work.write("notes.md", MARKED)
    work.did("add", "notes.md")
    assert_refused(work.git("commit", "-m", "Add"), "pre-commit")
    assert_refused(work.git("commit", "--no-verify", "--allow-empty", "-m", FOOTER), "prepare-commit-msg")
    work.commit(f"Add\n\n{TRAILER}")
    assert_refused(work.git("push", str(ungated(tmp_path / "remote.git").path), "main"), "pre-push")


def test_twice_changes_nothing_and_uninstall_leaves_nothing(work: Work, folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    said = work.ringfence("install", "--global")
    assert said.out.splitlines()[0] == (
        f"ringfence: in place already: git runs hooks from {folder} (git config --global {SETTING})"
    )
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    said = work.ringfence("uninstall", "--global")
    assert said
    assert said.out.splitlines()[-1] == (
        f"ringfence: git config --global {SETTING}: removed; git runs each repository's own hooks"
    )
    assert (setting(work), folder.exists()) == ("", False)
    assert work.ringfence("uninstall", "--global").out == "ringfence: nothing was installed here\n"


def test_a_repositorys_own_hooks_run_too(work: Work) -> None:
    hook(work, "commit-msg", f"#!/bin/sh\n{RULE}")
    refuses_untitled(work)


def test_own_hooks_that_ringfence_has_none_of_run_with_arguments_input_and_exit(work: Work, tmp_path: Path) -> None:
    told = tmp_path / "told"
    for name in ("post-checkout", "post-commit", "pre-rebase", "reference-transaction"):
        hook(work, name, f'#!/bin/sh\necho {name} "$@" >>{told}\ncat >/dev/null\n[ {name} != pre-rebase ]\n')
    work.did("commit", "--allow-empty", "-m", "Second")
    work.did("checkout", "-q", "-b", "other")
    assert not work.git("rebase", "--no-ff", "HEAD~")
    lines = told.read_text().splitlines()
    assert "post-commit" in lines
    assert any(line.startswith("post-checkout ") and line.endswith(" 1") for line in lines)
    assert any(line.startswith("reference-transaction committed") for line in lines)
    assert any(line.startswith("pre-rebase HEAD~") for line in lines)


def test_an_own_hook_that_git_would_not_run_is_not_run(work: Work) -> None:
    for name in ("commit-msg", "post-commit"):
        hook(work, name, "#!/bin/sh\necho ran\nexit 1\n").chmod(0o644)
    said = work.git("commit", "--allow-empty", "-m", "Second")
    assert (bool(said), "ran" in said.out) == (True, False)


def test_own_hooks_of_a_linked_work_tree_and_a_submodule_run(work: Work, tmp_path: Path) -> None:
    hook(work, "commit-msg", f"#!/bin/sh\n{RULE}")
    hook(work, "post-commit", "#!/bin/sh\necho told by its own\n")
    work.did("worktree", "add", "-q", "-b", "linked", str(tmp_path / "linked"))
    refuses_untitled(Work(tmp_path / "linked"))
    said = Work(tmp_path / "linked").git("commit", "--allow-empty", "-m", "TICKET-3")
    assert "told by its own" in said.out
    other = init(tmp_path / "other")
    other.commit("First")
    work.did("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other.path), "sub")
    inner = work.path / ".git/modules/sub/hooks/commit-msg"
    inner.parent.mkdir(exist_ok=True)
    inner.write_text(f"#!/bin/sh\n{RULE}")
    inner.chmod(0o755)
    assert "no ticket" in Work(work.path / "sub").git("commit", "--allow-empty", "-m", "no number").out


def test_where_ringfence_is_installed_by_itself_it_judges_once(work: Work) -> None:
    """Of a hook of ours in the repository, only the one that was there before it runs."""
    assert work.ringfence("uninstall", "--global")
    hook(work, "commit-msg", f"#!/bin/sh\n{RULE}")
    assert work.ringfence("install")
    assert work.ringfence("install", "--global")
    refuses_untitled(work)
    work.write("notes.md", MARKED)
    work.did("add", "notes.md")
    assert work.git("commit", "-m", "TICKET-3").out.count("ringfence pre-commit: refused") == 1
    said = work.ringfence("status")
    assert "ok  own hooks: commit-msg of " in said.out
    assert said


def test_install_and_uninstall_in_a_repository_leave_the_users_hooks_alone(work: Work, folder: Path) -> None:
    said = work.ringfence("install", "--tag", "eval")
    assert f"hooks of ringfence run here already, from {folder} (core.hooksPath)" in said.out
    assert work.did("config", "--get-all", "ringfence.tag").split() == ["training-data", "eval"]
    said = work.ringfence("uninstall")
    assert f"hooks go on running here from {folder} (core.hooksPath), which isn't this repository's" in said.out
    assert {path.name for path in folder.iterdir()} >= set(CLIENT)
    assert_refused(work.git("commit", "--allow-empty", "-m", FOOTER), "prepare-commit-msg")


def status(work: Work, *options: str) -> Said:
    return work.ringfence("status", *options)


def test_status_says_whose_hooks_run(work: Work, folder: Path) -> None:
    hook(work, "post-commit", "#!/bin/sh\n")
    said = status(work)
    assert said, said.out
    assert said.out.splitlines()[:2] == [
        f"ok  hooks folder: {folder} (core.hooksPath of this user, for all repositories)",
        f"ok  own hooks: post-commit of {work.path}/.git/hooks run too",
    ]
    (folder / "pre-push").unlink()
    said = status(work)
    assert f"BAD pre-push: {folder}/pre-push doesn't exist\n      ringfence install --global\n" in said.out


def test_status_of_all_repositories_needs_none(work: Work, folder: Path, tmp_path: Path) -> None:
    said = status(Work(tmp_path), "--global")
    assert said, said.out
    assert said.out.count("ok  ") == len(CLIENT) + 5
    assert work.ringfence("uninstall", "--global")
    said = status(Work(tmp_path), "--global")
    assert said.status == 3
    assert said.out == (
        "BAD hooks folder: no hooks of ringfence for all repositories\n      ringfence install --global\n"
    )


def test_a_setting_of_the_repository_wins_and_is_told(work: Work, folder: Path) -> None:
    """Husky and others set core.hooksPath in a repository: git then runs none of the user's hooks there."""
    work.did("config", SETTING, ".team/hooks")
    (work.path / ".team/hooks").mkdir(parents=True)
    assert work.git("commit", "--allow-empty", "-m", FOOTER)
    said = status(work)
    detail = f"core.hooksPath = .team/hooks of this repository wins over this user's {folder}"
    assert said.status == 3
    assert f"BAD hooks folder: {detail}\n      ringfence install puts the hooks into this repository's too" in said.out
    assert work.ringfence("install")
    assert f"ok  hooks folder: {detail}\n" in status(work).out
    assert_refused(work.git("commit", "--allow-empty", "-m", FOOTER), "prepare-commit-msg")


def test_a_folder_that_the_user_had_for_all_repositories_gets_ours_beside_its_own(folder: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "commit-msg").write_text(f"#!/bin/sh\n{RULE}")
    (mine / "commit-msg").chmod(0o755)
    work = init(tmp_path / "work")
    work.tag("training-data")
    work.did("config", "--global", SETTING, str(mine))
    hook(work, "post-commit", "#!/bin/sh\necho ran\n")
    assert work.ringfence("install", "--global")
    assert {path.name for path in mine.iterdir()} == {*CLIENT, "before-ringfence"}
    refuses_untitled(work)
    assert f"ok  hooks folder: {mine} (core.hooksPath of this user, for all repositories)" in status(work).out
    assert work.ringfence("uninstall")
    assert (mine / "pre-push").exists()
    assert work.ringfence("uninstall", "--global")
    assert [path.name for path in mine.iterdir()] == ["commit-msg"]
    assert setting(work) == str(mine)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ("global", "is .hooks, another folder in each repository."),
        ("system", "this machine's configuration has git run hooks from .hooks"),
    ],
)
def test_hooks_that_a_setting_for_all_would_hide_are_not_hidden(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scope: str, told: str
) -> None:
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", str(tmp_path / "systemconfig"))
    work = init(tmp_path / "work")
    work.did("config", "--file", str(tmp_path / f"{scope.replace('global', 'git')}config"), SETTING, ".hooks")
    said = work.ringfence("install", "--global")
    assert (said.status, told in said.out) == (2, True), said.out
    assert not folder.exists()


def test_hooks_of_another_tool_in_the_folder_are_kept_with_the_setting(work: Work, folder: Path) -> None:
    (folder / "post-commit").write_text("#!/bin/sh\n")
    assert work.ringfence("install", "--global")
    said = work.ringfence("uninstall", "--global")
    assert said.out.splitlines()[-1] == (
        f"ringfence: core.hooksPath stays, since {folder} has hooks of others: post-commit"
    )
    assert [path.name for path in folder.iterdir()] == ["post-commit"]


def test_a_policy_for_all_repositories_is_checked_and_set(folder: Path, tmp_path: Path) -> None:
    work = init(tmp_path / "rows")
    policy = work.write("../policy.toml", 'version = 1\n[[repository]]\nmatch = ["*/rows"]\ntag = ["eval"]\n')
    assert work.ringfence("install", "--global", "--policy", str(policy)).status == 4
    assert not folder.exists()
    policy.write_text('version = 1\n[[repository]]\nmatch = ["*/rows"]\ntags = ["eval"]\n')
    assert work.ringfence("install", "--global", "--policy", str(policy))
    assert_refused(work.git("commit", "--allow-empty", "-m", FOOTER), "prepare-commit-msg")
    assert "ringfence.policy stays: git config --global --unset ringfence.policy" in (
        work.ringfence("uninstall", "--global").out
    )


def test_no_home_and_other_options_are_refused(folder: Path, tmp_path: Path) -> None:
    work = init(tmp_path / "work")
    said = work.ringfence("install", "--global", HOME=str(tmp_path / "none"), XDG_CONFIG_HOME="")
    assert (said.status, "this user has no home to install hooks in" in said.out) == (2, True)
    for command in (("install", "--tag", "eval"), ("uninstall", "--repo", "."), ("status", "--repo", ".")):
        said = work.ringfence(command[0], "--global", *command[1:])
        assert (said.status, "--global can't be combined" in said.out) == (2, True)


# --- a server's hooks, where the user who runs git has hooks for all repositories ---


def test_a_servers_gate_goes_on_judging(work: Work, tmp_path: Path) -> None:
    """Git runs the user's folder for a bare repository, too: what ringfence has there must not hide the gate."""
    server = init(tmp_path / "server.git", "--bare")
    said = server.ringfence("install", "--server", str(server.path), "--tag", "training-data")
    assert said, said.out
    assert (server.path / "hooks/pre-receive").exists()
    clone = cloned(server, tmp_path / "clone")
    clone.commit(f"Add\n\n{TRAILER}")
    assert_refused(clone.git("push", "--no-verify", "origin", "main"), "pre-receive")
    clone.did("commit", "-q", "--amend", "--allow-empty", "-m", "Add")
    assert clone.git("push", "--no-verify", "origin", "main")
    assert "ok  pre-receive canary: refused" in server.ringfence("status", "--server", str(server.path)).out


def test_a_ref_for_which_a_proc_receive_hook_is_missing_is_refused_as_before(work: Work, tmp_path: Path) -> None:
    server = init(tmp_path / "server.git", "--bare")
    server.did("config", "receive.procReceiveRefs", "refs/for")
    said = work.git("push", str(server.path), "main:refs/for/main")
    assert not said
    assert work.git("push", str(server.path), "main")


# --- the managers themselves ---


@pytest.mark.slow
@pytest.mark.parametrize("tool", [pytest.param("pre-commit", marks=pytest.mark.long), "prek"])
def test_a_framework_that_refuses_beside_a_hooks_path_is_installed_as_the_docs_say(
    work: Work, tmp_path: Path, tool: str
) -> None:
    work.write(
        ".pre-commit-config.yaml",
        "repos:\n- repo: local\n  hooks:\n  - {id: own, name: own, entry: sh rule, language: system,"
        " stages: [commit-msg]}\n",
    )
    work.write("rule", RULE)
    work.commit("Set up")
    program = str(Path(sys.executable).parent / tool)
    command = (program, "install", "--hook-type", "commit-msg")
    assert not run(*command, cwd=work.path)
    assert run(*command, cwd=work.path, GIT_CONFIG_GLOBAL="/dev/null")
    refuses_untitled(work)


@pytest.mark.needs("git-lfs")
def test_git_lfs_is_installed_as_the_docs_say(work: Work) -> None:
    assert work.git("lfs", "install", "--local").status == 2
    assert work.git("lfs", "install", "--local", GIT_CONFIG_GLOBAL="/dev/null")
    assert "ok  own hooks: post-checkout, post-commit, post-merge, pre-push of " in status(work).out


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.needs(name)) for name in MANAGERS])
def test_a_manager_is_installed_as_the_docs_say(
    work: Work, name: str, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with monkeypatch.context() as without:
        without.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
        manage(work, name)
    if name == "husky":  # it sets core.hooksPath in the repository, which wins
        assert status(work).status == 3
        assert work.ringfence("install")
    refuses_untitled(work)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
