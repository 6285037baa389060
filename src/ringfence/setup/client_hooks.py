"""Installs and removes hooks; a hook that was there before is kept and runs as well."""

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
from ..git.hook_files import find_kept_hook, is_ours, is_runnable
from ..resources import KEPT, find_shipped_folder
from . import git_config
from .git_config import find_hooks_folder

if TYPE_CHECKING:
    from collections.abc import Iterable

CLIENT = (
    "pre-commit", "pre-merge-commit", "prepare-commit-msg", "commit-msg", "applypatch-msg", "post-merge", "pre-push",
)  # fmt: skip
SERVER = ("pre-receive",)
OLD_SUFFIX = f".{KEPT}"  # of a hook that was there before, where versions up to 0.1.0 kept it
NOT_RUN = ".not-run"  # suffix of a file that git ignored
LEGACY = ".legacy"  # suffix under which the pre-commit framework keeps a hook that was there before
UNCHANGED = "in place already"
OWN = "--own"  # option of a hook for all repositories: the one in the repository's own folder runs, too
_CALL = "exec ringfence hook"
# -I keeps modules of the repository, of PYTHONPATH and of a user's site-packages out of the gate; -S saves the 3 ms of
# searching for packages, whose folder is known.
FLAGS = "-IS"
_START = """import sys
sys.path += {folders}
try:
    from ringfence.{module} import main
except ImportError:  # another version of Python is installed here now
    import os, site
    site.main()
    try:
        from ringfence.{module} import main
    except ImportError as error:
        {drain}sys.exit("ringfence: {python}: %s; nothing was checked.\\n  {remedy}" % (error{where}))
main()"""
_REMEDY = "Install ringfence again, then: ringfence install"


def open_repo(directory: str | None) -> git.Repo:
    """Open the repository that a directory lies in; None is the current directory.

    Raises:
        UsageError: There is none.
    """
    try:
        return git.Repo(directory or ".", search_parent_directories=True)
    except git.NoSuchPathError:
        raise UsageError(f"{directory} doesn't exist.", "Name a repository's folder.") from None
    except git.InvalidGitRepositoryError:
        raise UsageError(
            f"{directory or 'this folder'} isn't in a git repository.", "Go into one, or name its folder."
        ) from None


def install_hooks(repo: git.Repo, names: Iterable[str], options: str = "") -> list[str]:
    """Install hooks that call `ringfence hook` with further options, and return what was done, a sentence each.

    Raises:
        UsageError: Git runs hooks from a folder that other repositories share.
    """
    folder, names = find_hooks_folder(repo), list(names)
    if not is_within(folder, repo):
        if all(is_ours(path) and is_runnable(path) for path in (os.path.join(folder, name) for name in names)):
            return [f"hooks of ringfence run here already, from {folder} (core.hooksPath)"]
        raise UsageError(
            f"core.hooksPath makes git run hooks from {folder}, which isn't this repository's.",
            f"Either git config --local core.hooksPath {os.path.join(repo.common_dir, 'hooks')}, or put the shipped "
            f"hooks there: {find_shipped_folder('hooks')}",
        )
    os.makedirs(folder, exist_ok=True)
    return [install_hook(folder, name, f'{name} "$@"', options) for name in names]


def uninstall_hooks(repo: git.Repo) -> list[str]:
    """Remove our hooks, restore those that were there before, and return what was done, a sentence each."""
    folder, done = find_hooks_folder(repo), []
    if not is_within(folder, repo):
        done += [f"hooks go on running here from {folder} (core.hooksPath), which isn't this repository's"]
        folder = os.path.join(repo.common_dir, "hooks")
    for name in (*CLIENT, *SERVER, "proc-receive", "post-receive", "update"):
        path = os.path.join(folder, name)
        if is_ours(path + LEGACY):
            os.remove(path + LEGACY)  # the pre-commit framework would go on running it
        done += remove_hook(folder, name)
    # Without the hook git would refuse every push. The refs in quarantine stay hidden.
    git_config.remove_values(repo, "receive.procReceiveRefs", "^refs$")
    if tags := git_config.list_tags(repo):
        done.append(f"still tagged {', '.join(tags)}; to untag: git config --unset-all ringfence.tag")
    return done


def add_tags(repo: git.Repo, tags: Iterable[str]) -> None:
    """Add the tags that git's settings don't hold yet to the repository's own configuration."""
    present = git_config.list_tags(repo)
    for tag in dict.fromkeys(tags):
        if tag not in present:
            git_config.add_value(repo, "ringfence.tag", tag)


def build_hook_script(arguments: str, options: str = "", *, is_chained: bool, module: str = "hook") -> str:
    """Return the text of a hook that starts ringfence with the Python and the packages of this installation.

    A virtual environment isn't on git's PATH, so the hook names the interpreter.

    Args:
        arguments: Of `ringfence hook`, as sh reads them: `pre-push "$@"`.
        options: Of `ringfence hook`.
        is_chained: The hook that was there before runs as well.
        module: The module of ringfence whose `main` answers.
    """
    with open(os.path.join(find_shipped_folder("hooks"), SERVER[0]), encoding="utf-8") as file:
        shipped, _, _ = file.read().partition(_CALL)
    ours = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    python, is_server = shlex.quote(sys.executable), arguments.split(maxsplit=1)[0] not in CLIENT
    is_read = module == "fetch"  # where nobody reads what git sends, it ends by SIGPIPE and passes no message on
    more = " --reads" if is_read else " --global" if options == OWN else ""
    code = _START.format(
        module=module,
        drain="sys.stdin.buffer.read()\n        " if is_read else "",
        folders=json.dumps(list(dict.fromkeys([ours, *site.getsitepackages()]))),
        python=sys.executable.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%"),
        remedy=_REMEDY + " --server %s" * is_server + more,
        where=", os.getcwd()" if is_server else ",",
    )
    gone = shlex.quote(f"ringfence: its Python, {sys.executable}, is gone: nothing was checked.")
    remedy = f'"  {_REMEDY}' + (f' --server $(pwd){more}"' if is_server else f'{more}"')
    shipped += f"[ -x {python} ] || {{ printf '%s\\n' {gone} {remedy} >&2;{' cat >/dev/null;' * is_read} exit 3; }}\n"
    call = f"exec {python} {FLAGS} -c {shlex.quote(code)}"
    chained = f'--then "${{0%/*}}/{KEPT}/${{0##*/}}"' if is_chained else ""
    return f"{shipped}{' '.join(filter(None, (call, options, chained, arguments)))}\n"


def install_hook(folder: str, name: str, arguments: str, options: str = "", *, module: str = "hook") -> str:
    """Install a hook into a folder, keep a hook that is there, and return what was done.

    `arguments`, `options` and `module` are those of `build_hook_script`.
    """
    path = os.path.join(folder, name)
    done = f"{name}: installed"
    kept = find_kept_hook(folder, name)
    if os.path.lexists(path + OLD_SUFFIX) and is_ours(path):
        _move_hook(path + OLD_SUFFIX, kept)
    if os.path.lexists(path) and not is_ours(path):
        is_run = is_runnable(path)
        if is_run and os.path.lexists(kept):
            free = _find_free_path(kept)
            os.rename(kept, free)
            done += f"; an earlier {KEPT}/{name} is kept as {KEPT}/{os.path.basename(free)}"
        if is_run:
            _move_hook(path, kept)
        else:
            os.rename(path, _find_free_path(path + NOT_RUN))
        done += (
            f"; the previous hook runs too, as {KEPT}/{name}"
            if is_run
            else f"; the previous file, which git ignored (not executable, or a broken link), is now {name}{NOT_RUN}"
        )
    script = build_hook_script(arguments, options, is_chained=os.path.exists(kept), module=module)
    if _has_content(path, script) and is_runnable(path):
        return f"{name}: {UNCHANGED}"
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(script)
    os.chmod(temporary, 0o755)  # noqa: S103 - git must be able to run it under any user
    os.replace(temporary, path)
    return done


def _has_content(path: str, text: str) -> bool:
    """Say whether a file is there, not a link to one, and holds a text."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return not os.path.islink(path) and file.read() == text
    except OSError:
        return False


def _move_hook(path: str, new: str) -> None:
    """Move a hook into the folder of kept hooks, or out of it; a relative link goes on leading to the same file."""
    os.makedirs(os.path.dirname(new), exist_ok=True)
    if os.path.islink(path) and not os.path.isabs(link := os.readlink(path)):
        os.symlink(os.path.relpath(os.path.join(os.path.dirname(path), link), os.path.dirname(new)), new)
        os.remove(path)
    else:
        os.rename(path, new)


def remove_hook(folder: str, name: str) -> list[str]:
    """Remove a hook of ours from a folder, restore the one that was there before, and return what was done."""
    path, kept = os.path.join(folder, name), find_kept_hook(folder, name)
    if not is_ours(path):
        return []
    os.remove(path)
    for previous in (kept, path + OLD_SUFFIX, path + NOT_RUN):
        if os.path.lexists(previous):
            _move_hook(previous, path)
            if previous == kept and not os.listdir(os.path.dirname(kept)):
                os.rmdir(os.path.dirname(kept))
            return [f"{name}: removed, the previous hook is restored"]
    return [f"{name}: removed"]


def _find_free_path(path: str) -> str:
    """Return the first path that doesn't exist: this one, or with `.2`, `.3` … appended."""
    names = (path, *(f"{path}.{number}" for number in range(2, 1000)))
    return next(name for name in names if not os.path.lexists(name))


def is_within(path: str, repo: git.Repo) -> bool:
    """Say whether a folder lies in a repository, and not where other repositories have it too."""
    real, folders = os.path.realpath(path), map(os.path.realpath, (str(repo.common_dir), str(repo.working_dir)))
    return any(os.path.commonpath([real, each]) == each for each in folders)


def find_pre_commit() -> list[str]:
    """Return the command of pre-commit, or of prek, which reads the same configuration.

    Raises:
        UsageError: Neither is installed.
    """
    beside = os.path.dirname(sys.executable)
    for name in ("pre-commit", "prek"):
        if found := shutil.which(name) or shutil.which(name, path=beside):
            return [found]
    raise UsageError("pre-commit isn't installed.", "pip install 'ringfence[pre-commit]'")
