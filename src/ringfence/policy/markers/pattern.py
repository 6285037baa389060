"""The kinds `message`, `ref`, `content` and `link`: one expression, for messages, names of refs, files, or both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from .base import Expression, MarkerEntry, Pattern
from .roles import ABOUT_CHANGE

_LINE_END = re.compile(r"(\\.|\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\])|\$", re.DOTALL)


class MessageMarker(MarkerEntry):
    """Searched in commit and tag messages: footers, session addresses."""

    part = "message"
    kind: Literal["message"]
    phrase: Pattern = Field(description="An expression that matches in a line of the message.")
    about_change: bool = Field(
        False, description="The line says what the change is about: a model that it names needn't have made it."
    )

    def build_expressions(self) -> Iterator[Expression]:
        """Yield the phrase."""
        yield "message", self.phrase, ABOUT_CHANGE if self.about_change else ""


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
    weak_in_code: bool = Field(
        False, description="In source code the form is a constant, a phrase list or a test's value, and weak."
    )

    def build_expressions(self) -> Iterator[Expression]:
        """Yield the pattern."""
        yield "content", _allow_crlf(self.pattern), ""


class LinkMarker(MarkerEntry):
    """Searched in messages and in the bytes of files: the address of a session, a shared chat or a task."""

    part = "message"
    kind: Literal["link"]
    pattern: Pattern = Field(description="An expression that matches in the address, from its `https?://` on.")

    def build_expressions(self) -> Iterator[Expression]:
        """Yield the pattern for messages and for files."""
        yield "message", self.pattern, ""
        yield "content", _allow_crlf(self.pattern), ""

    def build_surfaces(self, example: str) -> Iterator[tuple[str, bytes]]:
        """Yield an example as a message and as a file."""
        yield "message", example.encode()
        yield "content", example.encode()


def _allow_crlf(pattern: str) -> str:
    """Return a pattern whose `$` also matches before the CR of a line that ends in CRLF: Hyperscan knows only LF."""
    return _LINE_END.sub(lambda found: found[1] or r"\r?$", pattern)
