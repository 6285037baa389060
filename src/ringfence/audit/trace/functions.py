"""Finds the functions of a source file by indentation and keywords, whatever its language; no parser is run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# A definition by its keyword, or as C and its relatives write one: a name, brackets, and the body's brace.
_WORDS = (
    rb"(?:pub(?:\([^)]*\))?|public|private|protected|internal|static|async|export|default|final|abstract|override"
    rb"|unsafe|extern|inline|virtual|suspend|open)[ \t]+"
)
_KEYWORD = re.compile(rb"[ \t]*(?:" + _WORDS + rb")*(?:def|func|fn|function\*?|fun|sub|proc)\b")
_NO_NAME = rb"(?!(?:if|for|while|switch|else|catch|return|do|try|with|foreach|match|when)\b)"
_C_LIKE = re.compile(rb"[ \t]*" + _NO_NAME + rb"[A-Za-z_~][^;={}\"'#(]*\([^;{}]*\)[^;={}]*\{[ \t]*\r?$")
_CLOSING = re.compile(rb"[ \t]*(?:[}\])]|end\b)")
_LONGEST = 400  # bytes of a line that can begin a function


def find_functions(lines: Sequence[bytes]) -> Iterator[tuple[int, int]]:
    """Yield the first and last line of each function, from 1; one within another is the other's."""
    number = 0
    while number < len(lines):
        line = lines[number]
        if len(line) > _LONGEST or not (_KEYWORD.match(line) or _C_LIKE.match(line)):
            number += 1
            continue
        end = _find_end(lines, number)
        yield number + 1, end + 1
        number = end + 1


def _find_end(lines: Sequence[bytes], start: int) -> int:
    """Return the last line of a definition: before the next one that isn't further in, its closing bracket counted."""
    depth = _measure_indent(lines[start])
    end = start
    for number in range(start + 1, len(lines)):
        line = lines[number]
        if not line.strip():
            continue
        if _measure_indent(line) <= depth:
            if not _CLOSING.match(line):
                return end
            end = number
            if not line.rstrip().endswith((b"{", b":", b"(")):
                return end
            continue
        end = number
    return end


def _measure_indent(line: bytes) -> int:
    text = line.expandtabs(4)
    return len(text) - len(text.lstrip())
