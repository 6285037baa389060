"""A zone of paths holds for what links bring into it, and for names that differ in case only."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conftest import TRAILER, Work, bare, cloned
from server.conftest import API_ID, refused

ZONE = 'version = 1\n[[zone]]\ntag = "eval"\npaths = ["evals/**", "!evals/notes/**"]\n'
MARK = f'{{"id": "{API_ID}"}}\n'


@pytest.fixture
def server(tmp_path: Path) -> Work:
    """A server whose policy tags `evals/`."""
    server = bare(tmp_path / "server.git")
    (tmp_path / "policy.toml").write_text(ZONE)
    server.did("config", "ringfence.policy", str(tmp_path / "policy.toml"))
    return server


@pytest.fixture
def work(server: Work, tmp_path: Path) -> Work:
    """A clone that has pushed a clean zone, and a marked file outside of it."""
    work = cloned(server, tmp_path / "work")
    work.commit("First", files={"evals/ok": "ok\n", "scratch/q.json": MARK, "scratch/clean": "row\n"})
    work.did("push", "-q", "origin", "main")
    return work


def link(work: Work, name: str, target: str) -> None:
    path = work.path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    os.symlink(target, path)


def refuses(work: Work, message: str = "Link") -> None:
    """Commit everything and assert that a push is refused by the zone."""
    work.commit(message)
    refused(work.git("push", "origin", "HEAD"), "(eval)")


def passes(work: Work, message: str = "Link") -> None:
    work.commit(message)
    work.did("push", "-q", "origin", "HEAD")


@pytest.mark.parametrize(
    "links",
    [
        {"evals/q": "../scratch/q.json"},
        {"evals/deep/q": "../../scratch/q.json"},
        {"evals/q": "r", "evals/r": "../scratch/q.json"},
        {"evals/q": "../tmp", "tmp": "scratch/q.json"},
        {"evals/all": "../scratch"},
        {"evals/all": ".."},
        {"evals/q": "../alias/q.json", "alias": "scratch"},
    ],
)
def test_a_link_brings_its_file_into_the_zone(work: Work, links: dict[str, str]) -> None:
    for name, target in links.items():
        link(work, name, target)
    refuses(work)


def test_a_link_in_the_zones_place_brings_its_folder(work: Work) -> None:
    (work.path / "evals/ok").unlink()
    (work.path / "evals").rmdir()
    link(work, "evals", "scratch")
    refuses(work)


def test_links_to_clean_files_pass(work: Work) -> None:
    link(work, "evals/clean", "../scratch/clean")
    link(work, "evals/notes/q", "../../scratch/q.json")  # what the zone leaves out
    link(work, "scratch/ok", "../evals/ok")
    link(work, "evals/away", "/etc/hostname")
    link(work, "evals/missing", "../missing")
    passes(work)


@pytest.mark.parametrize("target", ["../scratch/later.json", "../later"])
def test_a_file_that_comes_after_its_link_is_judged(work: Work, target: str) -> None:
    link(work, "evals/later", target)
    passes(work)
    work.write("scratch/later.json" if target.endswith(".json") else "later/q.json", MARK)
    refuses(work, "Add rows")


def test_a_linked_file_is_judged_when_it_changes(work: Work) -> None:
    link(work, "evals/clean", "../scratch/clean")
    passes(work)
    work.write("scratch/clean", f"row\n{MARK}")
    refuses(work, "Add rows")


def test_the_message_of_a_commit_that_changes_a_linked_file_is_judged(work: Work) -> None:
    link(work, "evals/all", "../tables")
    work.write("tables/a", "row\n")
    passes(work)
    work.write("tables/a", "another row\n")
    refuses(work, f"Change rows\n\n{TRAILER}")


def test_the_message_of_a_commit_that_links_a_folder_is_judged(work: Work) -> None:
    work.write("tables/a", "row\n")
    (work.path / "evals/ok").unlink()
    (work.path / "evals").rmdir()
    link(work, "evals", "tables")
    refuses(work, f"Link the tables\n\n{TRAILER}")


def test_a_merge_that_brings_link_and_file_together_is_judged(work: Work) -> None:
    work.did("switch", "-q", "-c", "links")
    link(work, "evals/later", "../scratch/later.json")
    passes(work)
    work.did("switch", "-q", "main")
    work.write("scratch/later.json", MARK)
    passes(work)
    work.did("merge", "-q", "--no-edit", "links")
    refused(work.git("push", "origin", "main"), "(eval)")


def test_what_a_link_led_to_before_is_not_new(work: Work, server: Work) -> None:
    link(work, "evals/q", "../scratch/q.json")
    server.did("config", "--unset-all", "ringfence.policy")
    passes(work)
    server.did("config", "ringfence.policy", str(server.path.parent / "policy.toml"))
    work.write("src/a.py", "pass\n")
    passes(work, "Go on")
    work.did("push", "-q", "origin", "HEAD:refs/heads/topic")


@pytest.mark.parametrize("name", ["Evals/q.json", "EVALS/deep/q.json", "evals/Notes/q.json"])
def test_names_that_differ_in_case_lie_in_the_zone(work: Work, name: str) -> None:
    work.write(name, MARK)
    refuses(work, "Add rows")


# --- the other occasions ---


def test_a_commit_is_judged_by_its_links(work: Work) -> None:
    work.did("config", "ringfence.policy", str(work.path.parent / "policy.toml"))
    link(work, "evals/q", "../scratch/q.json")
    work.did("add", "-A")
    said = work.ringfence("check", "--staged")
    said.assert_refused("evals/q")
    work.did("commit", "-qm", "Link", "--no-verify")
    work.ringfence("check", "--range", "HEAD~1..HEAD").assert_refused("evals/q")
    work.ringfence("check", "--all").assert_refused("evals/q")
    work.ringfence("ci", "--range", "HEAD~1..HEAD").assert_refused("evals/q")
    work.ringfence("check", "--files", "evals/q").assert_refused("evals/q")


def test_the_message_of_a_commit_is_judged_by_its_links(work: Work) -> None:
    work.did("config", "ringfence.policy", str(work.path.parent / "policy.toml"))
    link(work, "evals/clean", "../scratch/clean")
    work.did("add", "-A")
    work.did("commit", "-qm", "Link", "--no-verify")
    work.write("scratch/clean", "another row\n")
    work.write("message", f"Change rows\n\n{TRAILER}\n")
    work.did("add", "scratch")
    work.ringfence("check", "--message", "message").assert_refused("(eval)")
