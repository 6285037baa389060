"""The kind `credit`: a product named in a line that credits it, in any of the forms that `credits.py` knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from .base import Expression, MarkerEntry, Pattern

_ROLES = {"product": "credit", "given": "given", "model": "model"}


class CreditMarker(MarkerEntry):
    """Searched in messages: footers in many languages, trailers, `(via NAME)`, sentences and ticked boxes."""

    part = "message"
    kind: Literal["credit"]
    name: Pattern = Field(description="The names of the product, as whole words.")
    form: Literal["product", "given", "model"] = Field(
        "product",
        description="given: people or things bear the name too, and only forms that nobody uses of them are strong. "
        "model: the name is the beginning of a model's.",
    )

    def build_expressions(self) -> Iterator[Expression]:
        """Yield an expression for the name alone; the line around it is read when it matches."""
        edge = "" if self.form == "model" else r"\b"
        yield "message", rf"\b({self.name}){edge}", _ROLES[self.form]
