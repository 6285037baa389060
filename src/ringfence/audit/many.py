"""Installs and removes the gate in every bare repository below a folder; one that fails doesn't stop the rest."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import git

from ..errors import RingfenceError, UsageError
from ..git.hook_files import is_ours
from ..git.repo import Repo
from ..setup import client_hooks, git_config, server_hooks
from .ahead import AheadCompiler

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SERVER_HOOKS = ("pre-receive", "update", "proc-receive", "post-receive")


@dataclass(frozen=True, slots=True)
class Setup:
    """What is installed in a repository.

    Attributes:
        forge: The software that runs its hooks.
        options: Further options of `ringfence hook`.
        update: The hook that is called for each ref, instead of the one for a push.
        settings: Keys and values that the repository's configuration gets, such as the policy and the ledger.
    """

    forge: str = "plain"
    options: str = ""
    update: bool = False
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done in a repository, a sentence each; `error` says why it failed, "" if it didn't."""

    directory: str
    done: list[str] = field(default_factory=list)
    tags: tuple[str, ...] = ()
    error: str = ""


def install_all(root: str, setup: Setup) -> Iterator[Outcome]:
    """Install the gate in each repository and compile its policy; where all is in place, nothing is done.

    Raises:
        UsageError: The folder has no bare repository.
    """
    is_set = is_hooks_path_set()
    with AheadCompiler(root) as compiler:
        for directory in list_repositories(root):
            try:
                done, tags = _install_in(directory, setup, compiler, is_set=is_set)
                yield Outcome(directory, done, tags)
            except (RingfenceError, OSError, git.GitCommandError) as error:
                yield Outcome(directory, error=format_error(error))


def uninstall_all(root: str) -> Iterator[Outcome]:
    """Remove the gate from each repository, and restore the hooks that were there before.

    Raises:
        UsageError: The folder has no bare repository.
    """
    is_set = is_hooks_path_set()
    for directory in list_repositories(root):
        try:
            yield Outcome(directory, _uninstall_in(directory, is_set=is_set))
        except (RingfenceError, OSError, git.GitCommandError) as error:
            yield Outcome(directory, error=format_error(error))


def list_repositories(root: str) -> list[str]:
    """Return the bare repositories below a folder.

    Raises:
        UsageError: There is none.
    """
    if found := list(server_hooks.find_repositories(root)):
        return found
    raise UsageError(f"{root} has no bare repository.", "Give the folder that the server's repositories lie in.")


def format_error(error: Exception) -> str:
    """Return an error as one line."""
    if isinstance(error, RingfenceError):
        return " ".join(f"{error.message} {error.advice}".split())
    text = error.strerror if isinstance(error, OSError) else str(getattr(error, "stderr", "") or error)
    return " ".join(str(text or error).split())


def is_hooks_path_set() -> bool:
    """Return whether a configuration of this machine or user may move the hooks of all repositories."""
    settings = Repo("/").run("config", "--list", "-z", ok=(0, 1, 128)).lower()
    return b"core.hookspath" in settings or b"includeif." in settings


def find_server_hooks_folder(directory: str, *, is_set: bool) -> str:
    """Return the folder from which git runs a bare repository's hooks; git is asked only where a setting may name one.

    `is_set` is as from `is_hooks_path_set`.
    """
    if is_set or _mentions(os.path.join(directory, "config"), b"hookspath", b"include"):
        return git_config.find_hooks_folder(git.Repo(directory))
    return os.path.join(directory, "hooks")


def _mentions(path: str, *words: bytes) -> bool:
    with open(path, "rb") as file:
        content = file.read().lower()
    return any(word in content for word in words)


def _install_in(
    directory: str, setup: Setup, compiler: AheadCompiler, *, is_set: bool
) -> tuple[list[str], tuple[str, ...]]:
    """Install the gate in a repository; return what was done, and the tags that hold there."""
    done = [*_add_settings(directory, setup.settings), *_install_hooks(directory, setup, is_set=is_set)]
    policy = compiler.compile(directory)
    if setup.forge == "plain" and not setup.update:
        if policy.needs_quarantine and not all(server_hooks.check_quarantine(git.Repo(directory)).values()):
            done += server_hooks.install_quarantine(git.Repo(directory))
        if policy.feeds or policy.needs_notes:
            done += client_hooks.install_hooks(git.Repo(directory), ("post-receive",))
    return [sentence for sentence in done if not sentence.endswith(client_hooks.UNCHANGED)], policy.tags


def _add_settings(directory: str, settings: Sequence[tuple[str, str]]) -> list[str]:
    """Add values to the repository's configuration that it doesn't have yet; a path replaces an earlier one."""
    present = _read_own_settings(os.path.join(directory, "config")) if settings else set()
    missing = [(key, text) for key, text in settings if (key, text) not in present]
    done = [f"{key} = {text}" for key, text in missing]
    values = {key.removeprefix("ringfence."): text for key, text in missing}
    is_ours = len(values) == len(missing) and not any("." in key for key in values)
    if missing and not (is_ours and git_config.append_section(directory, "ringfence", values)):
        for key, text in missing:
            # Of a key with several values git replaces those that match a pattern, and adds the value if none does.
            pattern = (f"^{re.escape(text)}$",) if key == "ringfence.tag" else ()
            Repo(directory).run("config", "--local", "--replace-all", key, text, *pattern)
    return done


def _read_own_settings(path: str) -> set[tuple[str, str]]:
    """Return the settings that a configuration holds as git writes them; any others are set again."""
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        lines = file.read().splitlines()
    found, section = set(), ""
    for line in lines:
        if line.startswith("["):
            section = line.strip("[]").lower()
        elif section.isalpha() and (match := re.fullmatch(r"\t(\w+) = ([^\"\\;#]*)", line)):
            found.add((f"{section}.{match[1].lower()}", match[2]))
    return found


def _install_hooks(directory: str, setup: Setup, *, is_set: bool) -> list[str]:
    if setup.forge != "plain":
        done = server_hooks.install_forge_hooks(directory, setup.forge, setup.options, update=setup.update)
        return [sentence for sentence in done if not sentence.startswith("now: ")]
    folder = find_server_hooks_folder(directory, is_set=is_set)
    name = "update" if setup.update else "pre-receive"
    if folder != os.path.join(directory, "hooks"):
        return client_hooks.install_hooks(git.Repo(directory), (name,), setup.options)
    os.makedirs(folder, exist_ok=True)
    return [client_hooks.install_hook(folder, name, f'{name} "$@"', setup.options)]


def _uninstall_in(directory: str, *, is_set: bool) -> list[str]:
    done = server_hooks.uninstall_forge_hooks(directory)
    folder = find_server_hooks_folder(directory, is_set=is_set)
    if any(is_ours(os.path.join(folder, name)) for name in _SERVER_HOOKS):
        done += client_hooks.uninstall_hooks(git.Repo(directory))
    return [sentence for sentence in done if not sentence.startswith("still tagged")]
