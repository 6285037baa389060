"""How both doors end: what goes wrong becomes a message and a code, and then the process is gone."""

from __future__ import annotations

import gc
import os
import sys

from .errors import ExitCode, RingfenceError
from .git.process import kill_children

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn


def open_closed_streams() -> None:
    """Put /dev/null where a caller closed stdin, stdout or stderr, lest a pipe of ours lands on their numbers."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free


def exit_process(code: int) -> NoReturn:
    """End the process, and what it has started, at once: the interpreter's own tidying takes milliseconds."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass  # nobody listens any more; the exit code still speaks
    kill_children()
    os._exit(code)


def run_guarded(work: Callable[[], int], *, is_hook: bool) -> int:
    """Do the work; turn whatever goes wrong into a message and an exit code that refuses."""
    gc.set_threshold(100_000)  # most hooks end before there is anything to collect, and a history leaves nothing
    try:
        return work()
    except RingfenceError as error:
        print_message(f"ringfence: {error.message}")
        if error.advice:
            print_message(f"  {error.advice}")
        code = error.code
    except MemoryError:
        print_message(
            "ringfence: memory ran out, so that not all was checked.\n  Whoever keeps this machine: give it more."
        )
        code = ExitCode.INCOMPLETE
    except Exception:  # noqa: BLE001 - the one handler: nobody sees a traceback, and nothing gets through
        print_message(f"ringfence: a fault of ringfence's own.\n  {_log_crash()}")
        code = ExitCode.BUG
    if is_hook:
        print_message("  Refused because of this error, not because of what was found.")
    return code


def _log_crash() -> str:
    """Keep what went wrong and return the sentence that says where; it may have been memory, and that still lacks."""
    try:
        return _write_log()
    except Exception:  # noqa: BLE001 - what it was about is lost, and the exit code still speaks
        return "No log could be written."


def _write_log() -> str:
    """Write the traceback, and nothing of the environment, to a log; return the sentence that says where it is."""
    import platform
    import tempfile
    import time
    import traceback

    from . import __version__
    from .resources import find_user_folder

    content = f"ringfence {__version__}, Python {platform.python_version()}, {time.strftime('%Y-%m-%d %H:%M:%S %z')}\n"
    content += "".join(traceback.format_exc())
    own = find_user_folder("XDG_STATE_HOME", ".local/state")
    for folder in filter(None, (own, tempfile.gettempdir())):
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            descriptor, path = tempfile.mkstemp(prefix="ringfence-fault-", suffix=".log", dir=folder)
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(content)
        except OSError:
            continue
        return f"Please report it with {path}"
    return "No log could be written."


_voice = {"prefix": ""}  # the process has one stderr, and one way to be heard


def set_message_prefix(prefix: str) -> None:
    """Begin each line that is said with a prefix: some forges show no other."""
    _voice["prefix"] = prefix


def print_message(text: str) -> None:
    """Print to stderr; if nobody listens, the exit code still speaks."""
    if prefix := _voice["prefix"]:
        text = "\n".join(prefix + line for line in text.splitlines())
    try:
        print(text, file=sys.stderr)  # noqa: T201 - this is one of the two doors that speak
    except UnicodeEncodeError:
        print(text.encode("ascii", "backslashreplace").decode(), file=sys.stderr)  # noqa: T201
    except (OSError, ValueError):
        pass
