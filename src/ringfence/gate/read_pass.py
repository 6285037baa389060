"""Remembers that an account may read a repository, as long as nothing changes that the answer was made from.

An answer is good for a day, so that what ends on a day ends, and each day has its record.
"""

from __future__ import annotations

import marshal  # only ever loads what the cache believes, as the compiled patterns are
import os
import time

from .. import __file__ as _package
from ..git.repo import Repo, read_output, write_input
from ..policy import cache
from ..policy.inputs import FILE_NAME
from ..resources import find_shipped_folder
from ..values import fields, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..git.process import Child
    from ..sources.forges.base import PushContext

    State = tuple[int, ...] | None  # None where there is nothing

_SUFFIX = ".pass"
_SETTLED = 0.1  # seconds; a file's time may lie a tick of the kernel's clock before the moment it was changed
# What names a repository, or says where settings and policies lie, beside the files themselves.
_VARIABLES = (
    "HOME", "XDG_CONFIG_HOME", "GIT_EXEC_PATH", "GIT_NAMESPACE", "RINGFENCE_POLICY", "GL_PROJECT_PATH", "GL_REPO",
    "GITHUB_REPOSITORY", "CI_PROJECT_PATH", "GITEA_REPO_USER_NAME", "GITEA_REPO_NAME",
)  # fmt: skip
_CODE = (".", "check/rules", "gate", "policy", "policy/schema")  # folders whose files decide


@value
class Answer:
    """What was answered last to an account that asked for a repository.

    Attributes:
        day: When, in UTC.
        outcome: As in the ledger; "" where nothing is tagged.
        count: How often it was judged on that day.
        own: The repository's own file in HEAD, as `read_own_file` says it.
        files: What else it was made from, as (path, state); () for an answer that doesn't hold again.
    """

    day: str = ""
    outcome: str = ""
    count: int = 0
    own: str = ""
    files: tuple[tuple[str, State], ...] = ()


def build_key(forge: str, context: PushContext) -> str:
    """Return the name of a server's answer to one account about the repository in which we are."""
    place = os.path.realpath(os.environ.get("GIT_DIR") or ".")
    who = (str(os.getuid()), forge, *map(str, fields(context).values()))
    variables = (f"{name}={os.environ[name]}" for name in _VARIABLES if name in os.environ)
    return cache.compute_digest(os.fsencode(part) for part in (place, *who, *variables))


def load_answer(key: str) -> Answer:
    """Return the last answer, or one of no day."""
    try:
        return Answer(*marshal.loads(cache.load_file(key + _SUFFIX)))  # noqa: S302 - see the import
    except (ValueError, EOFError, TypeError):
        return Answer()


def count_answers(key: str, outcome: str) -> int:
    """Return how often today's last answers were judged to be this one."""
    last = load_answer(key)
    return last.count if (last.day, last.outcome) == (get_today(), outcome) else 0


def is_valid(key: str, own: str) -> bool:
    """Return whether the last answer let the account read, and holds; `own` is as from `read_own_file`."""
    last = load_answer(key)
    if last.day != get_today() or last.outcome not in ("", "allowed"):
        return False
    is_current = all(_read_state(path) == state for path, state in last.files)
    return bool(last.files) and last.own == own and is_current


def request_own_file() -> Child:
    """Start asking git which `ringfence.toml` HEAD has; `read_own_file` reads the answer.

    Raises:
        GitError: Git can't be started.
    """
    child = Repo().start("cat-file", "--batch-check=%(objectname)", feed=True)
    write_input(child, f"HEAD:{FILE_NAME}\n".encode(), last=True)
    return child


def read_own_file(child: Child) -> str:
    """Return the file that `request_own_file` asked for as git names it: its id, or that it is missing.

    Raises:
        GitError: Git failed.
    """
    return read_output(child, "cat-file").decode("utf-8", "replace")


def store_answer(key: str, outcome: str, own: str, began: float, paths: Iterable[str] | None) -> None:
    """Remember an answer that was made from files, and from the repository's own; None for one that can't hold again.

    Neither can one where a file was changed since `began`, in seconds: it may have been read before. `own` was read
    before the answer was made.
    """
    states = []
    for path in paths or ():
        states.append((path, state := _read_state(path)))
        if state and state[2] > (began - _SETTLED) * 1e9:
            states.clear()
            break
    answer = Answer(get_today(), outcome, count_answers(key, outcome) + 1, own, tuple(states))
    cache.store_file(key + _SUFFIX, marshal.dumps(tuple(fields(answer).values())))


def list_files(policies: Iterable[str]) -> list[str] | None:
    """Return the files that an answer about the repository in which we are is made from, whether they are there or not.

    None where that isn't known: settings include other files, or lie in another folder. `policies` are paths of policy
    files.
    """
    directory = os.environ.get("GIT_DIR") or "."
    settings = [*_list_settings(), *(os.path.join(directory, name) for name in ("config", "config.worktree"))]
    is_linked = os.path.exists(os.path.join(directory, "commondir"))
    if is_linked or any(b"include" in _read(path).lower() for path in settings):
        return None
    package, shipped = os.path.dirname(os.path.abspath(_package)), find_shipped_folder("policy")
    code = [os.path.join(package, folder) for folder in _CODE]
    return [os.path.abspath(path) for path in (*settings, *policies, *code, shipped)]


def get_today() -> str:
    """Return the day in UTC."""
    return time.strftime("%Y-%m-%d", time.gmtime())


def _list_settings() -> Iterator[str]:
    """Yield the paths where git may look for the configuration of the system and of the user."""
    prefixes = ("", "/usr/local", "/opt/homebrew", os.path.join(os.environ.get("GIT_EXEC_PATH") or "/usr", "../.."))
    yield from (f"{prefix}/etc/gitconfig" for prefix in prefixes)
    home = os.path.expanduser("~")
    yield os.path.join(home, ".gitconfig")
    yield os.path.join(os.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config"), "git/config")


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def _read_state(path: str) -> State:
    """Return size, times and inode, as git's index keeps them: every edit changes them."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
