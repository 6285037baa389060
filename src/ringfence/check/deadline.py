"""Refuses in time: a forge that stops waiting refuses too, but can't say what was left unread."""

from __future__ import annotations

from ..errors import IncompleteError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


class _Deadline:
    """The deadline of this process, in seconds; 0 is none."""

    limit = 0.0
    is_over = False


_deadline = _Deadline()


class DeadlineExceededError(IncompleteError):
    """The check timed out before everything was judged."""

    def __init__(self) -> None:
        super().__init__(
            f"timed out after {_deadline.limit:g} s, before anything was judged.",
            "Push again; if it happens again, whoever keeps the server can allow more time: --deadline.",
        )


def parse_deadline(option: str, limit: float) -> float:
    """Return after how many seconds to refuse: the option, or the server's limit less some time to say so; 0 is never.

    Raises:
        UsageError: The option isn't a time.
    """
    if not option:
        return max(limit - max(1.0, limit / 10), 0.0)
    try:
        seconds = float(option)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise UsageError(f"--deadline takes seconds, not {option!r}.")
    return seconds


def start_timer(limit: float) -> None:
    """Start the clock; DeadlineExceededError is raised wherever the process is then, waiting for git included."""
    import signal  # 3 ms for its enums, which only a server with a deadline pays

    _deadline.limit = limit
    signal.signal(signal.SIGALRM, _handle_alarm)
    signal.setitimer(signal.ITIMER_REAL, limit)


def check_deadline() -> None:
    """Raise if the deadline has passed: an exception may get lost in a callback from C.

    Raises:
        DeadlineExceededError: It has.
    """
    if _deadline.is_over:
        raise DeadlineExceededError


def _handle_alarm(*_: object) -> NoReturn:
    _deadline.is_over = True
    raise DeadlineExceededError
