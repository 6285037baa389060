"""The command line, and its messages for wrong calls."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conftest import PYTHON, SHARE_LINK, Work, run
from ringfence import __version__


def test_nothing_typed_is_helped_and_no_success(laptop: Work) -> None:
    said = laptop.ringfence()
    assert said.status == 2
    assert said.out.startswith("Usage: ")


def test_the_version_is_told(laptop: Work) -> None:
    assert laptop.ringfence("--version").out == f"ringfence {__version__}\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nonsense",), "No such command"),
        (("check",), "nothing to check: give one of --staged, --range, --all, --files, --message."),
        (("check", "--all", "--staged"), "--staged and --all can't be combined."),
        (("check", "--all", "README.md"), "paths need --files."),
        (("check", "--files"), "--files needs paths."),
        (("check", "--range", "HEAD"), "'HEAD' isn't a range."),
        (("check", "--files", "README.md", "none.txt"), "none.txt: no such file."),
        (("check", "--all", "--format", "xml"), "Invalid value for '--format': 'xml' is not one of 'text',"),
        (("ci",), "no known CI service detected."),
        (("policy", "explain", "/etc/passwd"), "isn't a path from the top"),
        (("install", "--server", "."), "isn't a bare repository"),
        (("install", "--server", "no-such"), "no-such doesn't exist."),
        (("hook", "post-commit"), "there is no hook 'post-commit'."),
        (("hook", "--nonsense", "pre-commit"), "there is no option '--nonsense'."),
    ],
)
def test_wrong_words_are_told_and_end_with_2(laptop: Work, words: tuple[str, ...], told: str) -> None:
    said = laptop.ringfence(*words)
    assert (said.status, told in said.out) == (2, True), said.out


@pytest.mark.parametrize("words", [("check", "--all"), ("ci", "--range", "a..b"), ("status",), ("install",)])
def test_a_folder_in_no_repository_is_told(tmp_path: Path, words: tuple[str, ...]) -> None:
    work = Work(tmp_path)
    said = work.ringfence(*words, GIT_CEILING_DIRECTORIES=str(tmp_path.parent))
    assert said.status == 2
    assert "isn't in a git repository" in said.out


def test_without_git_it_is_told_and_ends_with_5(laptop: Work, tmp_path: Path) -> None:
    said = laptop.ringfence("check", "--all", PATH=str(tmp_path / "no-such"))
    assert said.status == 5
    assert "git isn't on the PATH" in said.out


def test_files_outside_of_git_can_be_checked(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "deep").mkdir(parents=True)
    (folder / "clean.txt").write_text("a person's row\n")
    (folder / "deep" / "marked.txt").write_text(f"{SHARE_LINK}\n")
    said = Work(tmp_path).ringfence(
        "check", "--files", "data", "--tag", "eval", GIT_CEILING_DIRECTORIES=str(tmp_path.parent)
    )
    assert said.status == 1
    assert "data/deep/marked.txt, line 1" in said.out
    assert "2 paths" in said.out


def test_policy_show_names_the_layer_of_every_value(laptop: Work) -> None:
    laptop.write("org.toml", 'version = 1\n[organisation]\nown = ["meta"]\n[tag.eval]\nweak = "block"\n')
    laptop.write("ringfence.toml", 'version = 1\n[[zone]]\ntag = "eval"\npaths = ["evals/**"]\n')
    said = laptop.ringfence("policy", "show", "--policy", "org.toml").out
    rows = {line.split()[0]: line.split() for line in said.splitlines() if line.strip()}
    assert rows["organisation.own"][1:] == ["meta", "org.toml"]
    assert rows["tag.eval.weak"][1:] == ["block", "org.toml"]
    assert rows["tag.eval.strong"][1:3] == ["block", "ringfence's"]
    assert rows["zone.eval.evals/**"][1:] == ["evals/**", "ringfence.toml"]
    assert rows["tags.training-data"][-3:] == ["git", "config", "ringfence.tag"]
    assert {key.split(".")[1] for key in rows if key.startswith("tag.")} == {"eval", "training-data"}  # and no other


def test_policy_show_takes_brackets_for_what_they_are(laptop: Work) -> None:
    laptop.write("ringfence.toml", 'version = 1\n[accounts]\nagents = ["*[bot]"]\n')
    lines = laptop.ringfence("policy", "show").out.splitlines()
    assert [line.split()[:2] for line in lines if line.startswith("accounts")] == [["accounts.agents", "*[bot]"]]


def test_policy_explain_says_which_zones_and_why(laptop: Work) -> None:
    laptop.did("config", "--unset-all", "ringfence.tag")
    laptop.write("ringfence.toml", 'version = 1\n[[zone]]\ntag = "eval"\npaths = ["evals/**", "!evals/docs/**"]\n')
    inside = laptop.ringfence("policy", "explain", "evals/a.txt").out
    assert inside.splitlines()[0] == "evals/a.txt: eval (zone in ringfence.toml)"
    assert "  weak: warn (ringfence's defaults)" in inside.splitlines()
    outside = laptop.ringfence("policy", "explain", "evals/docs/a.txt").out
    assert outside == "evals/docs/a.txt: in no zone; it isn't checked.\n"


def test_try_shows_every_step_and_succeeds(tmp_path: Path) -> None:
    said = Work(tmp_path).ringfence("try")
    assert said, said.out
    assert said.out.count("  as expected") == 20
    for scene in (
        "gpt-4o as generator",
        "waived (permission msa-7)",
        "[rival-extraction]",
        "calls, calls.jsonl, call c1",
        "may not read this repository",
        "a wall keeps the account out",
        "no settings bind",
    ):
        assert scene in said.out
    for hook in ("commit-msg", "pre-commit", "pre-receive", "upload-pack"):
        assert f"ringfence {hook}: refused" in said.out


def test_a_program_that_stops_reading_does_not_turn_a_refusal_into_a_pass(laptop: Work) -> None:
    laptop.commit(f"See {SHARE_LINK}", files={"a.txt": SHARE_LINK})
    command = f"{' '.join(PYTHON)} check --all --format json | true; exit ${{PIPESTATUS[0]}}"
    said = run("bash", "-c", command, cwd=laptop.path)
    assert (said.status, said.out) == (1, "")


def test_a_server_that_calls_nothing_but_update_is_guarded_by_that(tmp_path: Path) -> None:
    server = Work(tmp_path / "server.git")
    server.path.mkdir()
    server.did("init", "-q", "--bare", "-b", "main")
    assert server.ringfence("install", "--server", ".", "--update", "--tag", "eval")
    said = server.ringfence("status", "--server", ".")
    assert said, said.out
    assert "update canary: refused, as it should be" in said.out


@pytest.mark.needs("root")
def test_a_repository_of_another_user_is_told_and_ends_with_5(laptop: Work) -> None:
    for path in (laptop.path, laptop.path / ".git"):
        os.chown(path, 12345, 12345)
    said = laptop.ringfence("install")
    assert said.status == 5
    assert said.out == (
        f"ringfence: {laptop.path} belongs to another user, so git refuses it (dubious ownership).\n"
        f"  If you trust it: git config --global --add safe.directory {laptop.path}\n"
    )
