"""Tells files in a folder of hooks apart: ours, those that hand on to a repository's own, and what git would run."""

from __future__ import annotations

import os

from ..resources import KEPT, OURS

HANDS_ON = "Hands on to the repository's own hook"  # in scripts of `install --global` that judge nothing
_HEAD = 4096  # characters of a script in which its mark stands


def is_ours(path: str) -> bool:
    """Say whether a file is a hook of ringfence's."""
    return _has_mark(path, OURS)


def hands_on(path: str) -> bool:
    """Say whether a file is a script of `install --global` that runs the repository's own hook and judges nothing."""
    return _has_mark(path, HANDS_ON)


def is_runnable(path: str) -> bool:
    """Say whether git would run a hook: it is a file, and executable."""
    return os.path.isfile(path) and os.access(path, os.X_OK)


def find_kept_hook(folder: str, name: str) -> str:
    """Return the path at which a hook that was there before is kept, under its own name."""
    return os.path.join(folder, KEPT, name)


def find_own_hook(folder: str, name: str) -> str:
    """Return the hook in a repository's own folder, or the one before ringfence's; "" for none that git would run."""
    path = os.path.join(folder, name)
    path = find_kept_hook(folder, name) if is_ours(path) else path
    return path if is_runnable(path) else ""


def _has_mark(path: str, mark: str) -> bool:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return mark in file.read(_HEAD)
    except OSError:
        return False
