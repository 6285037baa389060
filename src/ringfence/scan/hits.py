"""What the prefilter found in one text, sorted by what its expressions are for."""

from __future__ import annotations

from ..policy.markers.catalogue import FIRST_OWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Expression = tuple[str, int]


class Layout:
    """How many of the prefilter's expressions, in their order, are of markers, `WHOLE`, `RARE` and formats.

    Those of generators follow, then those of uses, and from `FIRST_OWN` on those of own markers; `card` is the number
    of the expression for a dataset card's first line. `shipped` and `own` name the expressions of markers, as (group,
    number in the group).
    """

    __slots__ = ("card", "formats", "generators", "marks", "own", "rare", "shipped", "whole")

    def __init__(
        self, shipped: list[Expression], own: list[Expression], whole: int = 0, rare: int = 0, formats: int = 0,
        card: int = -1, generators: int = FIRST_OWN,
    ) -> None:  # fmt: skip
        self.shipped, self.own = shipped, own
        self.marks = marks = len(shipped)
        self.whole = marks + whole
        self.rare = self.whole + rare
        self.formats = self.rare + formats
        self.generators = self.formats + generators
        self.card = self.rare + card


class Hits:
    """The hits in a text.

    Attributes:
        marks: Ends of possible matches of a marker's expressions, by the expression: (group, number in the group).
        rare: Ends of escapes around which the text is unescaped.
        generators: Ends of what may be fields or keys that name a generator.
        has_use: It may be code or settings that call a model.
        is_whole: The text is unescaped as a whole.
        has_card, has_format: It may be a dataset card, or have something to decode.
    """

    __slots__ = ("generators", "has_card", "has_format", "has_use", "is_whole", "marks", "rare")

    def __init__(self, found: Iterable[tuple[int, int]], layout: Layout) -> None:
        """Sort hits, given as (expression, end)."""
        self.marks: dict[Expression, list[int]] = {}
        self.rare: list[int] = []
        self.generators: list[int] = []
        self.is_whole = self.has_card = self.has_format = self.has_use = False
        for index, end in found:
            if index < layout.marks:
                self.marks.setdefault(layout.shipped[index], []).append(end)
            elif index >= FIRST_OWN:
                self.marks.setdefault(layout.own[index - FIRST_OWN], []).append(end)
            elif index < layout.whole:
                self.is_whole = True
            elif index < layout.rare:
                self.rare.append(end)
            elif index == layout.card:
                self.has_card = True
            elif index < layout.formats:
                self.has_format = True
            elif index < layout.generators:
                self.generators.append(end)
            else:
                self.has_use = True

    def __bool__(self) -> bool:
        """Whether there are any."""
        found = self.marks or self.rare or self.is_whole or self.has_card or self.has_format or self.generators
        return bool(found or self.has_use)


NOTHING = Hits((), Layout([], []))
