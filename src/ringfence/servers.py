"""Puts the gate where a forge calls it, in a repository or in the folder that all repositories share, and takes it out.

Below: a folder on the server, and in it files that the forge runs, each with the words it is called by.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from .errors import UsageError
from .forges import FORGES, named
from .install import put, take_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .forges.base import Forge


def install(directory: str, name: str, options: str = "", *, update: bool = False) -> list[str]:
    """Put a forge's hooks in place and return what was done, a sentence each.

    Args:
        directory: A bare repository, or the folder from which the forge takes the hooks of all of them.
        name: The forge.
        options: Further options of `ringfence hook`.
        update: What the forge calls for each ref, instead of what it calls for a push.

    Raises:
        UsageError: The forge takes no hooks from there.
    """
    forge = named(name)
    files = [(file, words) for file, words in _files(directory, name, forge) if words.startswith("update") == update]
    if not files:
        raise UsageError(f"{name} has no such hook to take from {directory}.", f"See docs/servers/{name}.md.")
    done = []
    for file, words in files:
        folder = os.path.dirname(os.path.join(directory, file))
        os.makedirs(folder, exist_ok=True)
        said = put(folder, os.path.basename(file), words, f"--forge {name} {options}".rstrip())
        done.append(os.path.join(os.path.dirname(file), said))
    return [*done, *([f"now: {forge.then}"] if forge.then and not update else [])]


def uninstall(directory: str) -> list[str]:
    """Take out what any forge calls, and return what was done."""
    done = []
    for file in installable():
        folder = os.path.dirname(os.path.join(directory, file))
        removed = take_out(folder, os.path.basename(file))
        done += [os.path.join(os.path.dirname(file), said) for said in removed]
        while removed and os.path.realpath(folder) != os.path.realpath(directory):
            with contextlib.suppress(OSError):  # something else is in it
                os.rmdir(folder)
            folder = os.path.dirname(folder)
    return done


def installable() -> Iterator[str]:
    """Yield every file that a forge other than a plain server can call, below a repository or a shared folder."""
    forges = [named(name) for name in FORGES if name != "plain"]
    yield from dict.fromkeys(file for forge in forges for file, _ in (*forge.files, *forge.shared))


def is_repository(directory: str) -> bool:
    """Say whether a folder is a bare repository, by what git itself looks for."""
    return all(os.path.exists(os.path.join(directory, name)) for name in ("HEAD", "objects", "refs"))


def _files(directory: str, name: str, forge: Forge) -> tuple[tuple[str, str], ...]:
    if not os.path.isdir(directory):
        raise UsageError(f"{directory} is no folder.", "Give the repository, or the folder the forge takes hooks from.")
    within = is_repository(directory)
    files = forge.files if within else forge.shared
    if not files:
        where = "one repository" if within else "a folder that repositories share"
        raise UsageError(f"{name} takes no hooks from {where}.", f"See docs/servers/{name}.md.")
    return files
