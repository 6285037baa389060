"""Pointers that git-annex and DVC write themselves are resolved to their content."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import git
import pytest

from conftest import SHARE_LINK, Said, Work, bare
from needs import DVC
from ringfence.setup import client_hooks

ROWS = f'{{"answer": "a row"}}\n{{"answer": "{SHARE_LINK}"}}\n'
CLEAN = '{"answer": "a row"}\n'
NOT_HERE = "pointer: the content is neither in git nor in a local store"


def check(work: Work, *names: str) -> Said:
    return work.ringfence("check", "--files", *names)


def swap(path: Path, text: str) -> None:
    """Put something else in the place of a content; both tools write-protect it."""
    path.parent.chmod(0o755)
    path.chmod(0o644)
    path.write_text(text)


# DVC.

_STARTS = """
import sys
from dvc.cli import main
for line in sys.stdin.read().splitlines():
    assert main(line.split()) == 0, line
"""
_COMMANDS = """init --no-scm
add rows.jsonl clean.jsonl shard
stage add --run -n copy -d rows.jsonl -o made/copied.jsonl cp rows.jsonl made/copied.jsonl"""


@pytest.fixture(scope="session")
def added(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which DVC keeps two files, a folder, and what a stage makes; all its commands in one process."""
    folder = Work(tmp_path_factory.mktemp("dvc"))
    for name, text in {"rows.jsonl": ROWS, "clean.jsonl": CLEAN, "shard/a/one.jsonl": ROWS, "shard/two": CLEAN}.items():
        folder.write(name, text)
    (folder.path / "made").mkdir()
    env = {"PATH": os.environ["PATH"], "HOME": str(folder.path), "DVC_TEST": "1", "LC_ALL": "C.UTF-8"}  # no network
    done = subprocess.run([DVC, "-c", _STARTS], cwd=folder.path, env=env, input=_COMMANDS.encode(), check=False,
                          capture_output=True, timeout=60)  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
    return folder.path


@pytest.fixture
def dvc(added: Path, laptop: Work) -> Work:
    """A laptop with that folder in it."""
    shutil.copytree(added, laptop.path, dirs_exist_ok=True)
    return laptop


def cached(work: Work, pointer: str) -> Path:
    """Return where DVC keeps what a pointer names."""
    digest = work.path.joinpath(pointer).read_text().partition("md5: ")[2].split()[0]
    return work.path / ".dvc" / "cache" / "files" / "md5" / digest[:2] / digest[2:]


@pytest.mark.needs("dvc")
def test_what_dvc_adds_is_judged_by_its_cache(dvc: Work) -> None:
    dvc.did("add", "rows.jsonl.dvc", "clean.jsonl.dvc")
    said = dvc.git("commit", "-m", "Add rows")
    said.assert_refused("rows.jsonl.dvc: DVC content rows.jsonl, line 2, field answer")
    dvc.did("rm", "-q", "--cached", "rows.jsonl.dvc")
    assert dvc.git("commit", "-m", "Add clean rows")


@pytest.mark.needs("dvc")
def test_a_folder_and_the_stages_of_dvc_are_judged_file_by_file(dvc: Work) -> None:
    said = check(dvc, "shard.dvc").out
    assert "shard.dvc: DVC content a/one.jsonl, line 2, field answer" in said
    assert "two" not in said
    assert "dvc.lock: DVC content made/copied.jsonl, line 2, field answer" in check(dvc, "dvc.lock").out
    cached(dvc, "rows.jsonl.dvc").unlink()
    assert f"shard.dvc: DVC content a/one.jsonl: DVC {NOT_HERE}" in check(dvc, "shard.dvc").out


@pytest.mark.needs("dvc")
def test_what_dvcs_cache_lacks_is_unread_and_what_was_swapped_there_is_a_mark(dvc: Work) -> None:
    swap(cached(dvc, "clean.jsonl.dvc"), CLEAN.replace("row", "ROW"))
    said = check(dvc, "clean.jsonl.dvc")
    assert (said.status, "[pointer-malformed]" in said.out) == (1, True)
    assert "but its content has another hash" in said.out
    cached(dvc, "clean.jsonl.dvc").unlink()
    said = check(dvc, "clean.jsonl.dvc")
    assert (said.status, f"clean.jsonl.dvc: DVC content clean.jsonl: DVC {NOT_HERE}" in said.out) == (3, True)


# git-annex.


@pytest.fixture
def annex(laptop: Work) -> Work:
    """A laptop with an annex, and ringfence's hooks before its own."""
    client_hooks.uninstall_hooks(git.Repo(laptop.path))
    laptop.did("annex", "init", "-q")
    client_hooks.install_hooks(git.Repo(laptop.path), client_hooks.CLIENT)
    return laptop


def add(work: Work, name: str, text: str, *, unlocked: bool) -> Path:
    """Have git-annex add a file; return where it keeps the content."""
    work.write(name, text)
    work.did("-c", f"annex.addunlocked={unlocked}".lower(), "annex", "add", "-q", "--backend=SHA256E", name)
    assert work.path.joinpath(name).is_symlink() is not unlocked
    key = work.did("annex", "lookupkey", name)
    assert key.startswith(f"SHA256E-s{len(text)}--")
    return work.path / work.did("annex", "contentlocation", key)


@pytest.mark.needs("git-annex")
@pytest.mark.parametrize("unlocked", [False, True])
def test_what_git_annex_adds_is_judged_by_its_content(annex: Work, unlocked: bool) -> None:
    kept = add(annex, "rows.jsonl", ROWS, unlocked=unlocked)
    assert "annex/objects/" in annex.did("show", ":rows.jsonl")
    said = annex.git("commit", "-m", "Add rows")
    said.assert_refused("rows.jsonl: git-annex content, line 2, field answer")
    swap(kept, ROWS.replace("a row", "A ROW"))
    annex.git("commit", "-m", "Add rows").assert_refused("[pointer-malformed]")
    kept.unlink()
    annex.git("commit", "-m", "Add rows").assert_refused("as incomplete", f"rows.jsonl: git-annex {NOT_HERE}")


@pytest.mark.needs("git-annex")
@pytest.mark.parametrize("unlocked", [False, True])
def test_clean_rows_in_an_annex_can_be_committed(annex: Work, unlocked: bool) -> None:
    add(annex, "rows.jsonl", CLEAN, unlocked=unlocked)
    assert annex.git("commit", "-m", "Add rows")


@pytest.mark.needs("git-annex")
def test_a_server_reads_what_git_annex_copied_to_it(annex: Work, tmp_path: Path) -> None:
    server = bare(tmp_path / "files.git", "training-data")
    server.did("annex", "init", "-q")
    annex.did("remote", "add", "origin", str(server.path))
    add(annex, "rows.jsonl", ROWS, unlocked=False)
    annex.commit("Add rows")
    assert f"rows.jsonl: git-annex {NOT_HERE}" in annex.git("push", "-q", "--no-verify", "origin", "main").out
    annex.did("annex", "copy", "-q", "--to", "origin", "rows.jsonl")
    said = annex.git("push", "-q", "--no-verify", "origin", "main")
    said.assert_refused("rows.jsonl: git-annex content, line 2, field answer")
