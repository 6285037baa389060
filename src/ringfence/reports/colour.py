"""Colours of the text report."""

from __future__ import annotations

import os
import sys

_RED, _GREEN, _YELLOW, _BOLD, _END = "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[1m", "\x1b[0m"
_HEADLINES = {"refused": _RED, "allowed": _GREEN, "incomplete": _YELLOW, "observed": _YELLOW}


def uses_colour() -> bool:
    """Return whether stdout takes colour: by NO_COLOR and FORCE_COLOR, else where it is a terminal that can."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def colour_report(text: str) -> str:
    """Return a text report with its headline in the colour of the verdict, and what to do next in bold."""
    headline, _, rest = text.partition("\n")
    word = headline.partition(": ")[2].replace(",", " ").split(" ", 1)[0]
    lines = [f"{_HEADLINES[word]}{headline}{_END}" if word in _HEADLINES else headline]
    for line in rest.split("\n"):
        is_advice = line.startswith(("  Why: ", "  Next: "))
        lines.append(f"{_BOLD}{line}{_END}" if is_advice else line)
    return "\n".join(lines)
