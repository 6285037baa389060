"""Lays out rectangles of given areas, folder by folder, as nearly square as possible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; `item` is the number of what it stands for."""

    item: int
    x: float
    y: float
    width: float
    height: float


def lay_out(areas: Sequence[float], x: float, y: float, width: float, height: float) -> Iterator[Box]:
    """Yield a rectangle for each area, within one; their sizes are in proportion."""
    order = sorted((number for number, area in enumerate(areas) if area > 0), key=lambda number: -areas[number])
    total = sum(areas[number] for number in order)
    scale = width * height / total if total else 0.0
    sizes = {number: areas[number] * scale for number in order}
    start = 0
    while start < len(order) and width > 0 and height > 0:
        side = min(width, height)
        end = start + 1
        while end < len(order) and _measure_worst([sizes[each] for each in order[start : end + 1]], side) <= (
            _measure_worst([sizes[each] for each in order[start:end]], side)
        ):
            end += 1
        row = order[start:end]
        thickness = sum(sizes[each] for each in row) / side
        offset = 0.0
        for each in row:
            length = sizes[each] / thickness
            if width >= height:
                yield Box(each, x, y + offset, thickness, length)
            else:
                yield Box(each, x + offset, y, length, thickness)
            offset += length
        if width >= height:
            x, width = x + thickness, width - thickness
        else:
            y, height = y + thickness, height - thickness
        start = end


def _measure_worst(sizes: Sequence[float], side: float) -> float:
    """Return how far the longest rectangle of a row is from a square."""
    total = sum(sizes)
    return max(max(side * side * size / total**2, total**2 / (side * side * size)) for size in sizes)
