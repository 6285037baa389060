"""The kind `path`: chat histories and session logs are a tool's output; instruction files only hint at its use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from .base import Expression, MarkerEntry, Text
from .globs import translate_glob


class PathMarker(MarkerEntry):
    """Matched against the paths that a commit adds or changes."""

    part = "path"
    kind: Literal["path"]
    glob: tuple[Text, ...] = Field(min_length=1, description="Paths, as `.gitignore` reads them.")

    def build_expressions(self) -> Iterator[Expression]:
        """Yield the globs as one expression."""
        yield "path", "|".join(translate_glob(glob) for glob in self.glob), ""
