"""Many repositories at once: installed, removed and looked at; one that fails doesn't stop the rest."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from conftest import TRAILER, Work, cloned, init, kept
from ringfence.setup import client_hooks

POLICY = 'version = 1\n[[repository]]\nmatch = ["*/evals-*"]\ntags = ["eval"]\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with three bare repositories, of which the policy tags two."""
    for name in ("a/evals-1", "a/evals-2", "web"):
        path = tmp_path / "srv" / f"{name}.git"
        path.parent.mkdir(parents=True, exist_ok=True)
        init(path, "--bare")
    (tmp_path / "policy.toml").write_text(POLICY)
    return tmp_path / "srv"


def install(root: Path, *more: str) -> list[str]:
    """Install the gate in all of them with a policy and a ledger."""
    top = root.parent
    said = Work(top).ringfence(
        "install", "--all", str(root), "--policy", "policy.toml", "--ledger", "kept/ledger.db", *more
    )
    assert said, said.out
    return [line for line in said.out.splitlines() if "looking for" not in line]


def state(root: Path) -> dict[str, int]:
    """Return the time at which each file was last written."""
    paths = (Path(folder) / name for folder, _, names in os.walk(root) for name in names)
    return {str(path): path.stat().st_mtime_ns for path in paths}


def test_all_are_guarded_and_the_second_time_nothing_changes(root: Path, tmp_path: Path) -> None:
    policy, ledger = tmp_path / "policy.toml", tmp_path / "kept/ledger.db"
    done = f"ringfence.policy = {policy}; ringfence.ledger = {ledger}; pre-receive: installed"
    assert install(root) == [
        f"ringfence: {root}/a/evals-1.git: {done}",
        f"ringfence: {root}/a/evals-2.git: {done}",
        f"ringfence: {root}/web.git: {done}",
        f"ringfence: {root}: 3 repositories, 2 tagged, 3 changed, 0 failed",
    ]
    before = state(root)
    assert install(root) == [f"ringfence: {root}: 3 repositories, 2 tagged, 0 changed, 0 failed"]
    assert state(root) == before
    work = cloned(Work(root / "a/evals-2.git"), tmp_path / "clone")
    work.commit(f"Add\n\n{TRAILER}")
    work.git("push", "origin", "HEAD:main").assert_refused("(eval)")
    assert [entry["outcome"] for entry in kept(ledger)] == ["blocked"]


@pytest.mark.parametrize("change", ["config", "policy", "branch", "packed", "link", "hook"])
def test_what_changed_since_is_seen(root: Path, tmp_path: Path, change: str) -> None:
    install(root)
    web = Work(root / "web.git")
    if change == "config":
        web.tag("eval")
    elif change == "policy":
        (tmp_path / "policy.toml").write_text(POLICY.replace("*/evals-*", "*"))
    elif change in ("branch", "packed"):
        work = cloned(web, tmp_path / "clone")
        work.commit(files={"ringfence.toml": 'version = 1\ntags = ["eval"]\n'})
        work.did("push", "-q", "origin", "HEAD:main")
        if change == "packed":
            web.did("pack-refs", "--all")
    elif change == "link":
        for path in (Path(os.environ["XDG_CACHE_HOME"]) / "ringfence").glob("*.plan"):
            path.unlink()
    else:
        (root / "web.git/hooks/pre-receive").chmod(0o644)
    counts = install(root)[-1].partition("repositories, ")[2]
    tagged, changed = (2 if change in ("link", "hook") else 3), int(change == "hook")
    assert counts == f"{tagged} tagged, {changed} changed, 0 failed"


def test_one_that_fails_does_not_stop_the_rest(root: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    Work(root / "a/evals-1.git").did("config", "core.hooksPath", str(elsewhere))
    Work(root / "a/evals-2.git").tag("no-such-tag")
    said = Work(tmp_path).ringfence("install", "--all", str(root))
    assert said.status == 3
    assert f"ringfence: {root}/a/evals-1.git: FAILED: core.hooksPath makes git run hooks from" in said.out
    assert f"ringfence: {root}/a/evals-2.git: FAILED: git config ringfence.tag" in said.out
    assert f"ringfence: {root}: 3 repositories, 0 tagged, 1 changed, 2 failed" in said.out
    assert client_hooks.is_ours(str(root / "web.git/hooks/pre-receive"))


def test_a_mistake_is_told_before_anything_is_written(root: Path, tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text("version = 2\n")
    before = state(root)
    for args in (("--policy", "policy.toml"), ("--tag", "evil"), ("--policy", "missing.toml")):
        assert Work(tmp_path).ringfence("install", "--all", str(root), *args).status == 4
    assert state(root) == before


def test_all_is_removed_again_and_what_was_there_runs_again(root: Path, tmp_path: Path) -> None:
    own = root / "web.git/hooks/pre-receive"
    own.parent.mkdir(exist_ok=True)
    own.write_text("#!/bin/sh\necho mine\n")
    own.chmod(0o755)
    install(root)
    assert client_hooks.is_ours(str(own))
    said = Work(tmp_path).ringfence("uninstall", "--all", str(root))
    assert f"ringfence: {root}/web.git: pre-receive: removed, the previous hook is restored" in said.out
    assert f"ringfence: {root}: 3 repositories, 3 changed, 0 failed" in said.out
    assert own.read_text() == "#!/bin/sh\necho mine\n"
    assert Work(tmp_path).ringfence("uninstall", "--all", str(root)).out == (
        f"ringfence: {root}: 3 repositories, 0 changed, 0 failed\n"
    )


def test_settings_of_quarantine_notes_and_a_forge(root: Path, tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text(POLICY + '[tag.eval]\non_block = "quarantine"\n')
    Work(root / "web.git").did("config", "ringfence.notes", "true")
    install(root)
    assert (root / "a/evals-1.git/hooks/proc-receive").exists()
    assert (root / "web.git/hooks/post-receive").exists()
    assert install(root)[-1].endswith(" 0 changed, 0 failed")
    shutil.rmtree(root / "a")
    said = Work(tmp_path).ringfence("install", "--all", str(root), "--forge", "gitea", "--deadline", "9")
    assert said
    assert "--deadline 9" in (root / "web.git/hooks/pre-receive.d/ringfence").read_text()


def test_what_cannot_be_combined(root: Path, tmp_path: Path) -> None:
    here = Work(tmp_path)
    for args in (
        ("install", "--all", str(root), "--server", str(root)),
        ("install", "--policy", "policy.toml"),
        ("uninstall", "--all", str(root), "--repo", "."),
        ("install", "--all", str(tmp_path / "missing")),
    ):
        assert here.ringfence(*args).status == 2
