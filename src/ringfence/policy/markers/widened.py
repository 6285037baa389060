"""Compiles expressions of markers so that they find escaped text too."""

from __future__ import annotations

from . import spellings
from .databases import compile_mixed


def compile_widened(marks: list[tuple[str, str]], others: list[tuple[str, str]], first: int = 0) -> bytes:
    """Compile expressions of markers with the spellings of their letters, and others as they are.

    Each is (group, expression), as in `compile_mixed`. A marker's expression that can't be widened is compiled as it
    is; `first` is the number by which the first one is reported.
    """
    expressions = [_widen(*mark) for mark in marks]
    while True:
        try:
            return compile_mixed([*expressions, *others], first)
        except ValueError as error:
            index = error.args[0]
            if not isinstance(index, int) or index >= len(marks) or expressions[index] == marks[index]:
                raise
            expressions[index] = marks[index]


def _widen(part: str, expression: str) -> tuple[str, str]:
    try:
        return "spelled", spellings.widen(expression)
    except ValueError:
        return part, expression
