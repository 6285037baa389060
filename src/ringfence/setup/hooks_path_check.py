"""Checks which folder git runs a repository's hooks from: its own, one user's for all repositories, or another."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..git.hook_files import find_own_hook, is_ours
from .client_hooks import CLIENT, SERVER
from .global_hooks import find_hidden_folder
from .host_checks import CheckResult

if TYPE_CHECKING:
    from collections.abc import Iterator

    import git


def check_hooks_path(repo: git.Repo, settings: list[tuple[str, str]], folder: str) -> Iterator[CheckResult]:
    """Yield which folder git runs hooks from, and which hooks of the repository's own run as well.

    `settings` are git's, as (key, value), and `folder` is what follows from them.
    """
    configured = [value for key, value in settings if key == "core.hookspath"]
    usual = os.path.join(repo.common_dir, "hooks")
    if not configured:
        yield CheckResult("hooks folder", is_good=True, detail=folder)
        return
    users = find_hidden_folder()
    is_users = os.path.realpath(folder) == os.path.realpath(users) if users else False
    if is_users:
        yield CheckResult("hooks folder", True, f"{folder} (core.hooksPath of this user, for all repositories)")
        if found := _list_own_hooks(usual):
            yield CheckResult("own hooks", True, f"{', '.join(found)} of {usual} run too")
    elif users and not repo.bare:
        yield _check_own_setting(folder, configured[-1], users)
    elif os.path.realpath(folder) != os.path.realpath(usual) and any(
        is_ours(os.path.join(usual, name)) for name in (*CLIENT, *SERVER)
    ):
        detail = f"core.hooksPath = {configured[-1]} hides the hooks in {usual}"
        yield CheckResult(
            "hooks folder", False, detail, "git config --unset core.hooksPath, or ringfence install again"
        )
    else:
        detail, advice = f"{folder} (core.hooksPath)", f"{folder} doesn't exist, so git runs no hook"
        yield CheckResult("hooks folder", os.path.isdir(folder), detail, advice)


def _check_own_setting(folder: str, value: str, users: str) -> CheckResult:
    """Check a setting of the repository's own, of husky or another manager: git runs no hook of the user's there."""
    is_good = any(is_ours(os.path.join(folder, name)) for name in CLIENT)
    detail = f"core.hooksPath = {value} of this repository wins over this user's {users}"
    return CheckResult("hooks folder", is_good, detail, "ringfence install puts the hooks into this repository's too")


def _list_own_hooks(usual: str) -> list[str]:
    """Return the names of the hooks of a repository's own that the user's hooks run, ringfence's own left out."""
    names = {*CLIENT, *(os.listdir(usual) if os.path.isdir(usual) else ())}
    return sorted(name for name in names if "." not in name and find_own_hook(usual, name))
