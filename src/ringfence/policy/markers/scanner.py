"""One pass over bytes for every marker of a group, in linear time whatever the patterns and the bytes are.

Hyperscan finds; it has no backtracking. A whole group is compiled to say which of its patterns match, at 1 to 2 GB/s.
Where a match begins is asked of those patterns alone, each compiled when it has matched: that takes a millisecond,
where a whole group takes seconds and tens of megabytes.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

# Which bytes are scanned for which markers; see `markers/kinds.py` for who writes into which.
GROUPS = ("identity", "message", "ref", "path", "content", "note", "environment", "model")

# HS_FLAG_*: their numbers are part of Hyperscan's ABI (hs_compile.h), and reading them needs the slow import.
_CASELESS, _DOTALL, _MULTILINE, _SINGLEMATCH, _ALLOWEMPTY, _SOM_LEFTMOST = 1, 2, 4, 8, 16, 256
_HS_MODE_BLOCK = 1
_FLAGS = {
    "identity": _CASELESS | _MULTILINE,
    "message": _CASELESS | _MULTILINE,
    "ref": _CASELESS,
    "path": _CASELESS | _DOTALL,  # a path may hold line ends
    "content": _CASELESS | _MULTILINE,
    "note": _CASELESS | _DOTALL,
    "environment": _MULTILINE,
    "model": _CASELESS,
    # Of these only which one matches is asked, and `**` or `*` matches nothing too.
    "generator": 0,
    "escape": _CASELESS,
    "zone": _DOTALL | _ALLOWEMPTY,
    "account": _CASELESS | _DOTALL | _ALLOWEMPTY,
    "sign": _MULTILINE,
}


def load_engine() -> Any:
    """Return Hyperscan's extension module.

    `import hyperscan` brings in `typing` for a class that isn't used here, 10 ms of a hook's 25; so the package is
    entered by its side door, and by the front door wherever the side door isn't there.
    """
    if "hyperscan" in sys.modules:
        return sys.modules["hyperscan"]
    if places := list(filter(os.path.isdir, (os.path.join(path, "hyperscan") for path in sys.path))):
        package = type(sys)("hyperscan")
        package.__path__ = places[:1]
        sys.modules["hyperscan"] = package
        try:
            import hyperscan._hs_ext as extension
        except ImportError:
            pass
        else:
            return extension
        finally:
            del sys.modules["hyperscan"]
    import hyperscan

    return hyperscan


def compile_group(group: str, expressions: Sequence[str]) -> bytes:
    """Compile a group's expressions into a database that says which of them match.

    Raises:
        ValueError: An expression can't be compiled; the arguments are its index and what is wrong with it.
    """
    return compile_mixed([(group, expression) for expression in expressions]) if expressions else b""


def compile_mixed(expressions: Sequence[tuple[str, str]]) -> bytes:
    """Compile expressions, each with its group, into a database that says which of them match.

    Raises:
        ValueError: An expression can't be compiled; the arguments are its index and what is wrong with it.
    """
    return _compile_database(
        [text for _, text in expressions], [_FLAGS[group] | _SINGLEMATCH for group, _ in expressions]
    )


def compile_locator(group: str, expression: str) -> bytes:
    """Compile an expression into a database that tells where its matches begin.

    Raises:
        ValueError: It can't be compiled; the arguments are 0 and what is wrong with it.
    """
    return _compile_database([expression], [_FLAGS[group] | _SOM_LEFTMOST])


def _compile_database(expressions: Sequence[str], flags: Sequence[int]) -> bytes:
    hyperscan = load_engine()
    try:
        return _serialise_database(hyperscan, expressions, flags)
    except hyperscan.error as error:
        for index, (expression, its_own) in enumerate(zip(expressions, flags, strict=True)):
            try:
                _serialise_database(hyperscan, [expression], [its_own])
            except hyperscan.error as single:
                raise ValueError(index, str(single).rstrip(".")) from None
        raise ValueError(0, f"the patterns together: {error}") from None


def _serialise_database(hyperscan: Any, expressions: Sequence[str], flags: Sequence[int]) -> bytes:
    database = hyperscan.Database()
    database.compile(
        expressions=[expression.encode() for expression in expressions],
        ids=list(range(len(expressions))),
        flags=list(flags),
    )
    return bytes(hyperscan.dumpb(database))


class Scanner:
    """A compiled group, with the patterns that it was compiled from."""

    __slots__ = ("_find", "_find_scratch", "_group", "_locators", "expressions")

    def __init__(self, group: str, find: bytes, patterns: Callable[[], list[str]] = list) -> None:
        """Load `find`; the patterns are asked for with the first match, which most runs never see."""
        self._find, self._find_scratch = _load_database(find)
        self._group, self.expressions = group, patterns
        self._locators: dict[int, tuple[Any, Any]] = {}

    def find_matches(self, data: bytes) -> list[int]:
        """Return which expressions match somewhere in the data, in any order."""
        found: list[int] = []
        if data:
            self._find.scan(data, match_event_handler=lambda index, *_: found.append(index), scratch=self._find_scratch)
        return found

    def find_suspects(self, pieces: Sequence[bytes]) -> list[int]:
        """Return the numbers of those pieces that something may match in; nothing does in all others.

        Many are scanned as one: a line end parts them, and no pattern asks for more (see `markers.base.Pattern`).
        """
        found: list[int] = []
        waiting = [(0, len(pieces))]
        while waiting:
            first, last = waiting.pop()
            if first < last and self.find_matches(b"\n".join(pieces[first:last])):
                middle = (first + last) // 2
                if last - first == 1:
                    found.append(first)
                else:
                    waiting += [(middle, last), (first, middle)]
        return found

    def locate_matches(self, data: bytes) -> list[tuple[int, int, int]]:
        """Return every match as (expression, start, end), each start once with its longest end, sorted by place."""
        found = [
            (start, index, end)
            for index in self.find_matches(data)
            for start, end in self._locate_expression(index, data).items()
        ]
        return [(index, start, end) for start, index, end in sorted(found)]

    def _locate_expression(self, index: int, data: bytes) -> dict[int, int]:
        """Return where an expression matches, by start."""
        if index not in self._locators:
            self._locators[index] = _load_database(compile_locator(self._group, self.expressions()[index]))
        locator, scratch = self._locators[index]
        ends: dict[int, int] = {}

        def record_match(_: int, start: int, end: int, *__: object) -> None:
            ends[start] = end  # matches come by growing end

        locator.scan(data, match_event_handler=record_match, scratch=scratch)
        return ends


def _load_database(database: bytes) -> tuple[Any, Any]:
    hyperscan = load_engine()
    try:
        loaded = hyperscan.loadb(database, _HS_MODE_BLOCK)
        return loaded, hyperscan.Scratch(loaded)
    except hyperscan.NoMemoryError:
        raise MemoryError from None
