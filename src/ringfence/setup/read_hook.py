"""Installs and removes the hook that decides about fetches: a script, and git's setting that names it.

Git takes `uploadpack.packObjectsHook` from the configuration of the system and of the user who serves a fetch, and
from no repository's own: one hook answers for all that a machine serves.
https://git-scm.com/docs/git-config#Documentation/git-config.txt-uploadpackpackObjectsHook
"""

from __future__ import annotations

import os
import shlex
import stat
from dataclasses import dataclass

from ..errors import UsageError
from ..git.hook_files import is_ours
from ..git.repo import Repo
from ..resources import find_user_folder
from ..sources.forges import load_forge
from .client_hooks import install_hook, remove_hook

KEY = "uploadpack.packObjectsHook"
DUMB = ("http.getanyfile", "false")  # else git http-backend gives out each file of a repository, and asks no hook
_SCRIPT = "pack-objects"
_SYSTEM = "/etc/gitconfig"
_SCOPES = ("system", "global")


@dataclass(frozen=True, slots=True)
class ReadHook:
    """A value of the setting: the scope and file that it comes from, and the command that git has the shell run."""

    scope: str
    file: str
    command: str

    @property
    def path(self) -> str:
        """The program that the command runs."""
        try:
            return next(iter(shlex.split(self.command)), "")
        except ValueError:  # a quotation mark too few
            return self.command

    @property
    def hidden(self) -> str:
        """What of it other users can't read or run, which git would pass over in silence; "" for nothing."""
        if self.scope != "system":
            return ""
        parts = ((self.file, stat.S_IROTH), (os.path.dirname(self.path), stat.S_IXOTH), (self.path, stat.S_IXOTH))
        return next((path for path, bit in parts if not os.stat(path).st_mode & bit), "")

    @property
    def is_ours(self) -> bool:
        """Whether it names a script of ringfence's."""
        return is_ours(self.path)


def install_read_hook(forge: str = "plain") -> list[str]:
    """Have git ask ringfence about fetches, for the whole system as root and else for this user; return what was done.

    Raises:
        UsageError: Another program is asked already, the forge sets one of its own, or there is no place for it.
        GitError: The configuration can't be written.
    """
    check_forge(forge)
    scope = _SCOPES[os.geteuid() != 0]
    present = _list_values(scope)
    if foreign := [hook.command for hook in present if not hook.is_ours]:
        raise UsageError(f"git config --{scope} {KEY} names {foreign[0]}, and git asks only one.", "Remove it first.")
    folder = _find_folder(scope)
    os.makedirs(folder, exist_ok=True)
    options = "" if forge == "plain" else f"--forge {forge}"
    done = [install_hook(folder, _SCRIPT, '"$@"', options, module="fetch")]
    path = os.path.join(folder, _SCRIPT)
    command = shlex.quote(path)
    if [hook.command for hook in present] != [command]:
        Repo("/").run("config", f"--{scope}", "--replace-all", KEY, command)
        done.append(f"git asks {path} about each fetch (git config --{scope} {KEY})")
    if scope == "system":
        # Under a strict umask others could read neither, and their git would ask nobody.
        for place, bits in ((folder, 0o755), (_list_values(scope)[-1].file, 0o644)):
            os.chmod(place, stat.S_IMODE(os.stat(place).st_mode) | bits)
    if scope == "global":
        done.append("that counts where this user serves fetches with this HOME; as root it counts for everybody")
    return done


def check_forge(name: str) -> None:
    """Check that a forge lets git ask the hook.

    Raises:
        UsageError: It doesn't.
    """
    if not load_forge(name).has_read_hook:
        raise UsageError(f"{name} doesn't ask such a hook about fetches.", "See docs/reading.md for its own rules.")


def uninstall_read_hook() -> list[str]:
    """Remove the hook for the whole system, as root, and for this user; return what was done.

    Raises:
        GitError: The configuration can't be written.
    """
    done = []
    for scope in _SCOPES[os.geteuid() != 0 :]:
        for hook in (hook for hook in _list_values(scope) if hook.is_ours):
            Repo("/").run("config", f"--{scope}", "--unset-all", KEY)
            done.append(f"git config --{scope} {KEY}: removed")
            done += remove_hook(os.path.dirname(hook.path), os.path.basename(hook.path))
    return done


def find_read_hook(directory: str) -> ReadHook | None:
    """Return the hook that git asks about fetches of a repository; a user's setting wins over the system's."""
    return next(reversed([hook for scope in _SCOPES for hook in _list_values(scope, directory)]), None)


def _list_values(scope: str, directory: str = "/") -> list[ReadHook]:
    output = Repo(directory).run("config", f"--{scope}", "--show-origin", "-z", "--get-all", KEY, ok=(0, 1, 128))
    parts = os.fsdecode(output).split("\0")
    return [
        ReadHook(scope, origin.removeprefix("file:"), command)
        for origin, command in zip(parts[::2], parts[1::2], strict=False)
    ]


def _find_folder(scope: str) -> str:
    """Return the folder for the script, near the configuration that names it.

    Raises:
        UsageError: There is none.
    """
    if scope == "global":
        if folder := find_user_folder("XDG_CONFIG_HOME", ".config"):
            return folder
        raise UsageError("this user has no home to install a hook in.", "Run it as root, for the whole system.")
    file = os.environ.get("GIT_CONFIG_SYSTEM") or _SYSTEM
    if os.path.exists(file) and not os.path.isfile(file):
        raise UsageError(f"{file} can't hold a setting.", "Unset GIT_CONFIG_SYSTEM.")
    return os.path.join(os.path.dirname(os.path.abspath(file)), "ringfence")
