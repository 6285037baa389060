"""Where a server wants it, accepted commits carry their verdict as a git note, written after the ledger's entry."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from conftest import TRAILER, Work, cloned, kept, run

NOTES = "refs/notes/ringfence"


@pytest.fixture
def noting(clone: Work, server: Work, book: Path) -> Work:
    """A clone of a server that keeps a ledger and writes notes."""
    server.did("config", "ringfence.notes", "true")
    assert "post-receive: installed" in server.ringfence("install", "--server", str(server.path)).out
    return clone


def notes(server: Work) -> set[str]:
    listing = server.git("notes", "--ref=ringfence", "list").out.splitlines()
    return {line.split()[1] for line in listing if " " in line}


def test_an_accepted_commit_carries_its_verdict_as_a_note(noting: Work, server: Work, book: Path) -> None:
    pushed = [noting.commit("One"), noting.commit("Two")]
    noting.did("push", "-q", "origin", "main")
    noting.did("fetch", "-q", "origin", f"{NOTES}:{NOTES}")
    [entry] = kept(book)
    for commit in pushed:
        said = noting.did("notes", "--ref=ringfence", "show", commit)
        assert json.loads(said) == {
            "verdict": "allowed", "ruleset": entry["body"]["ruleset"], "time": entry["at"], "entry": entry["id"],
        }  # fmt: skip
    assert server.git("fsck", "--strict")


def test_a_refused_commit_has_none(noting: Work, server: Work) -> None:
    noting.commit(f"Add rows\n\n{TRAILER}")
    noting.git("push", "origin", "main").assert_refused("refused, 1 mark")
    assert notes(server) == set()


def test_notes_are_pushed_by_nobody(noting: Work, server: Work) -> None:
    first = noting.commit("One")
    noting.did("push", "-q", "origin", "main")
    noting.did("notes", "--ref=ringfence", "add", "-m", "{}", "HEAD")
    refusal = f"{NOTES} is written by the server and can't be pushed."
    noting.git("push", "--force", "origin", NOTES).assert_refused(refusal)
    noting.git("push", "origin", "--delete", NOTES).assert_refused(refusal)
    assert notes(server) == {first}


def test_what_a_kill_left_out_is_written_when_the_hook_is_told_again_and_only_once(noting: Work, server: Work) -> None:
    (server.path / "hooks/post-receive").rename(server.path / "hooks/set-aside")
    old, new = noting.did("rev-parse", "HEAD"), noting.commit("One")
    noting.did("push", "-q", "origin", "main")
    assert notes(server) == set()
    line = f"{old} {new} refs/heads/main\n".encode()
    assert run("hooks/set-aside", cwd=server.path, stdin=line)
    state = server.did("rev-parse", NOTES)
    assert notes(server) == {new}
    assert run("hooks/set-aside", cwd=server.path, stdin=line)
    assert server.did("rev-parse", NOTES) == state


def test_notes_that_cant_be_written_are_told_and_refuse_nothing(noting: Work, server: Work) -> None:
    server.did("update-ref", "refs/notes/ringfence/in-the-way", "main")  # git has no ref below another
    noting.commit("One")
    said = noting.git("push", "origin", "main")
    assert said
    assert "ringfence: git fast-import" in said.out
    assert "Refused" not in said.out


def test_a_hook_that_was_there_runs_too_whatever_it_says(noting: Work, server: Work) -> None:
    assert server.ringfence("uninstall", "--server", str(server.path))
    hook = server.path / "hooks/post-receive"
    assert not hook.exists()
    hook.write_text("#!/bin/sh\ncat > told\nexit 1\n")
    hook.chmod(0o755)
    assert server.ringfence("install", "--server", str(server.path))
    new = noting.commit("One")
    noting.did("push", "-q", "origin", "main")
    assert (server.path / "told").read_text().split()[1] == new
    assert notes(server) == {new}


def test_pushes_at_once_lose_no_note(noting: Work, server: Work, tmp_path: Path) -> None:
    clones = [cloned(server, tmp_path / f"clone{number}") for number in range(6)]
    pushed = {clone.commit(f"Row {number}") for number, clone in enumerate(clones)}
    running = [
        subprocess.Popen(["git", "push", "-q", "origin", f"HEAD:refs/heads/b{number}"], cwd=clone.path)
        for number, clone in enumerate(clones)
    ]
    assert [push.wait(timeout=100) for push in running] == [0] * 6
    assert notes(server) == pushed


@pytest.mark.usefixtures("book")
def test_without_the_setting_nothing_is_written(clone: Work, server: Work) -> None:
    assert "post-receive" not in server.ringfence("install", "--server", str(server.path)).out
    clone.commit("One")
    clone.did("push", "-q", "origin", "main")
    assert notes(server) == set()
