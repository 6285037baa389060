"""What every kind of marker has in common, and what a kind has to answer."""

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
    """Refuse what would mean something else once the pattern is bytes: outside ASCII only whole literals work."""
    if re.search(r"(?<!\\)(\\\\)*\\[AZz]", pattern):
        raise ValueError(
            r"\A, \Z and \z may not stand in it: a text is read in windows; ^ and $ are the edges of lines"
        )
    if "\0" in pattern:
        raise ValueError(r"a NUL may not stand in it; write \x00 instead")
    inside = False
    for here, following in zip(pattern, pattern[1:] + " ", strict=True):
        if here == "[":
            inside = True
        elif here == "]":
            inside = False
        elif not here.isascii() and (inside or following in "?*+{"):
            raise ValueError(f"{here!r} may stand neither in […] nor before {following!r}; write (?:{here}) instead")
    return pattern


Pattern = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_check_pattern)]
# A group of the scanner, an expression for it, and the roles it holds for ("" for all).
Expression = tuple[str, str, str]


class MarkerEntry(BaseModel):
    """A `[[marker]]` of a vendor file; each kind adds what it is recognised by."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    part: ClassVar[str]  # of a change, that an example of this kind stands for

    id: MarkerId = Field(description="Spells out vendor and form; never changes its meaning.")
    product: MarkerId = Field(description="The product that leaves it, an id of the file's `[[product]]` tables.")
    strength: Strength = Field(
        description="definitive: only that tool writes this. strong: written by or for it in nearly all sightings. "
        "weak: says that the tool was around."
    )
    why: Text = Field(description="One sentence: what makes this a mark of the product.")
    source: Text = Field(description="Where the fact comes from.")
    seen: dt.date | None = Field(None, description="When it was last confirmed, if not with the vendor's others.")
    session: bool = Field(False, description="It says where the session's prompts and outputs are kept.")
    caught: tuple[Text, ...] = Field(min_length=1, description="Examples that it must catch.")
    passed: tuple[Text, ...] = Field(min_length=1, description="Near misses that it must pass.")

    def build_expressions(self) -> Iterator[Expression]:
        """Yield what the scanner is to look for, and in which group."""
        raise NotImplementedError  # each kind says it

    def build_surfaces(self, example: str) -> Iterator[tuple[str, bytes]]:
        """Yield an example as the (part, bytes) that a commit would carry it in."""
        yield self.part, example.encode()
