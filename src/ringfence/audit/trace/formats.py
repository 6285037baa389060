"""The table of formats of a trace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...repository import Repository
    from .model import Trace


@dataclass(frozen=True, slots=True)
class Request:
    """What is formatted: a trace, the repository that it is of, and whether the reader is a terminal with colours."""

    trace: Trace
    repository: Repository
    has_colours: bool = False


def _format_table(request: Request) -> bytes:
    from .text import format_table

    return format_table(request.trace).encode()


def _format_lines(request: Request) -> bytes:
    from .text import format_lines

    return b"".join(format_lines(request.trace, request.repository.objects, has_colours=request.has_colours))


FORMATS: dict[str, Callable[[Request], bytes]] = {
    "table": _format_table,
    "lines": _format_lines,
    "jsonl": lambda request: tables.format_jsonl(request.trace.iter_rows()),
    "csv": lambda request: tables.format_csv(request.trace.iter_rows()),
    "parquet": lambda request: tables.format_parquet(request.trace.iter_rows()),
}
