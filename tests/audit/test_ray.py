"""The engine of a cluster comes to what the local one comes to, whatever goes away meanwhile."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from audit.conftest import Audit
from audit.test_killed import command, kill_repeatedly, make, results
from conftest import TRAILER, Work

pytestmark = [pytest.mark.needs("ray"), pytest.mark.slow]
KILLS = int(os.environ.get("PYTEST_RAY_KILLS", "4"))  # each takes as long as Ray to start
ON_RAY = ("--engine", "ray")


def run_on_ray(folder: Path, out: Path, *more: str, **env: str) -> int:
    done = subprocess.run(
        command(folder, out, *ON_RAY, *more), check=False, capture_output=True, env=dict(os.environ) | env, timeout=300
    )
    return done.returncode


def test_ray_and_processes_come_to_the_same(tmp_path: Path) -> None:
    folder = make(tmp_path / "all")
    subprocess.run(command(folder, tmp_path / "local"), check=False, capture_output=True)
    assert run_on_ray(folder, tmp_path / "ray") == 3
    assert results(tmp_path / "ray") == results(tmp_path / "local")


def test_a_killed_audit_comes_to_the_same(tmp_path: Path) -> None:
    folder = make(tmp_path / "all")
    assert subprocess.run(command(folder, tmp_path / "whole"), check=False, capture_output=True).returncode == 3
    began = time.monotonic()
    assert run_on_ray(folder, tmp_path / "first") == 3
    longest, chance, kills, runs = time.monotonic() - began, random.Random(5), 0, 0
    while kills < KILLS / 2 and runs < 2 * KILLS:
        began = time.monotonic()
        times = kill_repeatedly(folder, tmp_path / f"run{runs}", chance, longest, *ON_RAY)
        longest = longest if times else time.monotonic() - began  # the machine has become faster
        kills += times
        assert results(tmp_path / f"run{runs}") == results(tmp_path / "whole")
        runs += 1
    assert kills >= KILLS / 2


def test_a_git_that_hangs_is_ended(tmp_path: Path, repos: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "git"
    program.write_text(
        f'#!/bin/sh\ncase "$*" in *"/clean "*for-each-ref*) exec sleep 100;; esac\nexec "{shutil.which("git")}" "$@"\n'
    )
    program.chmod(0o755)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    audit = Audit(tmp_path)
    assert run_on_ray(repos, audit.out, "--timeout", "3", PATH=path) == 3
    assert audit.units()["clean"]["error"] == "it took more than 3 seconds (--timeout)"
    assert audit.units()["marked"]["outcome"] == "blocked"


def test_work_whose_process_went_away_is_done_by_another(tmp_path: Path, repos: Path) -> None:
    """The processes that serve the actors are killed once while they are at work."""
    audit, folder = Audit(tmp_path), tmp_path / "bin"
    folder.mkdir()
    program = folder / "git"
    program.write_text(
        f'#!/bin/sh\ncase "$*" in *"/clean "*for-each-ref*) test -e "{folder}/done" || '
        f'{{ : > "{folder}/here"; sleep 100; }};; esac\nexec "{shutil.which("git")}" "$@"\n'
    )
    program.chmod(0o755)

    def kill() -> None:
        while not (folder / "here").exists():
            time.sleep(0.05)
        (folder / "done").touch()
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                is_ours = b"ringfence.audit.survey.worker" in process.read_bytes()
                is_ours = is_ours and str(folder).encode() in (process.parent / "environ").read_bytes()
            except OSError:
                continue
            if is_ours:
                os.kill(int(process.parent.name), signal.SIGKILL)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    assert run_on_ray(repos, audit.out, PATH=f"{folder}{os.pathsep}{os.environ['PATH']}") == 0
    killer.join(1)
    assert {name: row["outcome"] for name, row in audit.units().items()} == {
        "clean": "allowed",
        "marked": "blocked",
        "none.git": "allowed",
    }


def test_a_cluster_that_is_not_there_is_said(audit: Audit, repos: Path) -> None:
    said = audit.run(repos, "--engine", "ray", "--address", "127.0.0.1:1")
    assert said.status == 2
    assert "the cluster can't be reached" in said.out


def test_an_address_needs_the_engine(audit: Audit, repos: Path) -> None:
    assert audit.run(repos, "--address", "auto").status == 2


def test_new_commits_are_judged_alone(tmp_path: Path, repos: Path) -> None:
    out = tmp_path / "out"
    assert run_on_ray(repos, out) == 0
    before = set((out / "results").rglob("*.gz"))
    Work(repos / "clean").commit(f"Second\n\n{TRAILER}")
    assert run_on_ray(repos, out) == 0
    assert len(set((out / "results").rglob("*.gz")) - before) == 1
