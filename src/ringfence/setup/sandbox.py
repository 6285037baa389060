"""Scratch repositories in temporary folders, with a pinned identity and without global configuration."""

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
_KEPT = ("HOME", "LANG", "PATH", "SYSTEMROOT", "TEMP", "TMPDIR", "VIRTUAL_ENV", "XDG_CACHE_HOME", "XDG_STATE_HOME")


@contextlib.contextmanager
def create_folder() -> Iterator[str]:
    """Create a temporary folder that is removed at the end of the `with` block."""
    with tempfile.TemporaryDirectory(prefix="ringfence-") as path:
        yield path


def build_environment() -> dict[str, str]:
    """Return the environment without variables that point git elsewhere or reveal a coding agent."""
    return {name: text for name, text in os.environ.items() if name in _KEPT} | _PINNED


def init_bare(path: str) -> git.Repo:
    """Create a bare repository, in which git never collects garbage in the background."""
    repo = git.Repo.init(path, bare=True, initial_branch="main")
    with repo.config_writer() as config:
        config.set_value("gc", "auto", "0")
    return repo


def clone(server: str, path: str) -> git.Repo:
    """Clone a repository, which may be empty."""
    return git.Repo.clone_from(server, path, env=build_environment())


def run(directory: str, *args: str) -> tuple[int, str]:
    """Run git in a folder and return its exit status and its output (stdout, then stderr)."""
    return run_program(directory, "git", *args)


def run_program(directory: str, *command: str, **environ: str) -> tuple[int, str]:
    """Run a program in a folder, as `run` runs git, with further variables."""
    env = build_environment() | environ
    done = subprocess.run(command, cwd=directory, env=env, capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).rstrip()


def write_file(directory: str, name: str, content: str) -> None:
    """Write a file into a repository's work tree; `name` may contain folders."""
    path = os.path.join(directory, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(content)
