"""The kind `note`: the agent that git notes record as the author of lines: git-ai's in both schemas, and others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, model_validator

from .base import Expression, MarkerEntry, Pattern, Text


class NoteMarker(MarkerEntry):
    """Matched against the text of notes; `prompts` and `sessions` both name the tool in an `agent_id` object."""

    part = "note"
    kind: Literal["note"]
    tool: tuple[Text, ...] = Field((), description="Values of `agent_id.tool`.")
    pattern: Pattern | None = Field(None, description="An expression that matches in notes of another form.")

    @model_validator(mode="after")
    def _check_not_empty(self) -> Self:
        if not (self.tool or self.pattern):
            raise ValueError("needs tool or pattern")
        return self

    def build_expressions(self) -> Iterator[Expression]:
        """Yield the pattern, and an expression for the tool's name inside `agent_id`."""
        if self.pattern:
            yield "note", self.pattern, ""
        if not self.tool:
            return
        tools = "|".join(map(re.escape, self.tool))
        yield "note", rf'"agent_id"\s*:\s*\{{[^}}]*"tool"\s*:\s*"({tools})"', ""
