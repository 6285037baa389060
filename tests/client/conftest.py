"""Repositories with client hooks, and the assertion that a hook refused."""

from __future__ import annotations

from pathlib import Path

import git
import pytest

import stock
from conftest import SHARE_LINK, Said, Work, init, run
from ringfence.setup import client_hooks

MARKED = f"See {SHARE_LINK}\n"
FOOTER = "Generated with [Claude Code](https://claude.com/claude-code)"  # refused anywhere in a message


def assert_refused(said: Said, hook: str) -> None:
    """Assert that a command failed because this hook refused it."""
    said.assert_refused(f"ringfence {hook}: refused")


def fresh(path: Path, *tags: str, object_format: str = "sha1") -> Work:
    """Make an empty repository with the client hooks."""
    stock.copy(path, _fresh, object_format, *tags)
    return Work(path)


def _fresh(path: Path, object_format: str, *tags: str) -> None:
    work = init(path, f"--object-format={object_format}")
    client_hooks.install_hooks(git.Repo(path), client_hooks.CLIENT)
    work.tag(*tags)


def ungated(path: Path) -> Work:
    """Make a bare repository without hooks, so that only the client's hooks can refuse."""
    return init(path, "--bare")


def head(work: Work) -> str:
    """Return the id of what is committed."""
    return work.did("rev-parse", "HEAD")


def count(work: Work, revisions: str = "HEAD") -> int:
    """Return how many commits there are."""
    return int(work.did("rev-list", "--count", revisions))


def typed(work: Work, folder: str, *args: str, **env: str) -> Said:
    """Type a git command in a folder of the repository."""
    return run("git", *args, cwd=work.path / folder, **env)


def hook(work: Work, name: str, script: str) -> Path:
    """Write a hook as a person or another tool would."""
    path = work.path / ".git" / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(script)
    path.chmod(0o755)
    return path


@pytest.fixture
def remote(laptop: Work, tmp_path: Path) -> Work:
    """A repository without a gate, which the laptop knows as origin, and to which its first commit was pushed."""
    made = ungated(tmp_path / "remote.git")
    laptop.did("remote", "add", "origin", str(made.path))
    laptop.did("push", "-q", "--no-verify", "origin", "main")
    return made


@pytest.fixture
def zoned(tmp_path: Path) -> Work:
    """A repository whose own file puts evals/ without its docs into a zone, and nothing else."""
    work = fresh(tmp_path / "zoned")
    zone = 'version = 1\n[[zone]]\ntag = "eval"\npaths = ["evals/**", "!evals/docs/**"]\n'
    work.commit("First", files={"ringfence.toml": zone, "README.md": "A place for rows.\n"})
    return work
