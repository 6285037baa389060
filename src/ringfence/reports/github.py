"""GitHub annotations: the first ten of each level, which is all that GitHub shows, and the text report after them.

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

_SHOWN = 10  # annotations of each level in a step


def render(verdict: Verdict) -> str:
    """Return workflow commands for the annotations, then the text report, in which commands are disabled."""
    report = text.render(verdict)
    token = hashlib.blake2b(report.encode(), digest_size=16).hexdigest()  # a text can't contain its own digest
    return "".join(f"{line}\n" for line in _iter_commands(verdict)) + f"::stop-commands::{token}\n{report}::{token}::\n"


def _iter_commands(verdict: Verdict) -> Iterator[str]:
    for level in ("error", "warning"):
        yield from map(_format_command, [item for item in build_items(verdict) if item.level == level][:_SHOWN])


def _format_command(item: Item) -> str:
    fields = {"file": item.file, "line": str(item.line)} if not item.file.startswith("commit/") else {}
    fields["title"] = f"ringfence: {item.title}"
    properties = ",".join(f"{name}={_escape_property(value)}" for name, value in fields.items())
    return f"::{item.level} {properties}::{_escape_data(f'{item.message}. {item.why}')}"


def _escape_data(value: str) -> str:
    for char, code in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A")):
        value = value.replace(char, code)
    return value


def _escape_property(value: str) -> str:
    return _escape_data(value).replace(":", "%3A").replace(",", "%2C")
