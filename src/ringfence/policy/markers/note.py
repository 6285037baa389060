"""The kind `note`: the agent that git-ai's notes (`refs/notes/ai`) record as the author of lines, in both schemas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from .base import Expression, MarkerEntry, Text


class NoteMarker(MarkerEntry):
    """Matched against the text of notes; `prompts` and `sessions` both name the tool in an `agent_id` object."""

    part = "note"
    kind: Literal["note"]
    tool: tuple[Text, ...] = Field(min_length=1, description="Values of `agent_id.tool`.")

    def build_expressions(self) -> Iterator[Expression]:
        """Yield an expression for the tool's name inside `agent_id`."""
        tools = "|".join(map(re.escape, self.tool))
        yield "note", rf'"agent_id"\s*:\s*\{{[^}}]*"tool"\s*:\s*"({tools})"', ""
