"""The kind `process`: the name of an agent's process among the parents of the committing process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from .base import Expression, MarkerEntry


class ProcessMarker(MarkerEntry):
    """Matched, on developers' machines under Linux only, against the names of the parent processes."""

    part = "environment"
    kind: Literal["process"]
    name: tuple[Annotated[str, Field(pattern=r"^[\w.-]+$")], ...] = Field(
        min_length=1, description="Names of the process that no other program has."
    )

    def build_expressions(self) -> Iterator[Expression]:
        """Yield an expression for the line `process NAME`, which can't be a variable's: those have `=`."""
        yield "environment", f"^process ({'|'.join(map(re.escape, self.name))})$", ""

    def build_surfaces(self, example: str) -> Iterator[tuple[str, bytes]]:
        """Yield an example, the name of a process, as such a line."""
        yield "environment", f"process {example}".encode()
