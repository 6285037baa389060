"""Puts hooks in place and takes them out again; whatever was there before stays and goes on running."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import site
import sys
from typing import TYPE_CHECKING

import git

from ..errors import UsageError
from ..resources import OURS, find_shipped_folder

if TYPE_CHECKING:
    from collections.abc import Iterable

CLIENT = ("pre-commit", "pre-merge-commit", "prepare-commit-msg", "commit-msg", "applypatch-msg", "pre-push")
SERVER = ("pre-receive",)
ASIDE = ".before-ringfence"  # what the hook was that runs first, or then
NOT_RUN = ".not-run"  # what git passed over
LEGACY = ".legacy"  # where the pre-commit framework puts what it finds
_CALL = "exec ringfence hook"
# -I keeps what lies in the repository, in PYTHONPATH or in a user's site-packages out of the gate; -S saves the 3 ms
# of looking for packages, whose place is known.
FLAGS = "-IS"
_START = """import sys
sys.path += {places}
try:
    from ringfence.hook import main
except ImportError:  # another Python lives here now
    import site
    site.main()
    from ringfence.hook import main
main()"""


def open_repo(directory: str | None) -> git.Repo:
    """Open a repository.

    Raises:
        UsageError: There is none.
    """
    try:
        return git.Repo(directory or ".", search_parent_directories=True)
    except git.NoSuchPathError:
        raise UsageError(f"{directory} isn't there.", "Name a repository's folder.") from None
    except git.InvalidGitRepositoryError:
        raise UsageError(
            f"{directory or 'this folder'} isn't in a git repository.", "Go into one, or name its folder."
        ) from None


def find_hooks_folder(repo: git.Repo) -> str:
    """Return the folder that git takes hooks from, wherever `core.hooksPath` points."""
    path: str = repo.git.rev_parse("--git-path", "hooks")
    return os.path.normpath(os.path.join(repo.working_dir, path))


def install_hooks(repo: git.Repo, names: Iterable[str], options: str = "") -> list[str]:
    """Put hooks in place, with options of `ringfence hook`, and return what was done, a sentence each.

    Raises:
        UsageError: Git takes hooks from a folder that other repositories share.
    """
    place = find_hooks_folder(repo)
    if not _is_within(place, map(str, (repo.common_dir, repo.working_dir))):
        raise UsageError(
            f"core.hooksPath makes git take hooks from {place}, which isn't this repository's.",
            f"Either git config --local core.hooksPath {os.path.join(repo.common_dir, 'hooks')}, or put the shipped "
            f"hooks there: {find_shipped_folder('hooks')}",
        )
    os.makedirs(place, exist_ok=True)
    return [install_hook(place, name, f'{name} "$@"', options) for name in names]


def uninstall_hooks(repo: git.Repo) -> list[str]:
    """Take our hooks out, put back what was there before, and return what was done."""
    place = find_hooks_folder(repo)
    done = []
    for name in (*CLIENT, *SERVER, "proc-receive", "post-receive", "update"):
        path = os.path.join(place, name)
        if is_ours(path + LEGACY):
            os.remove(path + LEGACY)  # the pre-commit framework would go on running it
        done += remove_hook(place, name)
    # Without the hook git would refuse every push; what is put aside stays hidden.
    repo.git.config("--local", "--unset-all", "receive.procReceiveRefs", "^refs$", with_exceptions=False)
    if tags := repo.git.config("--get-all", "ringfence.tag", with_exceptions=False).split():
        done.append(f"still tagged {', '.join(tags)}; to untag: git config --unset-all ringfence.tag")
    return done


def add_tags(repo: git.Repo, tags: Iterable[str]) -> None:
    """Write tags into the repository's own configuration, each once."""
    held = repo.git.config("--get-all", "ringfence.tag", with_exceptions=False).split()
    for name in tags:
        if name not in held:
            repo.git.config("--add", "ringfence.tag", name)


def is_ours(path: str) -> bool:
    """Say whether a hook is ringfence's."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return OURS in file.read(4096)
    except OSError:
        return False


def is_runnable(path: str) -> bool:
    """Say whether git would run a hook: it is a file, and has a run bit."""
    return os.path.isfile(path) and os.access(path, os.X_OK)


def build_hook_script(words: str, options: str = "", *, then: bool) -> str:
    """Return a hook that calls us with words of sh, with our own Python and packages in it: a PATH knows no venv."""
    with open(os.path.join(find_shipped_folder("hooks"), SERVER[0]), encoding="utf-8") as file:
        shipped, _, _ = file.read().partition(_CALL)
    ours = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    code = _START.format(places=json.dumps(list(dict.fromkeys([ours, *site.getsitepackages()]))))
    call = f"exec {shlex.quote(sys.executable)} {FLAGS} -c {shlex.quote(code)}"
    chained = f'--then "$0{ASIDE}"' if then else ""
    return f"{shipped}{' '.join(filter(None, (call, options, chained, words)))}\n"


def install_hook(place: str, name: str, words: str, options: str = "") -> str:
    """Put a hook into a folder, after whatever was there, and return what was done."""
    path = os.path.join(place, name)
    done = f"{name}: installed"
    if os.path.lexists(path) and not is_ours(path):
        is_run = is_runnable(path)
        if is_run and os.path.lexists(path + ASIDE):
            kept = _find_free_path(path + ASIDE)
            os.rename(path + ASIDE, kept)
            done += f"; what was set aside before is kept as {os.path.basename(kept)}"
        os.rename(path, path + ASIDE if is_run else _find_free_path(path + NOT_RUN))
        done += (
            f"; the hook that was there runs too, as {name}{ASIDE}"
            if is_run
            else f"; what was there wasn't run by git (no run bit, or a dead link) and is now {name}{NOT_RUN}"
        )
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(build_hook_script(words, options, then=os.path.exists(path + ASIDE)))
    os.chmod(temporary, 0o755)  # noqa: S103 - git, whoever runs it, must be able to run it
    os.replace(temporary, path)
    return done


def remove_hook(place: str, name: str) -> list[str]:
    """Take a hook of ours out of a folder, put back what was there before, and return what was done."""
    path = os.path.join(place, name)
    if not is_ours(path):
        return []
    os.remove(path)
    for aside in (ASIDE, NOT_RUN):
        if os.path.lexists(path + aside):
            os.rename(path + aside, path)
            return [f"{name}: removed, and put back what was there before"]
    return [f"{name}: removed"]


def _find_free_path(path: str) -> str:
    """Return a path where nothing lies: this one, or with a number behind it."""
    names = (path, *(f"{path}.{number}" for number in range(2, 1000)))
    return next(name for name in names if not os.path.lexists(name))


def _is_within(path: str, folders: Iterable[str]) -> bool:
    real = os.path.realpath(path)
    return any(os.path.commonpath([real, os.path.realpath(place)]) == os.path.realpath(place) for place in folders)


def find_pre_commit() -> list[str]:
    """Return how to call pre-commit, or prek, which reads the same file.

    Raises:
        UsageError: Neither is here.
    """
    beside = os.path.dirname(sys.executable)
    for name in ("pre-commit", "prek"):
        if found := shutil.which(name) or shutil.which(name, path=beside):
            return [found]
    raise UsageError("pre-commit isn't installed.", "pip install 'ringfence[pre-commit]'")
