"""Starts a child process with pipes, without the 12 ms of importing `subprocess` where posix_spawn exists."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, BinaryIO

_SIGPIPE = 13  # Linux, macOS and the BSDs; the signal module's enums cost 3 ms to import
_BUFFER = 1 << 18
_WIDE_PIPE = 1 << 20  # bytes; the largest pipe that Linux allows without privileges
_KILL = 9
LOCKED = ".lock': File exists"  # in git's line about a lock, behind the path


class _Children:
    """The children of this process that were not waited for."""

    def __init__(self) -> None:
        self.pids: set[int] = set()


_children = _Children()


class Child:
    """A running child process with pipes to its `stdin` (with `feed`) and from its `stdout`.

    Its stderr goes to an anonymous file, so that users see only our own messages.

    Attributes:
        last_error: The last line that the child wrote to stderr, or the one that names a lock; set by `wait`.
    """

    def __init__(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        source: BinaryIO | None = None,
        *,
        feed: bool = False,
    ) -> None:
        """Start `argv`; its stdin is the file `source`, a pipe if `feed`, or else empty.

        Raises:
            OSError: The program could not be started.
        """
        self.last_error = ""
        self.pid: int
        self._stderr = open_anonymous_file()
        self._popen: Any = None
        if not hasattr(os, "posix_spawnp"):
            self._start_by_subprocess(argv, env, source, feed=feed)
            _children.pids.add(self.pid)
            return
        out_read, out_write = os.pipe()
        in_read, in_write = os.pipe() if feed else (os.open(os.devnull, os.O_RDONLY), None)
        stdin = source.fileno() if source else in_read
        redirect = [
            (os.POSIX_SPAWN_DUP2, stdin, 0),
            (os.POSIX_SPAWN_DUP2, out_write, 1),
            (os.POSIX_SPAWN_DUP2, self._stderr, 2),
        ]
        try:
            # Python ignores SIGPIPE, and git since 2.55 starts hooks with it ignored: without the default handler a
            # child would go on working after its reader has ended.
            self.pid = os.posix_spawnp(argv[0], list(argv), env, file_actions=redirect, setsigdef=[_SIGPIPE])
        finally:
            os.close(in_read)
            os.close(out_write)
        _children.pids.add(self.pid)
        self.stdout: BinaryIO = os.fdopen(out_read, "rb", _BUFFER)
        self.stdin: BinaryIO | None = os.fdopen(in_write, "wb", _BUFFER) if in_write is not None else None

    def _start_by_subprocess(
        self, argv: Sequence[str], env: Mapping[str, str], source: BinaryIO | None, *, feed: bool
    ) -> None:
        """Start the child by `subprocess`, on platforms without posix_spawn (Windows)."""
        import subprocess

        stdin = source or (subprocess.PIPE if feed else subprocess.DEVNULL)
        self._popen = subprocess.Popen(argv, env=env, stdin=stdin, stdout=subprocess.PIPE, stderr=self._stderr)
        self.pid = self._popen.pid
        self.stdout = self._popen.stdout
        self.stdin = self._popen.stdin

    def widen_pipe(self) -> None:
        """Enlarge the buffer of the pipe from `stdout`, so that both sides block less often (Linux)."""
        try:
            import fcntl

            fcntl.fcntl(self.stdout.fileno(), fcntl.F_SETPIPE_SZ, _WIDE_PIPE)
        except (ImportError, AttributeError, OSError):
            pass  # unsupported, or above the user's limit: reading is slower, nothing else

    def wait(self) -> int:
        """Close the pipes, wait for the child, and return its exit status; -n if signal n killed it."""
        if self.stdin and not self.stdin.closed:
            try:
                self.stdin.close()
            except BrokenPipeError:
                pass  # it ended before it read everything; its status says why
        self.stdout.close()
        if self._popen is not None:
            status = int(self._popen.wait())
        else:
            status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        _children.pids.discard(self.pid)
        self.last_error = _read_last_line(self._stderr)
        os.close(self._stderr)
        return status


def track_child(pid: int) -> None:
    """Add a process that was started elsewhere to those that `kill_children` kills."""
    _children.pids.add(pid)


def forget_child(pid: int) -> None:
    """Take a process that has ended off the list."""
    _children.pids.discard(pid)


def kill_children() -> None:
    """Kill the children that are still running.

    A stuck child would outlive us together with the descriptors it inherited: git 2.55 leaves a pipe open in hooks, and
    a push would wait for it.
    """
    for pid in _children.pids:
        try:
            os.kill(pid, _KILL)
        except OSError:
            pass  # it has already ended


def _read_last_line(descriptor: int) -> str:
    os.lseek(descriptor, max(0, os.fstat(descriptor).st_size - 2000), os.SEEK_SET)
    lines = os.read(descriptor, 2000).decode("utf-8", "replace").strip().splitlines()
    locked = (line for line in lines if LOCKED in line)  # seven lines about how to mend it follow
    return next(locked, lines[-1] if lines else "")


def open_anonymous_file() -> int:
    """Open an anonymous file, for output that could overflow a pipe, and return its descriptor."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("ringfence", os.MFD_CLOEXEC)
    import tempfile

    return os.dup(tempfile.TemporaryFile().fileno())
