"""Which repository a folder lies in, and whether git opens it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..errors import GitError, PolicyError
from ..git.repo import Repo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# How git's last words begin where there is no repository.
_NO_REPOSITORY = ("not a git repository", "Stopping at filesystem boundary")


def find_folder(path: str) -> str:
    """Return the nearest existing folder of a path, with links resolved; the path itself need not exist.

    Raises:
        PolicyError: There is none.
    """
    path = os.path.realpath(path)
    while not os.path.isdir(path):
        path, child = os.path.dirname(path), path
        if path == child:
            raise PolicyError(f"{path} isn't in a folder.")
    return path


def check_repository(folder: str) -> None:
    """Check that git opens the repository that a folder lies in; it would pass for an ordinary folder otherwise.

    Raises:
        GitError: It doesn't: the repository is damaged, or belongs to another user.
    """
    nearest = next((it for it in _iter_ancestors(folder) if _has_repository(it)), None)
    repo = Repo(folder)
    child = repo.start("rev-parse", "--git-dir")
    child.stdout.read()
    if child.wait():
        if nearest is None and any(words in child.last_error for words in _NO_REPOSITORY):
            return
        foreign = "safe.directory" in child.last_error
        why = "it belongs to another user (dubious ownership)" if foreign else child.last_error[:200]
        raise GitError(f"git can't open the repository of {nearest or folder}: {why}.")
    dot = os.path.join(nearest or folder, ".git")
    # Git passes over a damaged .git, and takes the next repository further up.
    if os.path.lexists(dot) and not repo.succeeds("rev-parse", "--resolve-git-dir", dot):
        raise GitError(f"git can't open the repository of {nearest}: its .git is damaged.")


def _iter_ancestors(folder: str) -> Iterator[str]:
    """Yield a folder and those above it."""
    yield folder
    while (above := os.path.dirname(folder)) != folder:
        yield (folder := above)


def _has_repository(folder: str) -> bool:
    try:
        names = os.listdir(folder)
    except OSError:
        return os.path.lexists(os.path.join(folder, ".git"))
    return is_repository(names, names)


def is_repository(names: Iterable[str], files: Iterable[str]) -> bool:
    """Say whether a folder with these folders and files is a work tree or a bare repository, sound or damaged."""
    if ".git" in names or ".git" in files:
        return True
    return {"objects", "refs"} <= set(names) and not {"HEAD", "config", "packed-refs"}.isdisjoint(files)
