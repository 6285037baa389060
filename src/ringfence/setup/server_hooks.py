"""Installs and removes the hooks that a forge calls, in one repository or in the folder that all repositories share.

Hooks are listed as (file, arguments): a path below that folder, and the arguments of `ringfence hook` as sh reads them.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..git.hook_files import is_ours, is_runnable
from ..records.quarantine import HIDDEN
from ..sources.forges import FORGES, load_forge
from .client_hooks import install_hook, install_hooks, remove_hook
from .git_config import add_value, find_hooks_folder, list_local_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    import git

    from ..sources.forges.base import Forge

QUARANTINE = (("receive.procReceiveRefs", "refs"), ("transfer.hideRefs", HIDDEN))


def install_forge_hooks(directory: str, name: str, options: str = "", *, update: bool = False) -> list[str]:
    """Install a forge's hooks and return what was done, a sentence each.

    Args:
        directory: A bare repository, or the folder from which the forge runs the hooks of all repositories.
        name: The forge.
        options: Further options of `ringfence hook`.
        update: Install the hook that is called for each ref, instead of the one that is called for a push.

    Raises:
        UsageError: The forge runs no such hooks from there.
    """
    forge = load_forge(name)
    files = [
        (file, arguments)
        for file, arguments in _select_files(directory, name, forge)
        if arguments.startswith("update") == update
    ]
    if not files:
        raise UsageError(f"{name} runs no such hook from {directory}.", f"See docs/servers/{name}.md.")
    done = []
    for file, arguments in files:
        folder = os.path.dirname(os.path.join(directory, file))
        os.makedirs(folder, exist_ok=True)
        sentence = install_hook(folder, os.path.basename(file), arguments, f"--forge {name} {options}".rstrip())
        done.append(os.path.join(os.path.dirname(file), sentence))
    return [*done, *([f"now: {forge.next_step}"] if forge.next_step and not update else [])]


def uninstall_forge_hooks(directory: str) -> list[str]:
    """Remove our hooks that a forge calls, with folders that are empty then, and return what was done."""
    done = []
    for file, _ in find_installed_hooks(directory):
        folder = os.path.dirname(os.path.join(directory, file))
        removed = remove_hook(folder, os.path.basename(file))
        done += [os.path.join(os.path.dirname(file), sentence) for sentence in removed]
        while removed and os.path.realpath(folder) != os.path.realpath(directory):
            with contextlib.suppress(OSError):  # the folder isn't empty
                os.rmdir(folder)
            folder = os.path.dirname(folder)
    return done


def install_quarantine(repo: git.Repo) -> list[str]:
    """Let our proc-receive hook decide about every ref and hide the refs of the quarantine; return what was done.

    Raises:
        UsageError: There is another proc-receive hook, and git calls only one.
    """
    folder = find_hooks_folder(repo)
    if os.path.lexists(os.path.join(folder, "proc-receive")) and not is_ours(os.path.join(folder, "proc-receive")):
        raise UsageError(f"{folder} has a proc-receive hook already.", "Without ours, refused pushes go into bundles.")
    done = install_hooks(repo, ("proc-receive",))
    for key, value in QUARANTINE:
        if value not in list_local_values(repo, key):
            add_value(repo, key, value)
    return [*done, "refused pushes are quarantined, in refs that git hides from clients"]


def check_quarantine(repo: git.Repo) -> dict[str, bool]:
    """Return the parts that a quarantine in hidden refs needs, by name, and whether each is there."""
    path = os.path.join(find_hooks_folder(repo), "proc-receive")
    settings = {f"{key} = {value}": value in list_local_values(repo, key) for key, value in QUARANTINE}
    return {"proc-receive": is_ours(path) and is_runnable(path)} | settings


def find_installed_hooks(directory: str) -> list[tuple[str, str]]:
    """Return our hooks in a folder that a forge calls, as (file, arguments)."""
    forges = [load_forge(name) for name in FORGES if name != "plain"]
    files = dict(pair for forge in forges for pair in (*forge.files, *forge.shared))
    return [(file, arguments) for file, arguments in files.items() if is_ours(os.path.join(directory, file))]


def find_caller(file: str) -> str:
    """Return the file that the forge writes itself to call this one, or "" where it calls this one directly."""
    return next((forge.caller for forge in map(load_forge, FORGES) if forge.caller and file in dict(forge.files)), "")


def find_repositories(root: str) -> Iterator[str]:
    """Yield the bare repositories below a folder, sorted; those of work trees are left out, submodules' included."""
    for folder, names, _ in os.walk(root):
        names.sort()
        if is_repository(folder):
            names.clear()
            if os.path.basename(folder) != ".git" or _is_bare(folder):
                yield folder


def _is_bare(directory: str) -> bool:
    with open(os.path.join(directory, "config"), "rb") as file:
        return b"bare=true" in file.read().lower().replace(b" ", b"")


def is_repository(directory: str) -> bool:
    """Say whether a folder is a bare repository, by the entries that git itself looks for."""
    return all(os.path.exists(os.path.join(directory, name)) for name in ("HEAD", "objects", "refs"))


def _select_files(directory: str, name: str, forge: Forge) -> tuple[tuple[str, str], ...]:
    if not os.path.isdir(directory):
        raise UsageError(
            f"{directory} isn't a folder.", "Give the repository, or the folder from which the forge runs hooks."
        )
    is_single = is_repository(directory)
    files = forge.files if is_single else forge.shared
    if not files:
        where = "one repository" if is_single else "a folder that repositories share"
        raise UsageError(f"{name} runs no hooks from {where}.", f"See docs/servers/{name}.md.")
    return files
