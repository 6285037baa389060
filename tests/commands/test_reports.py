"""Several reports of one check: each format into a file of its own, whole or not at all."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from conftest import PYTHON, TRAILER, Work


def test_reports_are_written_beside_what_is_printed(laptop: Work) -> None:
    laptop.commit(f"Two\n\n{TRAILER}")
    said = laptop.ringfence("check", "--all", "--report", "json=a.json", "--report", "jsonl=b.jsonl")
    assert said.status == 1
    assert said.out.startswith("ringfence: refused, 1 mark")
    assert json.loads((laptop.path / "a.json").read_text())["verdict"] == "blocked"
    assert len((laptop.path / "b.jsonl").read_text().splitlines()) == 2
    assert sorted(path.name for path in laptop.path.iterdir()) == [".git", "README.md", "a.json", "b.jsonl"]


def test_a_report_on_stdout_stands_there_alone(laptop: Work) -> None:
    command = [*PYTHON, "check", "--all", "--report", "json=-"]
    done = subprocess.run(command, cwd=laptop.path, capture_output=True, check=True)
    assert json.loads(done.stdout)["verdict"] == "allowed"
    assert done.stderr.startswith(b"ringfence: allowed (training-data)\n")


def test_a_report_replaces_the_one_that_was_there_and_can_be_read_by_others(laptop: Work) -> None:
    laptop.write("a.json", "x" * 100_000)
    assert laptop.ringfence("check", "--all", "--report", "json=a.json")
    assert json.loads((laptop.path / "a.json").read_text())["verdict"] == "allowed"
    assert (laptop.path / "a.json").stat().st_mode & 0o777 == 0o644


def test_a_report_can_go_where_nothing_can_be_replaced(laptop: Work) -> None:
    assert laptop.ringfence("check", "--all", "--report", f"json={os.devnull}")
    assert laptop.ringfence("trace", "--format", "jsonl", "--output", os.devnull)
    assert os.stat(os.devnull).st_mode & 0o170000 == 0o020000


@pytest.mark.parametrize("wrong", ["json", "json=", "xml=a.xml", "=a.json"])
def test_a_report_that_is_none_ends_with_2_before_anything_is_judged(laptop: Work, wrong: str) -> None:
    said = laptop.ringfence("check", "--all", "--report", wrong)
    assert said.status == 2
    assert f"{wrong!r} isn't a report; write NAME=FILE" in said.out


def test_a_report_that_cannot_be_written_is_told(laptop: Work) -> None:
    said = laptop.ringfence("check", "--all", "--report", "json=nowhere/a.json")
    assert said.status == 2
    assert "nowhere/a.json can't be written: No such file or directory." in said.out


def test_an_untagged_repository_gets_its_reports_too(laptop: Work) -> None:
    laptop.did("config", "--unset-all", "ringfence.tag")
    assert laptop.ringfence("check", "--all", "--report", "json=a.json")
    assert json.loads((laptop.path / "a.json").read_text())["tags"] == []


def test_a_policy_says_where_the_pages_are_that_reports_link(laptop: Work, tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text('version = 1\n[organisation]\ndocs = "https://docs.example.org/r"\n')
    laptop.commit(f"Two\n\n{TRAILER}")
    policy = ("--policy", str(tmp_path / "policy.toml"))
    (run,) = json.loads(laptop.ringfence("check", "--all", "--format", "sarif", *policy).out)["runs"]
    assert run["tool"]["driver"]["informationUri"] == "https://docs.example.org/r/"
    assert run["tool"]["driver"]["rules"][0]["helpUri"].startswith("https://docs.example.org/r/markers/anthropic.html#")
