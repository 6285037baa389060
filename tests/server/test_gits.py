"""The gate under git's safety checks and under old versions: owners, bare repositories, later options."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conftest import TRAILER, Work, bare, cloned, run
from server.conftest import AGENT, DECLINED, hook, judged, line, refused
from server.drivers import put

# What git 2.39 doesn't know, or knows elsewhere only: option, and the command it would be given to.
LATER = {
    "cat-file": ("-Z", "--filter"),
    "rev-list": ("-z", "--no-object-names"),
    "diff-tree": ("--max-depth",),
    "for-each-ref": ("--exclude", "--include-root-refs", "--start-after"),
    "config": ("get", "list"),
}


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Write the server's system-wide configuration."""

    def write(text: str) -> None:
        (tmp_path / "gitconfig").write_text(text)
        monkeypatch.setenv("GIT_CONFIG_SYSTEM", str(tmp_path / "gitconfig"))

    return write


def test_bare_repositories_that_must_be_named_are_judged(clone: Work, server: Work, given) -> None:
    """The gate works under `safe.bareRepository = explicit`, the default of git 3.0."""
    given("[safe]\n\tbareRepository = explicit\n")
    clone.commit("Second", files={"rows.txt": "rows\n"})
    assert clone.git("push", "origin", "main")
    clone.commit("Third", **AGENT)
    refused(clone.git("push", "origin", "main"), "1 mark")


def foreign(server: Work) -> None:
    """Give a repository to another user."""
    for path in (server.path, *server.path.rglob("*")):
        os.chown(path, 65534, 65534)


@pytest.mark.needs("root")
def test_a_repository_of_another_user_is_judged_where_the_server_trusts_it(clone: Work, server: Work, given) -> None:
    """With `safe.directory` set, another owner of the repository doesn't stop the gate."""
    foreign(server)
    assert "dubious ownership" in clone.git("push", "origin", "main:refs/heads/a").out
    given(f"[safe]\n\tdirectory = {server.path}\n")
    clone.commit(f"Second\n\n{TRAILER}")
    refused(clone.git("push", "origin", "main"), "1 mark")


@pytest.mark.needs("root")
def test_a_repository_of_another_user_is_judged_or_refused_and_never_passed(clone: Work, server: Work) -> None:
    """Where a hook is called by hand, git's "dubious ownership" must not end as a pass."""
    clone.commit(f"Second\n\n{TRAILER}")
    assert judged(clone, server).status == 1
    foreign(server)
    said = hook(server, line(clone.did("rev-parse", "HEAD")), GIT_DIR=".")
    assert said.status == 1, said.out
    said.assert_refused("ringfence pre-receive: refused, 1 mark")


def test_the_gate_asks_git_for_nothing_that_came_after_2_39(clone: Work, server: Work, tmp_path: Path) -> None:
    """Clean, marked, tagged and deleting pushes use no command option that git 2.39 doesn't have."""
    real = run("sh", "-c", "command -v git", cwd=tmp_path).out.strip()
    put(tmp_path / "bin/git", f'#!/bin/sh\necho "$@" >> {tmp_path}/log\nexec {real} "$@"\n')
    gate = server.path / "hooks/pre-receive"
    gate.write_text(gate.read_text().replace("exec ", f"PATH={tmp_path}/bin:$PATH exec ", 1))
    clone.commit("Second", files={"rows.txt": "rows\n"})
    clone.did("tag", "-a", "v1", "-m", "Release")
    assert clone.git("push", "origin", "main", "v1", "main:refs/heads/old")
    clone.commit("Third", files={"rows.txt": "more\n"}, **AGENT)
    clone.git("push", "origin", "main", ":old").assert_refused("refused, 1 mark", DECLINED)
    asked = [command.split() for command in (tmp_path / "log").read_text().splitlines()]
    assert {"cat-file", "rev-list", "diff-tree"} <= {word for command in asked for word in command}
    for command in asked:
        for name, options in LATER.items():
            if name in command:
                assert set(command[command.index(name) + 1 :]).isdisjoint(options), command


def test_a_repository_of_reftables_is_judged_or_called_by_its_name(tmp_path: Path) -> None:
    """Git knows reftable from 2.45 on; before, it says so in two lines of which the last is a word."""
    server = bare(tmp_path / "server.git", "eval")
    if not run("git", "init", "-q", "--bare", "-b", "main", "--ref-format=reftable", "other.git", cwd=tmp_path):
        server.did("config", "core.repositoryFormatVersion", "1")
        server.did("config", "extensions.refStorage", "reftable")
        _assert_named(server)
        return
    other = Work(tmp_path / "other.git")
    assert other.ringfence("install", "--server", str(other.path), "--tag", "eval")
    assert "ok  refs: kept as reftable" in other.ringfence("status", "--server", str(other.path)).out
    clone = cloned(other, tmp_path / "clone")
    clone.commit("First", files={"ringfence.toml": 'version = 1\n[[zone]]\ntag = "benchmark"\npaths = ["b/**"]\n'})
    before = other.ringfence("policy", "compile", "--all", str(tmp_path)).out
    assert clone.git("push", "origin", "HEAD:main")
    after = other.ringfence("policy", "compile", "--all", str(tmp_path)).out  # sees that a branch came
    assert ("benchmark" in before, "benchmark" in after) == (False, True)
    clone.commit(f"Add\n\n{TRAILER}")
    clone.git("push", "origin", "HEAD:main", "HEAD:refs/heads/b").assert_refused("1 mark of rival AI tools")


def _assert_named(server: Work) -> None:
    told = "the repository keeps its refs as reftable, which this git can't read."
    for command in (("status", "--server"), ("install", "--server"), ("policy", "compile")):
        said = server.ringfence(*command, str(server.path))
        assert (said.status, told in said.out, "Use git 2.45 or later." in said.out) == (5, True, True), said.out
    said = server.ringfence("status", "--all", str(server.path.parent))
    assert (said.status, f"BAD {server.path}: {told}" in said.out) == (3, True)
