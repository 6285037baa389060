"""The only module that starts git; input and output are bytes."""

from __future__ import annotations

import os

from ..errors import GitError
from .process import LOCKED, Child

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

# Read the objects as stored: no replaced or grafted commits, no implicit fetches, no prompts.
_SAFE = {
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
# The variables that `git rev-parse --local-env-vars` lists: in a hook they name the hook's repository, not `directory`.
_LOCAL = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_CONFIG", "GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS",
    "GIT_DIR", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_INTERNAL_SUPER_PREFIX", "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_WORK_TREE",
)  # fmt: skip
_SETTINGS = ("GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS")


class Repo:
    """A repository: the current one as git finds it (`directory` None), or the one in a directory.

    With `may_fetch`, git may fetch the objects that a partial clone lacks. With `keep_settings`, the environment's
    settings (`git -c`, GIT_CONFIG_COUNT) count in a named directory too.
    """

    def __init__(self, directory: str | None = None, *, may_fetch: bool = False, keep_settings: bool = False) -> None:
        self.directory = directory
        self._prefix = ["git", "--no-pager", "-c", "core.quotePath=false"]
        self._env = {**os.environ, **_SAFE}
        if self._env.get("GIT_OBJECT_DIRECTORY") == "":  # a forge's wrapper, where a push brings no objects
            del self._env["GIT_OBJECT_DIRECTORY"]
        if may_fetch:
            del self._env["GIT_NO_LAZY_FETCH"]
        if directory is not None:
            self._prefix[1:1] = ["-C", directory]
            for name in _LOCAL:
                if not (keep_settings and name in _SETTINGS):
                    self._env.pop(name, None)

    def start(self, *args: str, source: BinaryIO | None = None, feed: bool = False) -> Child:
        """Start a git command; its stdin is the file `source`, a pipe if `feed`, or else empty.

        Raises:
            GitError: The program `git` could not be started.
        """
        try:
            return Child([*self._prefix, *args], self._env, source, feed=feed)
        except OSError as error:
            raise GitError(f"git could not be started: {error.strerror}.", "Put git on the PATH.") from None

    def run(self, *args: str, feed: bytes | None = None, ok: tuple[int, ...] = (0,)) -> bytes:
        """Run a git command with `feed` as its input, and return its output.

        Raises:
            GitError: Its exit status is not in `ok`.
        """
        child = self.start(*args, feed=feed is not None)
        write_input(child, feed or b"", last=True)
        return read_output(child, args[0], ok)

    def succeeds(self, *args: str) -> bool:
        """Return whether a git command exits with status 0."""
        child = self.start(*args)
        child.stdout.read()
        return child.wait() == 0

    def request_settings(self, *, server: bool = False) -> Child:
        """Start the `git config` that prints the settings we use; `read_settings` reads its output.

        On a server only configuration files count: GIT_CONFIG_* may come from the client (an sshd that accepts GIT_*),
        and could add a policy, or hide the one in /etc/gitconfig.
        """
        exact = r"core\.comment(char|string)|commit\.cleanup|i18n\.commitencoding|lfs\.storage"
        exact += r"|receive\.procreceiverefs|transfer\.hiderefs"
        pattern = rf"^(ringfence\.|remote\..*\.url$|({exact})$)"
        environ = self._env
        if server:
            self._env = {name: text for name, text in environ.items() if not name.startswith("GIT_CONFIG")}
        try:
            return self.start("config", "-z", "--show-scope", "--get-regexp", pattern)
        finally:
            self._env = environ

    def find_git_directory(self) -> str:
        """Return the path of this work tree's git directory; git is started only in unusual layouts."""
        if self.directory is None:
            if path := os.environ.get("GIT_DIR"):
                return path
            if os.path.isdir(".git"):
                return ".git"
        elif all(os.path.exists(os.path.join(self.directory, name)) for name in ("HEAD", "objects", "refs")):
            return self.directory  # a bare repository
        path = os.fsdecode(self.run("rev-parse", "--git-dir").rstrip(b"\n"))
        return path if self.directory is None else os.path.join(self.directory, path)

    def find_common_directory(self) -> str:
        """Return the path of the git directory shared by all work trees."""
        path = self.find_git_directory()
        try:
            with open(os.path.join(path, "commondir"), encoding="utf-8") as file:
                return os.path.join(path, file.read().strip())
        except FileNotFoundError:
            return path

    def find_work_tree(self) -> str | None:
        """Return the path of the work tree's top directory, or None in a bare repository."""
        if self.directory is None and os.path.exists(".git"):
            return "."
        child = self.start("rev-parse", "--show-toplevel")
        path = os.fsdecode(child.stdout.read().rstrip(b"\n"))
        return path if child.wait() == 0 and path else None


def read_settings(child: Child) -> list[tuple[str, str, str]]:
    """Return the output of `request_settings` as (scope, key, value); git prints keys in lower case."""
    parts = read_output(child, "config", ok=(0, 1)).decode("utf-8", "surrogateescape").split("\0")
    settings = []
    for scope, entry in zip(parts[::2], parts[1::2], strict=False):
        key, _, value = entry.partition("\n")
        settings.append((scope, key, value))
    return settings


def write_input(child: Child, data: bytes, *, last: bool = False) -> None:
    """Write to a child's stdin, and close it after the `last` data; a child that has ended is no error here."""
    if child.stdin:
        try:
            child.stdin.write(data)
            child.stdin.flush()
            if last:
                child.stdin.close()
        except BrokenPipeError:
            pass


def read_output(child: Child, name: str, ok: tuple[int, ...] = (0,)) -> bytes:
    """Return the whole output of a git command.

    Raises:
        GitError: Its exit status is not in `ok`.
    """
    output = child.stdout.read()
    check_exit(child, name, ok)
    return output


def check_exit(child: Child, name: str, ok: tuple[int, ...] = (0,)) -> int:
    """Wait for a git command and return its exit status.

    Raises:
        GitError: The status is not in `ok`.
    """
    status = child.wait()
    if status not in ok:
        if child.last_error.startswith("\t"):  # the second line of `unknown repository extension found:`
            raise _build_extension_error(child.last_error.strip())
        if LOCKED in child.last_error:
            raise _build_lock_error(name, child.last_error)
        raise GitError(f"git {name} {format_exit(status, child.last_error)}")
    return status


def _build_lock_error(name: str, line: str) -> GitError:
    """Return the error for a lock that another git holds, or that one left when it was killed."""
    path = line.partition(LOCKED)[0].rpartition("Unable to create '")[2] + ".lock"
    return GitError(
        f"git {name} can't take the lock {path}: it is there.",
        "Try again; if no git works in this repository, one was killed there: have an administrator remove that file.",
    )


def _build_extension_error(extension: str) -> GitError:
    """Return the error for a repository of a form that the git here is too old for."""
    if extension == "refstorage":
        return GitError(
            "the repository keeps its refs as reftable, which this git can't read.", "Use git 2.45 or later."
        )
    return GitError(f"this git doesn't know the repository's extension {extension[:80]!r}.", "Use a later git.")


def format_exit(status: int, message: str) -> str:
    """Return how a command failed, with at most 200 characters of its error message."""
    how = f"was killed by signal {-status}" if status < 0 else f"exited with {status}"
    return f"{how}: {message[:200] or 'no error message'}"


def iter_tokens(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the NUL-terminated tokens of a stream; the last one may lack its NUL."""
    rest = b""
    while block := stream.read(1 << 16):
        tokens = (rest + block).split(b"\0")
        rest = tokens.pop()
        yield from tokens
    if rest:
        yield rest


def is_zero(object_id: str) -> bool:
    """Return whether an id is git's "no object": all zeros, of any length."""
    return object_id.strip("0") == ""
