"""Runs readers written in C in a process of their own, so that one which aborts costs one file and not the check."""

from __future__ import annotations

import os

from ..git.process import forget_child, track_child

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn, TypeVar

    T = TypeVar("T")

_GRACE = 30.0  # seconds beyond the limit, in which the reader itself should have noticed that its time is over
_BLOCK = 1 << 20
_KILL = 9


class ReaderDiedError(Exception):
    """A reader ended without an answer; the message says how."""


def can_isolate() -> bool:
    """Return whether processes can be forked here."""
    return hasattr(os, "fork")


def call_isolated(work: Callable[[], T], seconds: float, memory: int = 0) -> T:
    """Return what `work` returns in a child process; an exception in it is raised here.

    The child gets at most `memory` bytes beyond those that it begins with; 0 stands for any number.

    Raises:
        ReaderDiedError: The child ended without an answer, or it took longer than `seconds` and was killed.
    """
    import pickle

    read, write = os.pipe()
    if not (pid := os.fork()):
        os.close(read)
        _answer(work, write, memory)
    os.close(write)
    track_child(pid)
    is_done = False
    try:
        data = _read_answer(read, seconds + _GRACE)
        is_done = True
    except TimeoutError:
        raise ReaderDiedError(f"it takes more than {seconds:g} seconds to read (limits.seconds)") from None
    finally:
        os.close(read)
        if not is_done:  # or our own time is over
            os.kill(pid, _KILL)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        forget_child(pid)
    if status:
        how = f"signal {-status}" if status < 0 else f"exit status {status}"
        raise ReaderDiedError(f"its reader ended with {how}")
    answer = pickle.loads(data)  # noqa: S301 - our own process wrote it
    if isinstance(answer, Exception):
        raise answer
    result: T = answer
    return result


def _answer(work: Callable[[], T], write: int, memory: int) -> NoReturn:
    """Write what `work` returns, or raises, to a pipe and exit; what its libraries print is dropped."""
    import pickle
    import signal

    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nothing, number)
        _set_limits(memory)
        try:
            data = pickle.dumps(work())
        except Exception as error:  # noqa: BLE001 - it is raised again by `call_isolated`
            data = pickle.dumps(error)
        with os.fdopen(write, "wb") as pipe:
            pipe.write(data)
        status = 0
    finally:
        os._exit(status)


def _set_limits(memory: int) -> None:
    """Forbid core dumps, and bound the memory."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if memory:
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        limit = used + memory if hard == resource.RLIM_INFINITY else min(used + memory, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def _read_answer(read: int, seconds: float) -> bytes:
    """Return all bytes until the pipe is closed.

    Raises:
        TimeoutError: It isn't closed in time.
    """
    import select
    import time

    end = time.monotonic() + seconds
    blocks: list[bytes] = []
    while True:
        if not select.select([read], [], [], max(0.0, end - time.monotonic()))[0]:
            raise TimeoutError
        block = os.read(read, _BLOCK)
        if not block:
            return b"".join(blocks)
        blocks.append(block)
