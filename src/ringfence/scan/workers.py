"""Processes that work for us where there is much to do: each makes something of the words it is given."""

from __future__ import annotations

import os

from ..errors import IncompleteError
from ..git.process import open_anonymous_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, NoReturn

    Work = Callable[[list[str]], Any]

_MOST = 8  # each takes some 60 MB, its git included


def count_workers() -> int:
    """Return how many workers keep all cores busy, or 0 where a process can't be forked.

    We ourselves mostly wait for them, and each has a git that works while it does.
    """
    if not hasattr(os, "fork"):
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, _MOST)


class Worker:
    """A process that answers in the order in which it is asked; it ends when we do, however we end.

    Answers lie in a file without a name and only their lengths come through a pipe, so that a worker never waits for
    us while we wait for it.
    """

    def __init__(self, begin: Callable[[], Work]) -> None:
        """Start a process; `begin` is called in it, and returns the function that does the work."""
        self._file, self._offset = open_anonymous_file(), 0
        asked, asking = os.pipe()
        answered, answering = os.pipe()
        if not os.fork():
            os.close(asking)
            os.close(answered)
            _serve_requests(begin, asked, answering, self._file)
        os.close(asked)
        os.close(answering)
        self._request_pipe = os.fdopen(asking, "wb")
        self._answer_pipe = os.fdopen(answered, "rb")

    def send_request(self, words: Iterable[str]) -> None:
        """Ask for work on words; what became of it, `answer` tells."""
        import pickle

        try:
            pickle.dump(list(words), self._request_pipe)
            self._request_pipe.flush()
        except BrokenPipeError:
            pass  # `answer` tells

    def receive_answer(self) -> Any:
        """Return the answer to the oldest question that has none yet; an error of the worker's is raised here.

        Raises:
            IncompleteError: The worker was ended.
        """
        import pickle

        length = self._answer_pipe.readline()
        if not length:
            raise IncompleteError("a process that read objects was ended (out of memory?): not all was checked.")
        data = os.pread(self._file, int(length), self._offset)
        self._offset += len(data)
        answer = pickle.loads(data)  # noqa: S301 - our own process wrote it
        if isinstance(answer, Exception):
            raise answer
        return answer


def _serve_requests(begin: Callable[[], Work], asked: int, answering: int, file: int) -> NoReturn:
    """Answer until nobody can ask any more. Nothing is printed, and an interrupt ends it at once."""
    import pickle
    import signal
    import traceback

    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nothing, number)
        work = begin()
        with os.fdopen(asked, "rb") as questions:
            while questions.peek(1):
                words = pickle.load(questions)  # noqa: S301 - our own process wrote it
                try:
                    answer = work(words)
                except Exception as error:  # noqa: BLE001 - whatever it is, the one who asked has to know
                    error.add_note(traceback.format_exc())
                    answer = error
                data = pickle.dumps(answer)
                os.write(file, data)
                os.write(answering, b"%d\n" % len(data))
    finally:
        os._exit(0)
