"""Names of an agent's own process, among those that a commit was started by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from .base import Expression, MarkerEntry


class ProcessMarker(MarkerEntry):
    """Matched, on the laptop only and where the system tells (Linux), against the names of the parent processes."""

    part = "environment"
    kind: Literal["process"]
    name: tuple[Annotated[str, Field(pattern=r"^[\w.-]+$")], ...] = Field(
        min_length=1, description="What the process is called: a name that nothing else goes by."
    )

    def build_expressions(self) -> Iterator[Expression]:
        """Yield the line that stands for a process; no variable's line is without `=`."""
        yield "environment", f"^process ({'|'.join(map(re.escape, self.name))})$", ""

    def build_surfaces(self, example: str) -> Iterator[tuple[str, bytes]]:
        """Yield an example, the name of a process."""
        yield "environment", f"process {example}".encode()
