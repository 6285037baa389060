"""Finds the hook in a repository's own folder, where git runs one user's hooks for all repositories instead."""

from __future__ import annotations

import os

from ..git.repo import Repo
from ..resources import KEPT, OURS


def find_own_hook(name: str) -> str:
    """Return the path of the hook that git would run without `core.hooksPath`, or "" where there is none.

    Of a hook of ringfence's, which has been asked already, it is the one that was there before.
    """
    folder = os.path.join(Repo().find_common_directory(), "hooks")
    path = os.path.join(folder, name)
    if _is_runnable(path) and _is_ours(path):
        path = os.path.join(folder, KEPT, name)
    return path if _is_runnable(path) else ""


def _is_runnable(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)


def _is_ours(path: str) -> bool:
    with open(path, "rb") as file:
        return OURS.encode() in file.read(4096)
