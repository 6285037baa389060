"""Worker processes, forked from ours: each applies a function to the lists of strings that it receives."""

from __future__ import annotations

import os

from ..errors import IncompleteError
from ..git.process import open_anonymous_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, NoReturn

    Work = Callable[[list[str]], Any]


class _Bound:
    """How many workers this process may start; an audit, which has a process for each unit already, lowers it."""

    workers = 8  # each takes about 60 MB, its git included


_bound = _Bound()


def bound_workers(most: int) -> None:
    """Let this process start at most so many workers; with 0 it reads all itself."""
    _bound.workers = most


def count_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def count_workers() -> int:
    """Return the number of workers: one for each core, at most 8; 0 where processes can't be forked.

    Our own process mostly waits for them.
    """
    if not hasattr(os, "fork"):
        return 0
    return min(count_cores(), _bound.workers)


class Worker:
    """A process that answers requests in order, and ends when our process ends for any reason.

    Answers go through an anonymous file, and only their lengths through a pipe: otherwise a worker could block on its
    full pipe while we block on sending the next request.
    """

    def __init__(self, initialise: Callable[[], Work]) -> None:
        """Fork a process; `initialise` is called in it, and returns the function that does the work."""
        self._file, self._offset = open_anonymous_file(), 0
        request_read, request_write = os.pipe()
        answer_read, answer_write = os.pipe()
        if not os.fork():
            os.close(request_write)
            os.close(answer_read)
            _serve_requests(initialise, request_read, answer_write, self._file)
        os.close(request_read)
        os.close(answer_write)
        self._request_pipe = os.fdopen(request_write, "wb")
        self._answer_pipe = os.fdopen(answer_read, "rb")

    def send_request(self, items: Iterable[str]) -> None:
        """Send a request; an error, even that the worker has ended, is raised by `receive_answer`."""
        import pickle

        try:
            pickle.dump(list(items), self._request_pipe)
            self._request_pipe.flush()
        except BrokenPipeError:
            pass  # `receive_answer` reports it

    def receive_answer(self) -> Any:
        """Wait for the answer to the oldest open request and return it; an exception in the worker is raised here.

        Raises:
            IncompleteError: The worker was killed.
        """
        import pickle

        length = self._answer_pipe.readline()
        if not length:
            raise IncompleteError("a worker process was killed (out of memory?): the check is incomplete.")
        data = os.pread(self._file, int(length), self._offset)
        self._offset += len(data)
        answer = pickle.loads(data)  # noqa: S301 - our own process wrote it
        if isinstance(answer, Exception):
            raise answer
        return answer


def _serve_requests(initialise: Callable[[], Work], requests: int, answers: int, file: int) -> NoReturn:
    """Answer requests until their pipe is closed, then exit; nothing is printed, and SIGINT ends it at once."""
    import pickle
    import signal
    import traceback

    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nothing, number)
        work = initialise()
        with os.fdopen(requests, "rb") as pipe:
            while pipe.peek(1):
                items = pickle.load(pipe)  # noqa: S301 - our own process wrote it
                try:
                    answer = work(items)
                except Exception as error:  # noqa: BLE001 - it is raised again by `receive_answer`
                    error.add_note(traceback.format_exc())
                    answer = error
                data = pickle.dumps(answer)
                os.write(file, data)
                os.write(answers, b"%d\n" % len(data))
    finally:
        os._exit(0)
