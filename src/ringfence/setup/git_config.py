"""Reads and writes a repository's configuration through git itself.

GitPython parses single files: it doesn't know the environment's settings (`git -c`) or those of a work tree, and its
writer drops comments. So it writes only the configuration of repositories that ringfence has created.
"""

from __future__ import annotations

import os
import re
import shlex
from typing import TYPE_CHECKING

from ..errors import GitError
from ..git.hook_files import hands_on
from ..git.repo import Repo
from ..repository import Repository

if TYPE_CHECKING:
    import git


_PLAIN = re.compile(r"[\w./@:+-]+(?: [\w./@:+-]+)*")  # a value that git writes without quotes
_TRUST = "git config --global --add safe.directory"  # in git's message about a repository of another user


def find_hooks_folder(repo: git.Repo) -> str:
    """Return the folder from which git runs hooks, by `core.hooksPath` where that is set.

    A bare repository's own hooks run even where this user has some for all repositories, which hand on to them.
    """
    path = os.fsdecode(_run_git(repo, "rev-parse", "--git-path", "hooks").rstrip(b"\n"))
    folder = os.path.normpath(os.path.join(repo.working_dir, path))
    return os.path.join(repo.common_dir, "hooks") if repo.bare and hands_on(f"{folder}/pre-receive") else folder


def list_settings(repo: git.Repo) -> list[tuple[str, str]]:
    """Return all settings that git sees, as (key in lower case, value), in git's order: later ones win."""
    listing = os.fsdecode(_run_git(repo, "config", "--list", "-z"))
    return [(key, value) for key, _, value in (entry.partition("\n") for entry in listing.split("\0") if entry)]


def list_tags(repo: git.Repo) -> list[str]:
    """Return the tags that git's settings give the repository."""
    return [value for key, value in list_settings(repo) if key == "ringfence.tag"]


def list_local_values(repo: git.Repo, key: str) -> list[str]:
    """Return the values of a key in the repository's own configuration, as the gate reads them.

    `key` is one of those that the gate asks git for (`Repo.request_settings`).
    """
    return Repository(Repo(str(repo.git_dir)), server=True).get_local_settings(key.lower())


def add_value(repo: git.Repo, key: str, value: str) -> None:
    """Add a value of a key to the repository's own configuration.

    Raises:
        GitError: The file can't be written.
    """
    _run_git(repo, "config", "--local", "--add", key, value)


def set_value(repo: git.Repo, key: str, value: str) -> None:
    """Set the one value of a key in the repository's own configuration.

    Raises:
        GitError: The file can't be written.
    """
    _run_git(repo, "config", "--local", "--replace-all", key, value)


def remove_values(repo: git.Repo, key: str, pattern: str) -> None:
    """Remove the values of a key that match a regular expression from the repository's own configuration.

    Raises:
        GitError: The file can't be written.
    """
    _run_git(repo, "config", "--local", "--unset-all", key, pattern, ok=(0, 5))  # 5: there was none


def append_section(directory: str, section: str, values: dict[str, str]) -> bool:
    """Append a section to the configuration of a bare repository, whole or not at all, under git's own lock.

    Git takes a process for each value. Return False, with nothing written, where only git can do it: the section is
    there, a value needs quotes, git may refuse the repository, or the file is locked.

    Raises:
        OSError: The file can't be written.
    """
    path = os.path.realpath(os.path.join(directory, "config"))
    if not all(map(_PLAIN.fullmatch, values.values())) or os.stat(directory).st_uid != os.geteuid():
        return False
    try:
        lock = os.open(f"{path}.lock", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        return False
    try:
        with open(lock, "wb") as new, open(path, "rb") as file:
            content = file.read()
            if is_new := f"[{section}".encode() not in content.lower():
                lines = [f"[{section}]", *(f"\t{key} = {value}" for key, value in values.items()), ""]
                new.write(content + b"\n" * (not content.endswith(b"\n")) + os.fsencode("\n".join(lines)))
                os.fchmod(new.fileno(), os.fstat(file.fileno()).st_mode & 0o7777)
    except OSError:
        os.unlink(f"{path}.lock")
        raise
    if is_new:
        os.replace(f"{path}.lock", path)
    else:
        os.unlink(f"{path}.lock")
    return is_new


def _run_git(repo: git.Repo, *args: str, ok: tuple[int, ...] = (0,)) -> bytes:
    """Run git in a repository that GitPython has opened, with the settings of the caller's environment.

    Raises:
        GitError: Git failed, or refuses a repository that belongs to another user.
    """
    directory = str(repo.working_dir)
    try:
        return Repo(directory, keep_settings=True).run(*args, ok=ok)
    except GitError as error:
        if _TRUST not in error.message:
            raise
        raise GitError(
            f"{directory} belongs to another user, so git refuses it (dubious ownership).",
            f"If you trust it: {_TRUST} {shlex.quote(directory)}",
        ) from None
