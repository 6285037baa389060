"""Hooks of one user for all repositories, by `core.hooksPath` of that user's configuration.

Git then runs no hook of a repository's own folder. So ours run it, and for each hook that ringfence doesn't have a
script hands on to it.
"""

from __future__ import annotations

import os

from ..errors import UsageError
from ..git.hook_files import HANDS_ON, hands_on, is_ours
from ..git.repo import Repo
from ..resources import find_user_folder
from .client_hooks import CLIENT, OWN, UNCHANGED, install_hook, remove_hook

KEY = "core.hooksPath"
# What git 2.39 and later call, https://git-scm.com/docs/githooks. Without push-to-checkout: where there is such a hook
# git leaves the work tree to it. Git finds fsmonitor-watchman by another setting.
_OTHERS = (
    "pre-applypatch", "post-applypatch", "post-commit", "pre-rebase", "post-checkout", "post-rewrite", "pre-auto-gc",
    "reference-transaction", "post-index-change", "sendemail-validate", "pre-receive", "update", "proc-receive",
    "post-receive", "post-update", "p4-changelist", "p4-prepare-changelist", "p4-post-changelist", "p4-pre-submit",
)  # fmt: skip
_SCRIPT = """#!/bin/sh
# {hands_on}, which core.hooksPath hides: nothing is judged here.
dir=${{GIT_DIR:-.git}}
if [ ! -d "$dir" ] || [ -e "$dir/commondir" ]; then dir=$(git rev-parse --git-common-dir) || exit 1; fi
own=$dir/hooks/${{0##*/}}
[ -f "$own" ] && [ -x "$own" ] || exit {without}
exec "$own" "$@"
"""


def install_global_hooks(policy: str = "") -> list[str]:
    """Install the hooks for all repositories of this user; return what was done, a sentence each.

    Args:
        policy: The path of a policy that holds in all of them, or "".

    Raises:
        UsageError: The user has no home, or git takes hooks from folders that aren't this user's own.
        GitError: The configuration can't be written.
    """
    folder = find_global_folder()
    if not folder:
        folder = _find_own_folder()
        os.makedirs(folder, exist_ok=True)
        _set_value(KEY, folder)
    is_own = folder == _find_own_folder()
    option = OWN if is_own else ""  # in a folder that was there before, no hook of a repository ran
    done = [install_hook(folder, name, f'{name} "$@"', option) for name in CLIENT]
    if is_own:
        for name in _OTHERS:
            _write_script(folder, name)
    if policy:
        _set_value("ringfence.policy", os.path.abspath(policy))
        done.append(f"ringfence.policy = {os.path.abspath(policy)}, for all repositories of this user")
    if all(sentence.endswith(UNCHANGED) for sentence in done):
        return [f"{UNCHANGED}: git runs hooks from {folder} (git config --global {KEY})"]
    more = ", and after them those of each repository's own folder" if is_own else ""
    return [*done, f"git runs hooks from {folder} (git config --global {KEY}){more}"]


def uninstall_global_hooks() -> list[str]:
    """Remove the hooks for all repositories of this user; return what was done, a sentence each.

    Raises:
        GitError: The configuration can't be written.
    """
    folder = _get_value("--global")
    if not os.path.isabs(folder) or not os.path.isdir(folder):
        return []
    done = [sentence for name in CLIENT for sentence in remove_hook(folder, name)]
    for name in _OTHERS:
        if hands_on(os.path.join(folder, name)):
            os.remove(os.path.join(folder, name))
    if done and Repo("/").run("config", "--global", "--get", "ringfence.policy", ok=(0, 1, 128)):
        done.append("ringfence.policy stays: git config --global --unset ringfence.policy")
    if folder != _find_own_folder():
        return done
    if rest := sorted(os.listdir(folder)):
        return [*done, f"{KEY} stays, since {folder} has hooks of others: {', '.join(rest)}"]
    os.rmdir(folder)
    Repo("/").run("config", "--global", "--unset-all", KEY)
    return [*done, f"git config --global {KEY}: removed; git runs each repository's own hooks"]


def find_global_folder() -> str:
    """Return the folder that this user's configuration makes git run hooks from; "" for none.

    Raises:
        UsageError: It is another one for each repository, or the system's configuration names one.
    """
    if folder := _get_value("--global"):
        if not os.path.isabs(folder):
            raise UsageError(
                f"git config --global {KEY} is {folder}, another folder in each repository.",
                "Type `ringfence install` in each, or remove the setting.",
            )
        return os.path.normpath(folder)
    if folder := _get_value("--system"):
        raise UsageError(
            f"this machine's configuration has git run hooks from {folder}, which a setting of yours would hide.",
            "Have its administrator put ringfence's hooks there, or type `ringfence install` in each repository.",
        )
    return ""


def find_hidden_folder() -> str:
    """Return the folder of this user's hooks, which a repository's own setting may hide; "" where ours aren't there."""
    folder = _get_value("--global")
    return folder if folder and is_ours(os.path.join(folder, CLIENT[0])) else ""


def _find_own_folder() -> str:
    if folder := find_user_folder("XDG_CONFIG_HOME", ".config"):
        return os.path.join(folder, "hooks")
    raise UsageError("this user has no home to install hooks in.", "Set HOME.")


def _write_script(folder: str, name: str) -> None:
    path = os.path.join(folder, name)
    if os.path.lexists(path) and not hands_on(path):
        return  # another tool put it here, and knows what it does
    with open(path, "w", encoding="utf-8") as file:
        # Without a proc-receive hook, git refuses the refs for which one is configured.
        file.write(_SCRIPT.format(hands_on=HANDS_ON, without=int(name == "proc-receive")))
    os.chmod(path, 0o755)  # noqa: S103 - git must be able to run it


def _get_value(scope: str) -> str:
    output = Repo("/").run("config", scope, "--type=path", "--get", KEY, ok=(0, 1, 128))
    return os.fsdecode(output.rstrip(b"\n"))


def _set_value(key: str, text: str) -> None:
    Repo("/").run("config", "--global", "--replace-all", key, text)
