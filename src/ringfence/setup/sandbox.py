"""Repositories in temporary folders, for trying things: pinned identity and dates, nobody's global configuration."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from typing import TYPE_CHECKING

import git

if TYPE_CHECKING:
    from collections.abc import Iterator

_PINNED = {
    "GIT_AUTHOR_NAME": "Ann Example",
    "GIT_AUTHOR_EMAIL": "ann@example.org",
    "GIT_COMMITTER_NAME": "Ann Example",
    "GIT_COMMITTER_EMAIL": "ann@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_EDITOR": "true",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


@contextlib.contextmanager
def create_folder() -> Iterator[str]:
    """Give a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="ringfence-") as path:
        yield path


def build_environment() -> dict[str, str]:
    """Return our environment without what would point git elsewhere or name an agent's session."""
    kept = (
        "HOME",
        "LANG",
        "PATH",
        "SYSTEMROOT",
        "TEMP",
        "TMPDIR",
        "XDG_CACHE_HOME",
        "XDG_STATE_HOME",
        "VIRTUAL_ENV",
    )
    return {name: text for name, text in os.environ.items() if name in kept} | _PINNED


def init_bare(path: str) -> git.Repo:
    """Make a bare repository."""
    made = git.Repo.init(path, bare=True, initial_branch="main")
    made.git.config("gc.auto", "0")
    return made


def clone(server: str, path: str) -> git.Repo:
    """Clone a repository, empty or not."""
    return git.Repo.clone_from(server, path, env=build_environment())


def run(directory: str, *args: str) -> tuple[int, str]:
    """Run git in a folder as a person would, and return its status and what it said."""
    done = subprocess.run(
        ["git", *args], cwd=directory, env=build_environment(), capture_output=True, text=True, check=False
    )
    return done.returncode, (done.stdout + done.stderr).rstrip()


def write_file(directory: str, name: str, content: str) -> None:
    """Write a file in a repository."""
    path = os.path.join(directory, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(content)
