"""What the prefilter found in one text, sorted by what its expressions are for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class Layout:
    """How many of the prefilter's expressions, in their order, are of markers, `WHOLE`, `RARE` and formats.

    Those of generators follow, at last those of uses; `card` is the number of the expression for a dataset card's
    first line.
    """

    __slots__ = ("card", "formats", "generators", "marks", "rare", "whole")

    def __init__(self, marks: int, whole: int, rare: int, formats: int, card: int, generators: int = 1 << 30) -> None:
        self.marks = marks
        self.whole = marks + whole
        self.rare = self.whole + rare
        self.formats = self.rare + formats
        self.generators = self.formats + generators
        self.card = self.rare + card


class Hits:
    """The hits in a text.

    Attributes:
        marks: Ends of possible matches of a marker's expressions, by the expression's number among those of all groups.
        rare: Ends of escapes around which the text is unescaped.
        generators: Ends of what may be fields or keys that name a generator.
        has_use: It may be code or settings that call a model.
        is_whole: The text is unescaped as a whole.
        has_card, has_format: It may be a dataset card, or have something to decode.
    """

    __slots__ = ("generators", "has_card", "has_format", "has_use", "is_whole", "marks", "rare")

    def __init__(self, found: Iterable[tuple[int, int]], layout: Layout) -> None:
        """Sort hits, given as (expression, end)."""
        self.marks: dict[int, list[int]] = {}
        self.rare: list[int] = []
        self.generators: list[int] = []
        self.is_whole = self.has_card = self.has_format = self.has_use = False
        for index, end in found:
            if index < layout.marks:
                self.marks.setdefault(index, []).append(end)
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


NOTHING = Hits((), Layout(0, 0, 0, 0, -1))
