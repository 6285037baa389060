"""Puts the gate where a forge calls it, in a repository or in the folder that all repositories share, and takes it out.

Below: a folder on the server, and in it files that the forge runs, each with the words it is called by.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

import git

from ..errors import UsageError
from ..records.quarantine import HIDDEN
from ..sources.forges import FORGES, load_forge
from .client_hooks import find_hooks_folder, install_hook, install_hooks, is_ours, is_runnable, remove_hook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..sources.forges.base import Forge

QUARANTINE = (("receive.procReceiveRefs", "refs"), ("transfer.hideRefs", HIDDEN))


def install_forge_hooks(directory: str, name: str, options: str = "", *, update: bool = False) -> list[str]:
    """Put a forge's hooks in place and return what was done, a sentence each.

    Args:
        directory: A bare repository, or the folder from which the forge takes the hooks of all of them.
        name: The forge.
        options: Further options of `ringfence hook`.
        update: What the forge calls for each ref, instead of what it calls for a push.

    Raises:
        UsageError: The forge takes no hooks from there.
    """
    forge = load_forge(name)
    files = [
        (file, words) for file, words in _select_files(directory, name, forge) if words.startswith("update") == update
    ]
    if not files:
        raise UsageError(f"{name} has no such hook to take from {directory}.", f"See docs/servers/{name}.md.")
    done = []
    for file, words in files:
        folder = os.path.dirname(os.path.join(directory, file))
        os.makedirs(folder, exist_ok=True)
        said = install_hook(folder, os.path.basename(file), words, f"--forge {name} {options}".rstrip())
        done.append(os.path.join(os.path.dirname(file), said))
    return [*done, *([f"now: {forge.next_step}"] if forge.next_step and not update else [])]


def uninstall_forge_hooks(directory: str) -> list[str]:
    """Take out what any forge calls, and return what was done."""
    done = []
    for file, _ in find_installed_hooks(directory):
        folder = os.path.dirname(os.path.join(directory, file))
        removed = remove_hook(folder, os.path.basename(file))
        done += [os.path.join(os.path.dirname(file), said) for said in removed]
        while removed and os.path.realpath(folder) != os.path.realpath(directory):
            with contextlib.suppress(OSError):  # something else is in it
                os.rmdir(folder)
            folder = os.path.dirname(folder)
    return done


def install_quarantine(repo: git.Repo) -> list[str]:
    """Let git ask a proc-receive hook of ours about every ref, show nobody what is put aside, and say so.

    Raises:
        UsageError: There is another proc-receive hook, and git asks only one.
    """
    place = find_hooks_folder(repo)
    if os.path.lexists(os.path.join(place, "proc-receive")) and not is_ours(os.path.join(place, "proc-receive")):
        raise UsageError(f"{place} has a proc-receive hook already.", "Without ours, refused pushes go into bundles.")
    done = install_hooks(repo, ("proc-receive",))
    for key, text in QUARANTINE:
        if text not in repo.git.config("--local", "--get-all", key, with_exceptions=False).splitlines():
            repo.git.config("--local", "--add", key, text)
    return [*done, "refused pushes are put aside, in refs that git shows nobody"]


def check_quarantine(repo: git.Repo) -> dict[str, bool]:
    """Say of all that putting aside takes whether it is there."""
    path = os.path.join(find_hooks_folder(repo), "proc-receive")
    held = {
        f"{key} = {text}": text in repo.git.config("--local", "--get-all", key, with_exceptions=False).splitlines()
        for key, text in QUARANTINE
    }
    return {"proc-receive": is_ours(path) and is_runnable(path)} | held


def find_installed_hooks(directory: str) -> list[tuple[str, str]]:
    """Return our hooks below a folder that a forge calls, with the words they are called by."""
    forges = [load_forge(name) for name in FORGES if name != "plain"]
    files = dict(pair for forge in forges for pair in (*forge.files, *forge.shared))
    return [(file, words) for file, words in files.items() if is_ours(os.path.join(directory, file))]


def find_caller(file: str) -> str:
    """Return what a forge writes itself and calls this file by, or "" where the forge calls it without."""
    return next((forge.caller for forge in map(load_forge, FORGES) if forge.caller and file in dict(forge.files)), "")


def find_repositories(root: str) -> Iterator[str]:
    """Yield the bare repositories below a folder, sorted."""
    for folder, names, _ in os.walk(root):
        names.sort()
        if is_repository(folder):
            names.clear()
            yield folder


def is_guarded(directory: str) -> bool:
    """Say whether git, or a forge, calls a hook of ours in a bare repository."""
    place = find_hooks_folder(git.Repo(directory))
    ours = [os.path.join(place, name) for name in ("pre-receive", "update")]
    ours += [os.path.join(directory, file) for file, _ in find_installed_hooks(directory)]
    return any(is_ours(path) and is_runnable(path) for path in ours)


def is_repository(directory: str) -> bool:
    """Say whether a folder is a bare repository, by what git itself looks for."""
    return all(os.path.exists(os.path.join(directory, name)) for name in ("HEAD", "objects", "refs"))


def _select_files(directory: str, name: str, forge: Forge) -> tuple[tuple[str, str], ...]:
    if not os.path.isdir(directory):
        raise UsageError(f"{directory} is no folder.", "Give the repository, or the folder the forge takes hooks from.")
    within = is_repository(directory)
    files = forge.files if within else forge.shared
    if not files:
        where = "one repository" if within else "a folder that repositories share"
        raise UsageError(f"{name} takes no hooks from {where}.", f"See docs/servers/{name}.md.")
    return files
