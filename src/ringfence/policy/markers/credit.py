"""The kind `credit`: a product named in a line that credits it, in any of the forms that `credits.py` knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from .base import Expression, MarkerEntry, Pattern


class CreditMarker(MarkerEntry):
    """Searched in messages: footers in many languages, trailers, `(via NAME)`, sentences and ticked boxes."""

    part = "message"
    kind: Literal["credit"]
    name: Pattern = Field(description="The names of the product, as whole words.")
    given: bool = Field(
        False,
        description="People or things bear the name too: only forms that nobody uses of a person count as strong.",
    )

    def build_expressions(self) -> Iterator[Expression]:
        """Yield an expression for the name alone; the line around it is read when it matches."""
        yield "message", rf"\b({self.name})\b", "given" if self.given else "credit"
