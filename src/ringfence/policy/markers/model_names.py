"""Recognises models by their family's naming pattern, so that new models are found without a release of ringfence.

A tool's mark doesn't tell who made the model (`Claude (GLM-4.7) <noreply@anthropic.com>`). So the line of a mark is
searched for models as well, and a model named as an author is a mark itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from .base import MarkerId, Pattern, Text
from .credit import CreditMarker
from .identity import IdentityMarker
from .kinds import AnyMarker

# It follows a family's name (`credits.py` has the same): version, date, size and route in one word, then "Pro", "Max".
_TAIL = (
    r"([\w.:@-]*\w)?([ \t]+(codex|coder|fast|flash|high|instant|lite|low|max|medium|mini|nano|plus|preview|pro"
    r"|thinking|turbo|ultra)\b)*"
)
# A family's name alone with a word for a size or for the newest: `glm-latest`, `kimi-fast-latest`, `gpt-mini`.
_ALIAS = (
    r"[_-](fast|flash|large|latest|lite|max|medium|mini|nano|newest|plus|preview|pro|small|stable"
    r"|turbo|ultra)\b"
)


class ModelEntry(BaseModel):
    """A `[[model]]` of a vendor file: the naming pattern of one family of models."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: MarkerId = Field(description="Spells out vendor and family; the marker derived from it has the id `ID-name`.")
    product: MarkerId = Field(description="An id of the file's `[[product]]` tables.")
    pattern: Pattern = Field(
        description="The beginning of the family's ids and names, long enough to differ from words and people's names; "
        "version, date and size after it are matched automatically."
    )
    family: Pattern | None = Field(None, description="The bare name, which counts only before `via TOOL`.")
    name: Pattern | None = Field(
        None, description="An author's name from the model on, if not every match of `pattern` counts there."
    )
    open: bool = Field(False, description="The weights are public.")
    source: Text = Field(description="Where the names come from.")
    caught: tuple[Text, ...] = Field(min_length=1, description="Names and ids that it must match.")
    passed: tuple[Text, ...] = Field(min_length=1, description="Similar texts that it must not match.")

    @property
    def marker_id(self) -> str:
        """The id of the marker for a model named as an author."""
        return f"{self.id}-name"

    @property
    def expression(self) -> str:
        """The expression for such a name in a line; a match may include the one character before the name."""
        via = rf"|({self.family})[ \t]+\(?via\b" if self.family else ""
        alias = rf"|({self.family}){_ALIAS}" if self.family else ""
        return rf"(^|[^A-Za-z0-9])(({self.pattern}{alias}){_TAIL}{via})"

    def build_markers(self) -> Iterator[AnyMarker]:
        """Yield the markers for a model named as an author, in a display name or in a line of a message."""
        alias = rf"|({self.family}){_ALIAS}" if self.family else ""
        rest = rf"({self.pattern}{alias})[^<\n]*"
        name = f"{self.name}{alias}" if self.name else rest
        weights = "; its weights are public" if self.open else ""
        yield IdentityMarker.model_validate(
            {
                "id": self.marker_id,
                "product": self.product,
                "kind": "identity",
                "name": rf"([^<\n]*[^A-Za-z0-9<\n])?({name})",
                "strength": "strong",
                "why": f"The author that is named is a model, whichever tool runs it{weights}.",
                "source": self.source,
                "caught": [f"Jo Example ({name}) <jo@example.com>" for name in self.caught],
                "passed": [f"{text} <jo@example.com>" for text in self.passed],
            }
        )
        yield CreditMarker.model_validate(
            {
                "id": f"{self.id}-model-credit",
                "product": self.product,
                "kind": "credit",
                "name": rf"{self.pattern}{alias}",
                "form": "model",
                "strength": "strong",
                "why": f"The line credits a model of this family{weights}.",
                "source": self.source,
                "caught": [f"Generated with {name}" for name in self.caught if not name.startswith("OpenHands")],
                "passed": [f"Compare {name} with ours" for name in self.caught],
            }
        )
