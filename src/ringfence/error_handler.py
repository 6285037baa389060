"""The one error handler of hooks and commands: an error becomes a message and an exit code, and the process ends."""

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
    """Open /dev/null for each standard stream that the caller closed, so that no pipe of ours gets its descriptor."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free descriptor


def exit_process(code: int) -> NoReturn:
    """End the process and its children at once, without the interpreter's shutdown, which takes milliseconds."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass  # the reader is gone; the exit code still counts
    kill_children()
    os._exit(code)


def run_guarded(work: Callable[[], int], *, is_hook: bool) -> int:
    """Call `work` and return its exit code; any exception becomes a message and an exit code that refuses.

    `is_hook` adds the line that an error refused, and not a finding.
    """
    gc.set_threshold(100_000)  # most hooks end before there is garbage, and reading a history makes no cycles
    try:
        return work()
    except RingfenceError as error:
        print_message(f"ringfence: {error.message}")
        if error.advice:
            print_message(f"  {error.advice}")
        code = error.code
    except MemoryError:
        print_message("ringfence: out of memory before everything was checked.\n  Run it where more memory is free.")
        code = ExitCode.INCOMPLETE
    except Exception:  # noqa: BLE001 - the one handler: no traceback is shown, and nothing passes
        print_message(f"ringfence: a fault of ringfence's own.\n  {log_crash()}")
        code = ExitCode.BUG
    if is_hook:
        print_message("  Refused because of this error, not because of what was found.")
    return code


def log_crash() -> str:
    """Write a log of the current exception and return the sentence that names it."""
    try:
        return _write_log()
    except Exception:  # noqa: BLE001 - the log is lost (memory may still be short), and the exit code still counts
        return "No log could be written."


def _write_log() -> str:
    """Write the traceback, and nothing of the environment, to a log file; return the sentence that names it."""
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


_output = {"prefix": ""}  # one for the process, like stderr itself


def set_message_prefix(prefix: str) -> None:
    """Set what each line of a message begins with; some forges only show lines with their prefix."""
    _output["prefix"] = prefix


def print_message(text: str) -> None:
    """Print to stderr, if it is still open; the exit code counts without it."""
    if prefix := _output["prefix"]:
        text = "\n".join(prefix + line for line in text.splitlines())
    try:
        print(text, file=sys.stderr)  # noqa: T201 - messages of hooks and errors are printed here
    except UnicodeEncodeError:
        print(text.encode("ascii", "backslashreplace").decode(), file=sys.stderr)  # noqa: T201 - as above
    except (OSError, ValueError):
        pass
