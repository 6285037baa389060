"""Gives up in time: a forge that stops waiting refuses without a word, and says nothing of what was left unread."""

from __future__ import annotations

from ..errors import IncompleteError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

_time = {"limit": 0.0, "is_over": 0.0}  # seconds; a process has one clock


class DeadlineExceededError(IncompleteError):
    """The time was over before everything was judged."""

    def __init__(self) -> None:
        super().__init__(
            f"the time of {_time['limit']:g} s was over before anything was judged.",
            "Push again; if it happens again, whoever keeps the server can give it more: --deadline.",
        )


def parse_deadline(given: str, limit: float) -> float:
    """Return when to give up: what was given, or the server's own limit less what saying so takes; 0 is never.

    Raises:
        UsageError: What was given is no time.
    """
    if not given:
        return max(limit - max(1.0, limit / 10), 0.0)
    try:
        wanted = float(given)
    except ValueError:
        wanted = 0.0
    if not 0 < wanted < float("inf"):
        raise UsageError(f"--deadline takes seconds, not {given!r}.")
    return wanted


def start_timer(limit: float) -> None:
    """Let the time run; when it is over, OutOfTimeError comes up wherever the process is, waiting for git included."""
    import signal  # 3 ms for its enums, which only a server that gives up pays

    _time["limit"] = limit
    signal.signal(signal.SIGALRM, _handle_alarm)
    signal.setitimer(signal.ITIMER_REAL, limit)


def check_deadline() -> None:
    """Raise OutOfTimeError if the time is over: what calls us back from C may have lost it.

    Raises:
        OutOfTimeError: It is.
    """
    if _time["is_over"]:
        raise DeadlineExceededError


def _handle_alarm(*_: object) -> NoReturn:
    _time["is_over"] = _time["limit"]
    raise DeadlineExceededError
