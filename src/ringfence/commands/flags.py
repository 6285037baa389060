"""Flags that every command takes, anywhere on its line: how much is printed, and in colour or not."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from ..errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

_LEVELS = {"-q": "quiet", "--quiet": "quiet", "-v": "verbose", "--verbose": "verbose"}
_COLOURS = ("auto", "always", "never")
_STREAMS = ("ledger",)  # commands whose output may be larger than memory: it is never held back


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags of a command line.

    Attributes:
        is_quiet: Nothing is printed where the command ends with 0.
        is_verbose: At the end stderr says what ran, how long, and how it ended.
        colour: auto, always or never.
    """

    is_quiet: bool = False
    is_verbose: bool = False
    colour: str = "auto"


def split_flags(arguments: list[str]) -> tuple[Flags, list[str]]:
    """Return the flags of a command line, and the line without them; behind `--` nothing is a flag.

    Raises:
        UsageError: `--color` has another value than those it takes.
    """
    end = arguments.index("--") if "--" in arguments else len(arguments)
    levels, colour, rest = set(), "auto", []
    words = iter(arguments[:end])
    for word in words:
        if word in _LEVELS:
            levels.add(_LEVELS[word])
        elif word == "--color" or word.startswith("--color="):
            colour = word.partition("=")[2] or next(words, "")
            if colour not in _COLOURS:
                raise UsageError(f"--color takes auto, always or never, not {colour!r}.")
        else:
            rest.append(word)
    if len(levels) > 1:
        raise UsageError("--quiet and --verbose can't be combined.")
    return Flags("quiet" in levels, "verbose" in levels, colour), [*rest, *arguments[end:]]


def apply_colour(flags: Flags) -> None:
    """Set the variables by which libraries decide about colour, as the flag says."""
    if flags.colour == "always":
        os.environ.pop("NO_COLOR", None)
        os.environ["FORCE_COLOR"] = "1"
    elif flags.colour == "never":
        os.environ.pop("FORCE_COLOR", None)
        os.environ["NO_COLOR"] = "1"


def run_with_flags(flags: Flags, name: str, work: Callable[[], int]) -> int:
    """Call `work` and return its exit code, printing as much as the flags say."""
    began, held = time.monotonic(), sys.stdout
    buffer = StringIO() if flags.is_quiet and name not in _STREAMS else None
    if buffer is not None:
        sys.stdout = buffer
    code: int = ExitCode.BUG
    try:
        code = work()
    finally:
        if buffer is not None:
            sys.stdout = held
            sys.stdout.write(buffer.getvalue() if code != ExitCode.ALLOWED else "")
        if flags.is_verbose:
            _print_summary(name, code, time.monotonic() - began)
    return code


def _print_summary(name: str, code: int, seconds: float) -> None:
    import platform

    from .. import __version__

    meaning = next((key.lower() for key, number in vars(ExitCode).items() if number == code), "")
    versions = f"ringfence {__version__}, Python {platform.python_version()}"
    sys.stderr.write(f"{versions}: {name or 'no command'}, {seconds:.1f} s, exit code {code} ({meaning})\n")
