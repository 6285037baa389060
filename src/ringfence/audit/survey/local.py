"""The engine of one machine: a process forked for each piece of work, ended by our own clock."""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import selectors
import shutil
import signal
import tempfile
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ...scan.workers import bound_workers
from .judge import judge_work
from .model import AuditError, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import NoReturn

    from .judge import Plans
    from .model import Settings, Work

_BLOCK = 1 << 20
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux


@dataclass(slots=True)
class _Running:
    """A process at work."""

    work: Work
    pid: int
    pipe: int
    began: float
    folder: str
    blocks: list[bytes] = field(default_factory=list)


def run_locally(works: Sequence[Work], settings: Settings, plans: Plans, jobs: int) -> Iterator[Outcome]:
    """Yield what comes of each piece of work as it ends; `jobs` processes work at a time."""
    waiting = list(reversed(works))
    inside = jobs // max(len(works), 1) if len(works) < jobs else 0
    gc.collect()
    gc.freeze()  # what is loaded is shared with the processes, as long as nobody touches it
    running: dict[int, _Running] = {}
    with selectors.DefaultSelector() as selector:
        try:
            while waiting or running:
                while waiting and len(running) < jobs:
                    begun = _start(waiting.pop(), settings, plans, inside if inside > 1 else 0)
                    running[begun.pipe] = begun
                    selector.register(begun.pipe, selectors.EVENT_READ)
                first = min(item.began for item in running.values())
                ready = selector.select(max(0.0, first + settings.seconds - time.monotonic()))
                for key, _ in ready:
                    item = running[key.fd]
                    if block := os.read(key.fd, _BLOCK):
                        item.blocks.append(block)
                        continue
                    selector.unregister(key.fd)
                    yield _finish(running.pop(key.fd))
                for item in [one for one in running.values() if time.monotonic() - one.began > settings.seconds]:
                    selector.unregister(item.pipe)
                    del running[item.pipe]
                    _end(item)
                    yield Outcome(item.work, error=f"it took more than {settings.seconds:g} seconds (--timeout)")
        finally:
            for item in running.values():
                _end(item)


def _start(work: Work, settings: Settings, plans: Plans, inside: int) -> _Running:
    read, write = os.pipe()
    folder = tempfile.mkdtemp(prefix="ringfence-", dir=settings.scratch if os.path.isdir(settings.scratch) else None)
    if pid := os.fork():
        os.close(write)
        return _Running(work, pid, read, time.monotonic(), folder)
    os.close(read)
    return _answer(work, replace(settings, scratch=folder), plans, write, inside)


def _answer(work: Work, settings: Settings, plans: Plans, write: int, inside: int) -> NoReturn:
    """Judge a piece of work in a process of its own, and write what came of it to a pipe."""
    status = 1
    try:
        os.setsid()  # its gits are ended with it, and none can ask at a terminal
        for ending in (signal.SIGINT, signal.SIGTERM):
            signal.signal(ending, signal.SIG_DFL)
        die_with_parent()
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nothing, number)
        bound_workers(inside)
        try:
            answer: tuple[str, bytes, str] = (*judge_work(work, settings, plans), "")
        except AuditError as error:
            answer = "", b"", str(error)
        except MemoryError:
            answer = "", b"", "out of memory"
        except Exception as error:  # noqa: BLE001 - one unit's row of error, and all others go on
            answer = "", b"", f"a fault of ringfence's own: {type(error).__name__}: {error}"
        with os.fdopen(write, "wb") as pipe:
            pickle.dump(answer, pipe)
        status = 0
    finally:
        os._exit(status)


def die_with_parent() -> None:
    """Let the system end this process when the one that started it is killed (Linux)."""
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)


def _finish(item: _Running) -> Outcome:
    """Return what a process that closed its pipe has answered."""
    os.close(item.pipe)
    status = os.waitstatus_to_exitcode(os.waitpid(item.pid, 0)[1])
    _end_group(item.pid)
    shutil.rmtree(item.folder, ignore_errors=True)
    seconds = time.monotonic() - item.began
    if status:
        how = f"signal {-status} (out of memory?)" if status < 0 else f"exit status {status}"
        return Outcome(item.work, error=f"its process ended with {how}", seconds=seconds)
    name, data, error = pickle.loads(b"".join(item.blocks))  # noqa: S301 - our own process wrote it
    return Outcome(item.work, name, data, error, seconds)


def _end(item: _Running) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(item.pid, signal.SIGKILL)  # it may not have made its group yet
    _end_group(item.pid)
    os.close(item.pipe)
    os.waitpid(item.pid, 0)
    shutil.rmtree(item.folder, ignore_errors=True)


def _end_group(pid: int) -> None:
    """End a process and all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
