"""`ringfence audit` of repositories: every unit has its row, errors too, and nothing is judged twice."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

from audit.conftest import Audit
from conftest import TRAILER, Work, init


def is_over(pid: str) -> bool:
    """Return whether a process has ended, were it that nobody has asked for its status yet."""
    stat = Path("/proc", pid, "stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


def test_every_repository_below_a_folder_has_a_row(audit: Audit, repos: Path) -> None:
    said = audit.run(repos)
    assert said.status == 0, said.out
    units = audit.units()
    assert {name: row["outcome"] for name, row in units.items()} == {
        "clean": "allowed",
        "marked": "blocked",
        "none.git": "allowed",
    }
    assert units["marked"]["blocking"] == 1
    assert units["marked"]["commits"] == 1
    assert not units["marked"]["is_tagged"]
    [row] = audit.table("findings")
    assert (row["vendor"], row["part"], row["tag"]) == ("anthropic", "message", "training-data")
    assert row["date"] == "2023-11-14T22:13:20"
    report = json.loads((audit.out / "summary.json").read_text())
    assert report["units"] == {"all": 3, "allowed": 2, "blocked": 1}
    assert report["by_vendor"] == {"anthropic": 1}
    assert report["by_month"] == {"2023-11": 1}
    assert audit.run(repos, "--fail").status == 1


def test_findings_are_those_of_check_all(audit: Audit, repos: Path) -> None:
    work = Work(repos / "deep" / "marked")
    work.write("c.jsonl", '{"model": "gpt-4o", "text": "x"}\n' * 3)
    work.commit("Rows")
    work.tag("eval")
    audit.run(work.path)
    checked = json.loads(work.ringfence("check", "--all", "--format", "json").out)
    found = audit.table("findings")
    assert len(found) == 2
    assert [row["fingerprint"] for row in found] == [item["fingerprint"] for item in checked["findings"]]
    assert {row["tag"] for row in found} == {"eval"}
    assert audit.units()["marked"]["is_tagged"]


def test_a_list_names_units_from_its_own_folder(audit: Audit, repos: Path, tmp_path: Path) -> None:
    (repos / "list").write_text("# of ours\n\nclean\ndeep/marked\nclean\n")
    audit.run(f"@{repos / 'list'}")
    assert list(audit.units()) == ["clean", "marked"]
    (repos / "list").write_text("# nothing\n")
    assert audit.run(f"@{repos / 'list'}").status == 2
    assert audit.run(f"@{tmp_path / 'no-list'}").status == 2


def test_what_cannot_be_audited_is_a_row_of_error_and_the_rest_is_complete(audit: Audit, repos: Path) -> None:
    shutil.copytree(repos / "clean", repos / "corrupt")
    objects = repos / "corrupt" / ".git" / "objects"
    for folder in objects.iterdir():
        shutil.rmtree(folder)
    shutil.copytree(repos / "clean", repos / "headless")
    (repos / "headless" / ".git" / "HEAD").unlink()
    shutil.copytree(repos / "clean", repos / "refless")
    shutil.rmtree(repos / "refless" / ".git" / "refs" / "heads")
    (repos / "refless" / ".git" / "refs" / "heads").mkdir()
    said = audit.run(repos, repos / "missing")
    assert said.status == 3, said.out
    units = audit.units()
    wrong = {name for name, row in units.items() if row["outcome"] == "error"}
    assert wrong == {"corrupt", "headless", "refless", "missing"}
    assert all(units[name]["error"] for name in wrong)
    assert units["marked"]["outcome"] == "blocked"
    errors = [row for row in audit.table("unread") if row["is_error"]]
    assert sorted(Path(row["unit"]).name for row in errors) == sorted(wrong)
    assert audit.run(repos, "--fail").status == 3


def test_a_damaged_repository_does_not_pass_for_the_one_around_it(audit: Audit, tmp_path: Path) -> None:
    outer = init(tmp_path / "outer")
    outer.commit("Around")
    (outer.path / "inner" / ".git").mkdir(parents=True)
    audit.run(outer.path / "inner")
    assert audit.units()["inner"]["outcome"] == "error"


def test_a_git_that_hangs_is_ended(audit: Audit, repos: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    real = shutil.which("git")
    program = folder / "git"
    program.write_text(
        f'#!/bin/sh\ncase "$*" in *"/clean "*for-each-ref*) echo $$ >> "{folder}/pid"; exec sleep 60;; esac\n'
        f'exec "{real}" "$@"\n'
    )
    program.chmod(0o755)
    started = time.monotonic()
    said = audit.run(repos, "--timeout", "2", PATH=f"{folder}{os.pathsep}{os.environ['PATH']}")
    assert said.status == 3, said.out
    assert time.monotonic() - started < 30
    assert audit.units()["clean"]["error"] == "it took more than 2 seconds (--timeout)"
    assert audit.units()["marked"]["outcome"] == "blocked"
    [pid] = (folder / "pid").read_text().split()
    assert is_over(pid)


def test_nothing_is_judged_twice(audit: Audit, repos: Path) -> None:
    audit.run(repos)
    times = {path: path.stat().st_mtime_ns for path in (audit.out / "results").rglob("*.gz")}
    first = {name: (audit.out / name).read_bytes() for name in ("units.parquet", "findings.parquet", "unread.parquet")}
    assert len(times) == 3
    audit.run(repos)
    assert {path: path.stat().st_mtime_ns for path in (audit.out / "results").rglob("*.gz")} == times
    assert {name: (audit.out / name).read_bytes() for name in first} == first
    Work(repos / "clean").commit(f"Second\n\n{TRAILER}")
    audit.run(repos)
    new = [path for path in (audit.out / "results").rglob("*.gz") if path not in times]
    assert len(new) == 1
    assert audit.units()["clean"]["blocking"] == 1


def test_a_ref_alone_makes_a_repository_new(audit: Audit, repos: Path) -> None:
    audit.run(repos)
    Work(repos / "clean").did("branch", "codex/x")
    audit.run(repos)
    assert {row["part"] for row in audit.table("findings") if row["unit"].endswith("clean")} == {"ref"}


def test_another_policy_makes_everything_new(audit: Audit, repos: Path, tmp_path: Path) -> None:
    audit.run(repos)
    policy = tmp_path / "policy.toml"
    policy.write_text('version = 1\n[vendors]\nrivals = ["openai"]\n')
    audit.run(repos, "--policy", policy)
    assert audit.units()["marked"]["findings"] == 0


def test_a_second_run_in_the_same_folder_is_refused(audit: Audit, repos: Path) -> None:
    import fcntl

    audit.out.mkdir()
    with (audit.out / ".lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        said = audit.run(repos)
    assert said.status == 2
    assert "another audit" in said.out
