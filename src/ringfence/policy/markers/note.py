"""git-ai's notes (`refs/notes/ai`): which agent a note says wrote a commit's lines, in both its schemas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from .base import Expression, MarkerEntry, Text


class NoteMarker(MarkerEntry):
    """Matched against the text of notes. `prompts` and `sessions` both name the tool in an `agent_id` object."""

    part = "note"
    kind: Literal["note"]
    tool: tuple[Text, ...] = Field(min_length=1, description="Values of `agent_id.tool`.")

    def build_expressions(self) -> Iterator[Expression]:
        """Yield the place of the tool's name."""
        tools = "|".join(map(re.escape, self.tool))
        yield "note", rf'"agent_id"\s*:\s*\{{[^}}]*"tool"\s*:\s*"({tools})"', ""
