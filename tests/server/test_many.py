"""Many repositories at once: installed, removed and looked at; one that fails doesn't stop the rest."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from conftest import TRAILER, Work, cloned, init, kept
from ringfence.git import hook_files
from rules.conftest import day

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


def test_a_clone_that_somebody_works_in_gets_no_servers_hook(root: Path) -> None:
    work = init(root / "work")
    assert install(root)[-1].endswith("3 repositories, 2 tagged, 3 changed, 0 failed")
    assert not (work.path / ".git/hooks/pre-receive").exists()
    work.did("config", "core.bare", "true")
    assert install(root)[-1].endswith("4 repositories, 2 tagged, 1 changed, 0 failed")


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
    assert hook_files.is_ours(str(root / "web.git/hooks/pre-receive"))
    said = Work(tmp_path).ringfence("policy", "compile", "--all", str(root))
    assert said.status == 3
    assert f"ringfence: {root}/a/evals-2.git: FAILED: git config ringfence.tag" in said.out
    assert f"ringfence: {root}/web.git: no tag" in said.out
    assert Work(tmp_path).ringfence("policy", "compile", str(root / "a/evals-2.git")).status == 4


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
    assert hook_files.is_ours(str(own))
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


# --- what they protect ---


def test_status_says_which_are_guarded_tagged_and_how(root: Path, tmp_path: Path) -> None:
    install(root)
    here = Work(tmp_path)
    said = here.ringfence("status", "--all", str(root))
    assert said.out == f"ok  {root}: 3 of 3 repositories have the gate; 2 refusing, 1 without a tag\n"
    (tmp_path / "policy.toml").write_text(POLICY + f'[rollout]\nobserve = ["eval"]\nuntil = {day(20)}\n')
    report = json.loads(here.ringfence("status", "--all", str(root), "--format", "json").out)
    assert report["is_good"]
    assert [(row["name"], row["detail"]) for row in report["checks"]] == [
        (f"{root}/a/evals-1.git", "eval; observes eval"),
        (f"{root}/a/evals-2.git", "eval; observes eval"),
        (f"{root}/web.git", "no tag: nothing is judged here"),
        (str(root), "3 of 3 repositories have the gate; 2 observing, 1 without a tag"),
    ]


def test_status_names_a_repository_whose_policy_or_python_is_broken(root: Path, tmp_path: Path) -> None:
    install(root)
    Work(root / "web.git").tag("no-such-tag")
    hook = root / "a/evals-1.git/hooks/pre-receive"
    hook.write_text(hook.read_text().replace(sys.executable, "/no/such/python"))
    said = Work(tmp_path).ringfence("status", "--all", str(root))
    assert said.status == 3
    assert f"BAD {root}/a/evals-1.git: its Python, /no/such/python, doesn't exist" in said.out
    assert f"BAD {root}/web.git: git config ringfence.tag: tag: unknown tag `no-such-tag`" in said.out


def test_one_repositorys_status_says_what_holds_there(root: Path, tmp_path: Path) -> None:
    text = POLICY + f'[tag.eval]\non_block = "quarantine"\n[rollout]\nobserve = ["eval"]\nuntil = {day(20)}\n'
    (tmp_path / "policy.toml").write_text(text)
    install(root)
    path = str(root / "a/evals-1.git")
    policy = f"{tmp_path}/policy.toml (git config ringfence.policy)"
    said = Work(tmp_path).ringfence("status", "--server", path)
    for line in (
        f"ok  policy: {policy} of {day(0)}",
        f"ok  tag: eval ({policy})",
        f"ok  mode: observes eval until {day(20)}",
        "ok  quarantine: in hidden refs",
    ):
        assert f"\n{line}\n" in said.out
    Work(root / "a/evals-1.git").did("config", "--unset", "ringfence.ledger")
    said = Work(tmp_path).ringfence("status", "--server", path)
    assert said.status == 3
    assert "BAD quarantine: the policy asks for it (eval), and no ledger is configured" in said.out
    web = Work(tmp_path).ringfence("status", "--server", str(root / "web.git"), "--format", "json")
    rows = {row["name"]: row for row in json.loads(web.out)["checks"]}
    assert rows["tag"]["detail"] == "no tag: nothing is judged here"


def test_a_hook_of_another_version_is_named(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other/ringfence"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text('__version__ = "0.0.9"\n')
    (other / "hook.py").write_text("")
    install(root)
    hook = root / "web.git/hooks/pre-receive"
    hook.write_text(re.sub(r"sys.path \+= \[.*\]", f'sys.path += ["{tmp_path}/other"]', hook.read_text()))
    said = Work(tmp_path).ringfence("status", "--server", str(root / "web.git"))
    assert "ok  pre-receive: in place, of ringfence 0.0.9\n" in said.out


# --- a new policy ---


def test_diff_names_who_gains_and_loses_what(root: Path, tmp_path: Path) -> None:
    rules = '[tag.eval]\nweak = "block"\n[vendors]\nrivals = ["openai"]\n'
    new = POLICY.replace("*/evals-*", "*/web").replace("version = 1\n", f"version = 1\n{rules}")
    (tmp_path / "new.toml").write_text(new)
    clone = cloned(Work(root / "a/evals-2.git"), tmp_path / "clone")
    clone.commit(files={"ringfence.toml": 'version = 1\n[[zone]]\ntag = "eval"\npaths = ["q/**"]\n'})
    clone.did("push", "-q", "origin", "HEAD:main")
    said = Work(tmp_path).ringfence("policy", "diff", "policy.toml", "new.toml", "--all", str(root))
    lines = said.out.splitlines()
    assert lines[-4:] == [
        f"{root}/a/evals-1.git: - eval",
        f"{root}/a/evals-2.git: - eval",
        f"{root}/web.git: + eval",
        f"ringfence: {len(lines) - 4} rules, 3 repositories changed",
    ]
    assert "tag.eval.weak: warn → block" in lines
    assert "- rival google" in lines
    assert "- rival openai" not in lines
    same = Work(tmp_path).ringfence("policy", "diff", "policy.toml", "policy.toml", "--all", str(root))
    assert same.out == "ringfence: 0 rules, 0 repositories changed\n"


def test_a_policy_is_checked_put_in_place_and_taken_back(tmp_path: Path) -> None:
    here, target = Work(tmp_path), tmp_path / "etc/policy.toml"
    here.write("first.toml", POLICY)
    here.write("second.toml", POLICY.replace("eval", "training-data"))
    here.write("wrong.toml", "version = 3\n")
    to = ("--to", str(target))
    assert here.ringfence("policy", "install", "--previous", *to).status == 2
    assert here.ringfence("policy", "install", "first.toml", *to)
    assert target.read_text() == POLICY
    said = here.ringfence("policy", "install", "second.toml", *to)
    assert said.out.splitlines()[1] == f"ringfence: to go back: ringfence policy install --previous --to {target}"
    second = target.read_text()
    assert here.ringfence("policy", "install", "wrong.toml", *to).status == 4
    assert target.read_text() == second
    assert here.ringfence("policy", "install", "--previous", *to)
    assert target.read_text() == POLICY
    assert here.ringfence("policy", "install", "--previous", *to)
    assert target.read_text() == second
    assert sorted(path.name for path in target.parent.iterdir()) == ["policy.toml", "policy.toml.previous"]
    assert target.stat().st_mode & 0o777 == 0o644
    for args in ((), ("first.toml", "--previous")):
        assert here.ringfence("policy", "install", *args, *to).status == 2


def test_a_policy_that_only_root_reads_stays_so(tmp_path: Path) -> None:
    here, target = Work(tmp_path), tmp_path / "policy.toml"
    here.write("policy.toml", POLICY).chmod(0o600)
    here.write("new.toml", POLICY.replace("eval", "training-data"))
    assert here.ringfence("policy", "install", "new.toml", "--to", str(target))
    modes = [path.stat().st_mode & 0o777 for path in (target, tmp_path / "policy.toml.previous")]
    assert modes == [0o600, 0o600]


# --- counted ---


def test_stats_say_what_would_be_refused_and_by_whose_marks(root: Path, tmp_path: Path) -> None:
    observing = POLICY + f'[rollout]\nobserve = ["eval"]\nuntil = {day(20)}\n'
    (tmp_path / "policy.toml").write_text(observing)
    install(root)
    for number, message in enumerate(
        (f"Add\n\n{TRAILER}", "Add", "Add\n\nCo-authored-by: Cursor <cursoragent@cursor.com>")
    ):
        clone = cloned(Work(root / f"a/evals-{number % 2 + 1}.git"), tmp_path / f"clone-{number}")
        clone.commit(message, files={f"{number}.txt": "x\n"})
        assert clone.git("push", "origin", f"HEAD:b{number}")
    (tmp_path / "policy.toml").write_text(POLICY)
    clone.commit("Add\n\nCo-authored-by: Cursor <cursoragent@cursor.com>")
    assert not clone.git("push", "origin", "HEAD:c")
    ledger = str(tmp_path / "kept/ledger.db")
    report = json.loads(Work(tmp_path).ringfence("stats", "--ledger", ledger, "--format", "json").out)
    first, second = report["repositories"]
    assert (first["pushes"], first["observed"], first["refused"]) == (3, 2, 1)
    assert first["vendors"] == {"anthropic": 1, "anysphere": 2}
    assert (second["repository"], second["observed"], second["pushes"]) == (f"{root}/a/evals-2", 0, 1)
    assert report["total"]["vendors"] == {"anthropic": 1, "anysphere": 2}
    lines = Work(tmp_path).ringfence("stats", "--ledger", ledger, "--since", "7d").out.splitlines()
    assert lines[1].split()[1:6] == ["3", "1", "2", "0", "0"]
    assert lines[-1].endswith("anysphere 2, anthropic 1")
    assert (
        Work(tmp_path).ringfence("stats", "--ledger", ledger, "--since", day(1)).out.splitlines()[1].split()[2] == "0"
    )
    assert Work(tmp_path).ringfence("stats", "--ledger", ledger, "--since", "soon").status == 2
    assert Work(tmp_path).ringfence("stats").status == 2
