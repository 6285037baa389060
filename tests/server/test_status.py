"""`ringfence status` on a server finds what lets pushes through: each time, a marked push proves that it does."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import TRAILER, Said, Work, bare
from ringfence.setup import server_hooks
from rules.conftest import day
from server import hosts
from server.drivers import GITEA, put
from server.hosts import Yard


@pytest.fixture
def marked(clone: Work) -> Work:
    """A clone with a marked commit that isn't pushed yet."""
    clone.commit(f"Second\n\n{TRAILER}")
    return clone


def status(server: Work, **env: str) -> Said:
    return server.ringfence("status", "--server", str(server.path), **env)


def bad(said: Said) -> str:
    """Return what status calls bad; it must end with the code for it."""
    assert said.status == 3, said.out
    lines = said.out.splitlines()
    return "\n".join(line for line in lines if line.startswith(("BAD ", "      ")))


def test_a_server_that_is_as_it_should_be(server: Work) -> None:
    said = status(server)
    assert said, said.out
    lines = said.out.splitlines()
    assert lines[:7] == [
        f"ok  hooks folder: {server.path}/hooks",
        "ok  pre-receive: in place",
        "ok  policy: ringfence's defaults alone",
        "ok  tag: training-data (git config ringfence.tag)",
        "ok  mode: refuses for training-data",
        "ok  ingredients: no index: recorded output isn't looked up",
        "ok  permissions: no other user can write the hook, its folder, the configuration or a policy",
    ]
    assert lines[7].startswith("ok  git: git version ")
    assert lines[8].startswith("ok  sshd: ")
    assert lines[9:] == [
        "ok  cache: no other user can write compiled policies",
        "ok  pre-receive canary: refused, as it should be",
    ]


def test_a_server_that_only_observes_is_as_it_should_be(server: Work, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(f'version = 1\n[rollout]\nobserve = ["training-data"]\nuntil = {day(30)}\n')
    server.did("config", "ringfence.policy", str(policy))
    said = status(server)
    assert said, said.out
    assert said.out.splitlines()[-1] == "ok  pre-receive canary: observed, as the policy says for now"
    (server.path / "hooks/pre-receive").unlink()
    assert "BAD pre-receive" in bad(status(server))


def not_executable(server: Work) -> str:
    (server.path / "hooks/pre-receive").chmod(0o644)
    return "BAD pre-receive: {hooks}/pre-receive isn't executable: git ignores it"


def dangling(server: Work) -> str:
    (server.path / "hooks/pre-receive").unlink()
    (server.path / "hooks/pre-receive").symlink_to(server.path / "no-such/pre-receive")
    return "BAD pre-receive: {hooks}/pre-receive is a broken link: git ignores it"


def gone(server: Work) -> str:
    (server.path / "hooks/pre-receive").unlink()
    return "BAD pre-receive: {hooks}/pre-receive doesn't exist"


def hidden(server: Work) -> str:
    server.did("config", "core.hooksPath", f"{server.path}/no-such")
    return f"BAD hooks folder: core.hooksPath = {server.path}/no-such hides the hooks in {{hooks}}"


@pytest.mark.parametrize("spoil", [not_executable, dangling, gone, hidden])
def test_what_git_passes_over_in_silence_is_bad_and_a_marked_push_proves_it(
    server: Work, marked: Work, spoil: Callable[[Work], str]
) -> None:
    """A hook that git skips is reported with its cause, its canary push goes through, and so does a real one."""
    told = spoil(server).format(hooks=server.path / "hooks")
    said = bad(status(server))
    assert told in said
    assert "BAD pre-receive canary: a marked commit was accepted" in said
    assert marked.git("push", "origin", "main")


def test_where_notes_are_wanted_what_writes_them_must_be_there(server: Work, tmp_path: Path) -> None:
    assert "post-receive" not in status(server).out
    server.did("config", "ringfence.notes", "true")
    again = f"ringfence install --server {server.path}"
    assert bad(status(server)).splitlines() == [
        f"BAD post-receive: {server.path}/hooks/post-receive doesn't exist",
        f"      {again}",
        "BAD notes: made from the ledger, and none is configured",
        "      git config ringfence.ledger FILE, with an absolute path",
    ]
    server.did("config", "ringfence.ledger", str(tmp_path / "ledger.db"))
    assert server.ringfence(*again.split()[1:])
    said = status(server)
    assert said, said.out
    assert f"ok  post-receive: in place\nok  notes: made from {tmp_path}/ledger.db\n" in said.out
    (server.path / "hooks/post-receive").chmod(0o644)
    assert "hooks/post-receive isn't executable: git ignores it" in bad(status(server))


@pytest.mark.parametrize("key", ["hook.ringfence.enabled", "hook.pre-receive.enabled"])
def test_a_hook_of_the_configuration_that_is_switched_off_is_bad(server: Work, key: str) -> None:
    """Git 2.54 and later read `hook.NAME.enabled`, which can switch the gate off."""
    server.did("config", key, "false")
    assert f"{key} = false switches a configured hook off" in bad(status(server))


@pytest.mark.parametrize("file", ["hooks/pre-receive", "hooks", "config"])
def test_what_others_can_write_is_bad(server: Work, file: str) -> None:
    path = server.path / file
    path.chmod(path.stat().st_mode | 0o022)
    assert bad(status(server)).splitlines()[0] == f"BAD permissions: {path} can be written by others"


def test_a_policy_that_others_can_write_is_bad(server: Work, policy) -> None:
    path = policy("[vendors]\nrivals = ['*']")
    path.chmod(0o666)
    assert f"BAD permissions: {path} can be written by others" in bad(status(server))


@pytest.mark.needs("root")
def test_a_hook_of_another_user_is_bad(server: Work) -> None:
    os.chown(server.path / "hooks/pre-receive", 65534, 65534)
    assert "pre-receive belongs to another user, uid 65534" in bad(status(server))


@pytest.mark.long
def test_a_cache_that_others_can_write_is_bad(server: Work, tmp_path: Path) -> None:
    cache = tmp_path / "cache/ringfence"
    cache.mkdir(parents=True)
    cache.chmod(0o777)
    said = bad(status(server, XDG_CACHE_HOME=str(cache.parent)))
    assert f"BAD cache: {cache} can be written by others: it is ignored" in said


def test_a_git_that_is_too_old_is_bad(server: Work, tmp_path: Path) -> None:
    real = subprocess.run(["sh", "-c", "command -v git"], capture_output=True, text=True, check=True).stdout.strip()
    put(
        tmp_path / "bin/git",
        f'#!/bin/sh\n[ "$1" = --version ] && {{ echo git version 2.30.2; exit; }}\nexec {real} "$@"\n',
    )
    said = bad(status(server, PATH=f"{tmp_path}/bin:{os.environ['PATH']}"))
    assert "BAD git: git version 2.30.2\n      ringfence needs git 2.39 or later on a server" in said


@pytest.mark.slow
@pytest.mark.needs("sshd")
def test_an_sshd_that_takes_gits_variables_lets_a_marked_push_through_and_is_bad(
    server: Work, marked: Work, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """`AcceptEnv GIT_*` lets a client set core.hooksPath on the server, and `status` reports it."""
    yard = Yard(tmp_path_factory.getbasetemp(), tmp_path)
    with hosts.sshd(yard, "open", settings="AcceptEnv GIT_*\n", url=str(server.path)) as host:
        sent = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.hooksPath", "GIT_CONFIG_VALUE_0": os.devnull}
        setting = " ".join(f"{name}={text}" for name, text in sent.items())  # git itself would keep them from ssh
        client = f"env {setting} {host.env['GIT_SSH_COMMAND']} {' '.join(f'-o SendEnv={name}' for name in sent)}"
        assert marked.git("push", host.url, "main:refs/heads/by-ssh", GIT_SSH_COMMAND=client)
        for word, is_bad in (("GIT_*", True), ("GIT_PROTOCOL", False)):
            config = tmp_path / "open.d/sshd_config"
            config.write_text(config.read_text().replace("AcceptEnv GIT_*", f"AcceptEnv {word}"))
            put(tmp_path / "bin/sshd", f'#!/bin/sh\nexec /usr/sbin/sshd -f {config} "$@"\n')
            said = status(server, PATH=f"{tmp_path}/bin:{os.environ['PATH']}")
            assert ("BAD sshd: AcceptEnv GIT_* lets a client switch git's hooks off" in said.out) is is_bad
            assert said.status == (3 if is_bad else 0)


# --- where a forge calls the gate ---


def test_a_hook_in_gitlabs_folder_for_all_is_proven(tmp_path: Path) -> None:
    (tmp_path / "hooks").mkdir()
    work = Work(tmp_path)
    server_hooks.install_forge_hooks(str(tmp_path / "hooks"), "gitlab")
    said = work.ringfence("status", "--server", str(tmp_path / "hooks"))
    assert said, said.out
    assert said.out.splitlines()[:2] == [
        "ok  pre-receive.d/ringfence: in place",
        "ok  pre-receive canary: refused, as it should be",
    ]
    (tmp_path / "hooks/pre-receive.d/ringfence").chmod(0o644)
    assert "isn't executable: git ignores it" in bad(work.ringfence("status", "--server", str(tmp_path / "hooks")))


def test_a_folder_without_any_hook_of_ours_is_bad(tmp_path: Path) -> None:
    said = bad(Work(tmp_path).ringfence("status", "--server", str(tmp_path)))
    assert f"BAD hooks: no hook of ringfence in {tmp_path}" in said


@pytest.mark.parametrize("forge", ["gerrit", "gitolite"])
def test_a_hook_that_is_called_by_arguments_is_proven(tmp_path: Path, forge: str) -> None:
    (tmp_path / "site").mkdir()
    server_hooks.install_forge_hooks(str(tmp_path / "site"), forge, update=forge == "gitolite")
    said = Work(tmp_path).ringfence("status", "--server", str(tmp_path / "site"))
    assert said, said.out
    assert "canary: refused, as it should be" in said.out


def test_giteas_own_hook_must_be_there_to_call_ours(tmp_path: Path) -> None:
    server = bare(tmp_path / "a.git")
    (server.path / "hooks/pre-receive").unlink()
    server_hooks.install_forge_hooks(str(server.path), "gitea")
    assert "BAD hooks/pre-receive.d/ringfence: hooks/pre-receive, which would call it, doesn't exist" in bad(
        status(server)
    )
    put(server.path / "hooks/pre-receive", GITEA)
    said = status(server)
    assert said, said.out


# --- everything below a folder ---


def test_every_repository_below_a_folder_without_the_gate_is_named(tmp_path: Path) -> None:
    """`status --all` lists each repository that has no gate, with the command that installs it."""
    for name in ("a", "group/b", "group/c"):
        bare(tmp_path / f"{name}.git")
    work = Work(tmp_path)
    said = work.ringfence("status", "--all", str(tmp_path))
    assert said.out == f"ok  {tmp_path}: 3 of 3 repositories have the gate; 3 without a tag\n"
    (tmp_path / "group/b.git/hooks/pre-receive").chmod(0o644)
    Work(tmp_path / "a.git").did("config", "core.hooksPath", f"{tmp_path}/no-such")
    said = work.ringfence("status", "--all", str(tmp_path))
    assert said.status == 3
    assert said.out.splitlines() == [
        f"BAD {tmp_path}/a.git: git calls no hook of ringfence there",
        f"      ringfence install --server {tmp_path}/a.git",
        f"BAD {tmp_path}/group/b.git: git calls no hook of ringfence there",
        f"      ringfence install --server {tmp_path}/group/b.git",
        f"BAD {tmp_path}: 1 of 3 repositories have the gate; 3 without a tag",
    ]
    Work(tmp_path / "group/c.git").tag("no-such-tag")
    said = work.ringfence("status", "--all", str(tmp_path)).out
    assert f"BAD {tmp_path}: 1 of 3 repositories have the gate; 1 failed, 2 without a tag\n" in said
    server_hooks.install_forge_hooks(str(tmp_path / "a.git"), "gitlab")
    assert f"BAD {tmp_path}/a.git" not in work.ringfence("status", "--all", str(tmp_path)).out


def test_a_folder_without_repositories_is_bad(tmp_path: Path) -> None:
    said = Work(tmp_path).ringfence("status", "--all", str(tmp_path))
    assert bad(said) == f"BAD {tmp_path}: 0 of 0 repositories have the gate"


def test_all_goes_by_itself(tmp_path: Path) -> None:
    said = Work(tmp_path).ringfence("status", "--all", ".", "--server", ".")
    assert said.status == 2
    assert "--all can't be combined with --repo or --server." in said.out
