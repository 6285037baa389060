"""The kind `trailer`: a `Key: value` line anywhere in a message; squash merges leave trailers in it, after bullets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from .base import Expression, MarkerEntry, Pattern, Text
from .roles import ABOUT_CHANGE


class TrailerMarker(MarkerEntry):
    """Matched against every line of a commit's or tag's message, and its unknown headers."""

    part = "message"
    kind: Literal["trailer"]
    key: tuple[Text, ...] = Field(min_length=1, description="Keys; `-`, `_` and space are the same, case is ignored.")
    value: Pattern | None = Field(None, description="An expression that matches in the value. Default: any value.")
    about_change: bool = Field(
        False, description="The value says what the change is about: a model that it names needn't have made it."
    )

    def build_expressions(self) -> Iterator[Expression]:
        """Yield an expression for the line."""
        keys = "|".join(r"[-_ \t]+".join(map(re.escape, re.split(r"[-_ ]", key))) for key in self.key)
        value = rf"[^\n]*({self.value})" if self.value else r"[^\s]"
        if self.value and self.value.startswith("^"):
            value = f"({self.value[1:]})"
        yield "message", rf"^[^\w\n]*({keys})[ \t]*[:=][ \t*_`]*{value}", ABOUT_CHANGE if self.about_change else ""
