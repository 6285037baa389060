"""Whose model it is: a family's naming pattern, so that next month's model is recognised without a release.

A tool's mark doesn't name the model's vendor (`Claude (GLM-4.7) <noreply@anthropic.com>`). So the line that a mark
stands in is searched for a model as well, and a model that is named as an author is a mark of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from .base import MarkerId, Pattern, Text
from .identity import IdentityMarker
from .kinds import AnyMarker

# What stands behind a family's name: version, date, size and route in one word, then "Pro", "Flash", "Max".
_TAIL = (
    r"([\w.:@-]*\w)?([ \t]+(codex|coder|fast|flash|high|instant|lite|low|max|medium|mini|nano|plus|preview|pro"
    r"|thinking|turbo|ultra)\b)*"
)


class ModelEntry(BaseModel):
    """A `[[model]]` of a vendor file: how the vendor names the models of one family."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: MarkerId = Field(description="Spells out vendor and family; the marker that comes of it is called `ID-name`.")
    product: MarkerId = Field(description="An id of the file's `[[product]]` tables.")
    pattern: Pattern = Field(
        description="How ids and names of the family begin, as far as it takes to tell them from a word or a person; "
        "what stands behind (version, date, size) is taken in by itself."
    )
    family: Pattern | None = Field(None, description="The bare name, which counts only before `via TOOL`.")
    name: Pattern | None = Field(
        None, description="An author's name from the model on, where not every `pattern` counts there."
    )
    open: bool = Field(False, description="The weights are public.")
    source: Text = Field(description="Where the names come from.")
    caught: tuple[Text, ...] = Field(min_length=1, description="Names and ids that it must recognise.")
    passed: tuple[Text, ...] = Field(min_length=1, description="What only looks like one.")

    @property
    def marker_id(self) -> str:
        """Return what the marker of a model that is named as an author is called."""
        return f"{self.id}-name"

    @property
    def expression(self) -> str:
        """Return what finds such a name in a line; a match may begin with the one sign before the name."""
        via = rf"|({self.family})[ \t]+\(?via\b" if self.family else ""
        return rf"(^|[^A-Za-z0-9])(({self.pattern}){_TAIL}{via})"

    def build_markers(self) -> Iterator[AnyMarker]:
        """Yield the markers of a model that is named as an author, in a display name or in a line of a message."""
        rest = rf"({self.pattern})[^<\n]*"
        weights = "; its weights are public" if self.open else ""
        yield IdentityMarker.model_validate(
            {
                "id": self.marker_id,
                "product": self.product,
                "kind": "identity",
                "name": rf"([^<\n]*[^A-Za-z0-9<\n])?({self.name or rest})",
                "strength": "strong",
                "why": f"The author that is named is a model, whichever tool runs it{weights}.",
                "source": self.source,
                "caught": [f"Jo Example ({name}) <jo@example.com>" for name in self.caught],
                "passed": [f"{text} <jo@example.com>" for text in self.passed],
            }
        )
