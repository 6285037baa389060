"""The only module that starts git: bytes in, bytes out."""

from __future__ import annotations

import os

from ..errors import GitError
from .process import Child

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

# What is read must be what is stored: no replaced or grafted commits, nothing fetched behind our back, no prompt.
_SAFE = {
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
# What `git rev-parse --local-env-vars` lists: it points at the repository whose hook runs, not at one that is named.
_LOCAL = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_CONFIG", "GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS",
    "GIT_DIR", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_INTERNAL_SUPER_PREFIX", "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_WORK_TREE",
)  # fmt: skip
_SETTINGS = ("GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS")


class Repo:
    """A repository as git finds it: where a hook runs (`directory` None), or in a directory that was named.

    `may_fetch`: git may bring what a partial clone left out, as soon as it is asked for.
    `keep_settings`: settings of the environment (`git -c`, GIT_CONFIG_COUNT) count in a named directory too.
    """

    def __init__(self, directory: str | None = None, *, may_fetch: bool = False, keep_settings: bool = False) -> None:
        self.directory = directory
        self._prefix = ["git", "--no-pager", "-c", "core.quotePath=false"]
        self._env = {**os.environ, **_SAFE}
        if may_fetch:
            del self._env["GIT_NO_LAZY_FETCH"]
        if directory is not None:
            self._prefix[1:1] = ["-C", directory]
            for name in _LOCAL:
                if not (keep_settings and name in _SETTINGS):
                    self._env.pop(name, None)

    def start(self, *args: str, source: BinaryIO | None = None, feed: bool = False) -> Child:
        """Start a git command.

        Raises:
            GitError: Git is not there.
        """
        try:
            return Child([*self._prefix, *args], self._env, source, feed=feed)
        except OSError as error:
            raise GitError(f"git could not be started: {error.strerror}.", "Put git on the PATH.") from None

    def run(self, *args: str, feed: bytes | None = None, ok: tuple[int, ...] = (0,)) -> bytes:
        """Run a git command to its end and return what it printed.

        Raises:
            GitError: It ended with a status that is not `ok`.
        """
        child = self.start(*args, feed=feed is not None)
        write_input(child, feed or b"", last=True)
        return read_output(child, args[0], ok)

    def succeeds(self, *args: str) -> bool:
        """Say whether a git command that answers by its status says yes."""
        child = self.start(*args)
        child.stdout.read()
        return child.wait() == 0

    def request_settings(self, *, server: bool = False) -> Child:
        """Start asking for the settings that concern us; `settings` reads the answer.

        On a server they are read from the files alone: GIT_CONFIG_* may be the pusher's (an sshd that accepts GIT_*),
        and could add a policy, or hide the one in /etc/gitconfig.
        """
        exact = r"core\.comment(char|string)|commit\.cleanup|i18n\.commitencoding|lfs\.storage"
        exact += r"|receive\.procreceiverefs|transfer\.hiderefs"
        wanted = rf"^(ringfence\.|remote\..*\.url$|({exact})$)"
        given = self._env
        if server:
            self._env = {name: text for name, text in given.items() if not name.startswith("GIT_CONFIG")}
        try:
            return self.start("config", "-z", "--show-scope", "--get-regexp", wanted)
        finally:
            self._env = given

    def find_git_directory(self) -> str:
        """Return the path of the git directory (of this work tree), asking git only when it can't be known."""
        if self.directory is None:
            if told := os.environ.get("GIT_DIR"):
                return told
            if os.path.isdir(".git"):
                return ".git"
        path = os.fsdecode(self.run("rev-parse", "--git-dir").rstrip(b"\n"))
        return path if self.directory is None else os.path.join(self.directory, path)

    def find_common_directory(self) -> str:
        """Return the path of the git directory that all work trees share."""
        path = self.find_git_directory()
        try:
            with open(os.path.join(path, "commondir"), encoding="utf-8") as file:
                return os.path.join(path, file.read().strip())
        except FileNotFoundError:
            return path

    def find_work_tree(self) -> str | None:
        """Return the top of the work tree, or None in a bare repository."""
        if self.directory is None and os.path.exists(".git"):
            return "."
        child = self.start("rev-parse", "--show-toplevel")
        path = os.fsdecode(child.stdout.read().rstrip(b"\n"))
        return path if child.wait() == 0 and path else None


def read_settings(asked: Child) -> list[tuple[str, str, str]]:
    """Return the settings that were asked for as (scope, key, value), keys in lower case as git prints them."""
    parts = read_output(asked, "config", ok=(0, 1)).decode("utf-8", "surrogateescape").split("\0")
    found = []
    for scope, entry in zip(parts[::2], parts[1::2], strict=False):
        key, _, value = entry.partition("\n")
        found.append((scope, key, value))
    return found


def write_input(child: Child, data: bytes, *, last: bool = False) -> None:
    """Write to a child, all of its input if it is the `last`; one that has ended tells why by its status."""
    if child.stdin:
        try:
            child.stdin.write(data)
            child.stdin.flush()
            if last:
                child.stdin.close()
        except BrokenPipeError:
            pass


def read_output(child: Child, name: str, ok: tuple[int, ...] = (0,)) -> bytes:
    """Return all that a git command prints.

    Raises:
        GitError: It ended with a status that is not `ok`.
    """
    output = child.stdout.read()
    check_exit(child, name, ok)
    return output


def check_exit(child: Child, name: str, ok: tuple[int, ...] = (0,)) -> int:
    """Wait for a git command to end.

    Raises:
        GitError: Its status isn't `ok`.
    """
    status = child.wait()
    if status not in ok:
        how = f"was ended by signal {-status}" if status < 0 else f"ended with {status}"
        raise GitError(f"git {name} {how}: {child.complaint[:200] or 'it gave no reason'}")
    return status


def iter_tokens(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the NUL-ended pieces of a stream."""
    rest = b""
    while block := stream.read(1 << 16):
        pieces = (rest + block).split(b"\0")
        rest = pieces.pop()
        yield from pieces
    if rest:
        yield rest


def is_zero(object_id: str) -> bool:
    """Say whether an id stands for "no object": all zeros, in whichever hash the repository uses."""
    return object_id.strip("0") == ""
