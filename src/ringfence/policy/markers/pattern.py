"""The kinds `message`, `ref` and `content`: one expression, for messages, names of refs, or the bytes of files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from .base import Expression, MarkerEntry, Pattern


class MessageMarker(MarkerEntry):
    """Searched in commit and tag messages: footers, session addresses."""

    part = "message"
    kind: Literal["message"]
    phrase: Pattern = Field(description="An expression that matches in a line of the message.")

    def build_expressions(self) -> Iterator[Expression]:
        """Yield the phrase."""
        yield "message", self.phrase, ""


class RefMarker(MarkerEntry):
    """Searched in the short names of branches and tags."""

    part = "ref"
    kind: Literal["ref"]
    pattern: Pattern = Field(
        description="An expression that matches in the name, without `refs/heads/` or `refs/tags/`."
    )

    def build_expressions(self) -> Iterator[Expression]:
        """Yield the pattern."""
        yield "ref", self.pattern, ""


class ContentMarker(MarkerEntry):
    """Searched in the bytes of files in a zone."""

    part = "content"
    kind: Literal["content"]
    pattern: Pattern = Field(
        description="An expression that matches in the file; `^` and `$` match at the edges of lines."
    )

    def build_expressions(self) -> Iterator[Expression]:
        """Yield the pattern."""
        yield "content", self.pattern, ""
