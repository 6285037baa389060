"""The base model of all kinds of marker, and the interface that each kind implements."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Strength = Literal["definitive", "strong", "weak"]
Text = Annotated[str, Field(min_length=1)]
MarkerId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


def _check_pattern(pattern: str) -> str:
    """Refuse a pattern whose meaning changes when it is matched against bytes.

    A character outside ASCII is several bytes, so that a class or a repetition would apply to one byte of it.
    """
    if re.search(r"(?<!\\)(\\\\)*\\[AZz]", pattern):
        raise ValueError(
            r"\A, \Z and \z aren't supported: text is scanned in windows; ^ and $ match at the edges of lines"
        )
    if "\0" in pattern:
        raise ValueError(r"a NUL isn't allowed; write \x00 instead")
    is_in_class = False
    for char, following in zip(pattern, pattern[1:] + " ", strict=True):
        if char == "[":
            is_in_class = True
        elif char == "]":
            is_in_class = False
        elif not char.isascii() and (is_in_class or following in "?*+{"):
            raise ValueError(f"{char!r} isn't allowed in […] or before {following!r}; write (?:{char}) instead")
    return pattern


Pattern = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_check_pattern)]
# (group of the scanner, expression, roles it applies to, separated by commas; "" for all roles; `roles.py` reads it).
Expression = tuple[str, str, str]


class MarkerEntry(BaseModel):
    """A `[[marker]]` of a vendor file; each kind adds the keys that it is recognised by."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    part: ClassVar[str]  # the part of a change that examples of this kind are tested as

    id: MarkerId = Field(description="Spells out vendor and form; never changes its meaning.")
    product: MarkerId = Field(description="The product that leaves it, an id of the file's `[[product]]` tables.")
    strength: Strength = Field(
        description="definitive: only that tool writes this. strong: in nearly all known cases it comes from that "
        "tool. weak: a hint that the tool was in use."
    )
    why: Text = Field(description="One sentence: what makes this a mark of the product.")
    source: Text = Field(description="Where the fact comes from.")
    seen: dt.date | None = Field(None, description="When it was last confirmed, if not with the vendor's others.")
    session: bool = Field(False, description="The mark tells where the session's prompts and outputs are kept.")
    caught: tuple[Text, ...] = Field(min_length=1, description="Examples that it must match.")
    passed: tuple[Text, ...] = Field(min_length=1, description="Similar texts that it must not match.")

    def build_expressions(self) -> Iterator[Expression]:
        """Yield the marker's expressions for the scanner."""
        raise NotImplementedError  # each kind has its own

    def build_surfaces(self, example: str) -> Iterator[tuple[str, bytes]]:
        """Yield an example as (part of a change, bytes of that part), once for each part it can occur in."""
        yield self.part, example.encode()
