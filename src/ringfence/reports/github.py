"""GitHub's annotations: the first ten of a level, as many as it shows, and the report for people below them.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import hashlib

from . import text
from .items import build_items

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model import Verdict
    from .items import Item

_SHOWN = 10  # of each level, for a step


def render(verdict: Verdict) -> str:
    """Return commands for the runner, then text in which it looks for none."""
    told = text.render(verdict)
    token = hashlib.blake2b(told.encode(), digest_size=16).hexdigest()  # no text can hold its own digest
    return "".join(f"{line}\n" for line in _iter_commands(verdict)) + f"::stop-commands::{token}\n{told}::{token}::\n"


def _iter_commands(verdict: Verdict) -> Iterator[str]:
    for level in ("error", "warning"):
        yield from map(_format_command, [item for item in build_items(verdict) if item.level == level][:_SHOWN])


def _format_command(item: Item) -> str:
    given = {"file": item.file, "line": str(item.line)} if not item.file.startswith("commit/") else {}
    given["title"] = f"ringfence: {item.title}"
    properties = ",".join(f"{name}={_escape_property(value)}" for name, value in given.items())
    return f"::{item.level} {properties}::{_escape_data(f'{item.message}. {item.why}')}"


def _escape_data(value: str) -> str:
    for char, code in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A")):
        value = value.replace(char, code)
    return value


def _escape_property(value: str) -> str:
    return _escape_data(value).replace(":", "%3A").replace(",", "%2C")
