"""The table of formats of a trace."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import tables
from .levels import iter_level_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...repository import Repository
    from .model import Trace


@dataclass(frozen=True, slots=True)
class Request:
    """What is formatted.

    Attributes:
        trace: The trace.
        repository: The repository that it is of.
        has_colours: Whether the reader is a terminal with colours.
        level: What a row of a table is: a run of lines, a function, a file or the repository.
        share: What has more of a tool falls as a whole at such a level.
    """

    trace: Trace
    repository: Repository
    has_colours: bool = False
    level: str = "line"
    share: float = 0.0

    def iter_rows(self) -> Iterator[dict[str, Any]]:
        """Yield the rows of a table."""
        return iter_level_rows(self.trace, self.repository.objects, self.level, self.share)


def _format_table(request: Request) -> bytes:
    from .text import format_table

    return format_table(request.trace).encode()


def _format_lines(request: Request) -> bytes:
    from .text import format_lines

    return b"".join(format_lines(request.trace, request.repository.objects, has_colours=request.has_colours))


def _format_html(request: Request) -> bytes:
    from .html import render

    return render(request.trace, request.repository.objects).encode("utf-8", "backslashreplace")


def _format_bill(request: Request, name: str) -> bytes:
    """Return a bill of ingredients as JSON; `name` is the module that builds it."""
    module = import_module(f"ringfence.audit.bills.{name}")
    document = module.build_document(request.trace, request.repository.objects, dt.datetime.now(dt.UTC))
    return json.dumps(document, indent=2).encode() + b"\n"


FORMATS: dict[str, Callable[[Request], bytes]] = {
    "table": _format_table,
    "lines": _format_lines,
    "html": _format_html,
    "jsonl": lambda request: tables.format_jsonl(request.iter_rows()),
    "csv": lambda request: tables.format_csv(request.iter_rows()),
    "parquet": lambda request: tables.format_parquet(request.iter_rows()),
    "croissant": lambda request: _format_bill(request, "croissant"),
    "spdx": lambda request: _format_bill(request, "spdx"),
    "cyclonedx": lambda request: _format_bill(request, "cyclonedx"),
    "openlineage": lambda request: _format_bill(request, "openlineage"),
    "oasis": lambda request: _format_bill(request, "oasis"),
    "agent-trace": lambda request: _format_bill(request, "agent_trace"),
}
