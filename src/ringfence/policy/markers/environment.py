"""The kind `environment`: variables that an agent sets in the shell where it runs git."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from .base import Expression, MarkerEntry, MarkerId, Pattern


class EnvironmentMarker(MarkerEntry):
    """Matched, on developers' machines only, against the environment of the committing process. Values aren't shown."""

    part = "environment"
    kind: Literal["environment"]
    variable: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] = Field(description="The variable's name.")
    value: Pattern | None = Field(None, description="The whole value. Default: any that isn't empty.")
    beside: tuple[Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(=[^;\t\n]+)?$")], ...] = Field(
        (), description="What else must be set: `NAME`, to anything, or `NAME=value`, to exactly that."
    )
    instead_of: tuple[MarkerId, ...] = Field(
        (),
        description="Markers of other products whose variables this product sets as well; they aren't told beside it.",
    )

    def build_expressions(self) -> Iterator[Expression]:
        """Yield an expression for the line `NAME=value`; in place of roles stands what must be set beside it."""
        value = f"({self.value})$" if self.value else r"[^\n]"
        yield "environment", f"^{re.escape(self.variable)}={value}", ";".join(self.beside)
