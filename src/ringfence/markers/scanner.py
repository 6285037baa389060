"""One pass over bytes for every marker of a group, in linear time whatever the patterns and the bytes are.

Hyperscan finds; it has no backtracking. A group is compiled twice: `find` says at 1 to 2 GB/s that there is nothing
(the usual case), `locate` tells where each match begins, at a fifth of that, and runs only over what `find` hit.
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
    "zone": _DOTALL | _ALLOWEMPTY,
    "account": _CASELESS | _DOTALL | _ALLOWEMPTY,
}


def engine() -> Any:
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


def compile_group(group: str, expressions: Sequence[str]) -> tuple[bytes, bytes]:
    """Compile a group's expressions and return its `find` and `locate` databases as bytes.

    Raises:
        ValueError: An expression can't be compiled; the arguments are its index and what is wrong with it.
    """
    if not expressions:
        return b"", b""
    flags = _FLAGS[group]
    find = _compile(expressions, flags | _SINGLEMATCH)
    return find, b"" if flags & _ALLOWEMPTY else _compile(expressions, flags | _SOM_LEFTMOST)


def _compile(expressions: Sequence[str], flags: int) -> bytes:
    hyperscan = engine()
    try:
        return _serialised(hyperscan, expressions, flags)
    except hyperscan.error as error:
        for index, expression in enumerate(expressions):
            try:
                _serialised(hyperscan, [expression], flags)
            except hyperscan.error as single:
                raise ValueError(index, str(single).rstrip(".")) from None
        raise ValueError(0, f"the patterns together: {error}") from None


def _serialised(hyperscan: Any, expressions: Sequence[str], flags: int) -> bytes:
    database = hyperscan.Database()
    database.compile(
        expressions=[expression.encode() for expression in expressions],
        ids=list(range(len(expressions))),
        flags=[flags] * len(expressions),
    )
    return bytes(hyperscan.dumpb(database))


class Scanner:
    """A compiled group."""

    __slots__ = ("_find", "_find_scratch", "_locate", "_locate_bytes", "_locate_scratch")

    def __init__(self, find: bytes, locate: Callable[[], bytes]) -> None:
        """Load `find`; what `locate` returns is asked for with the first match, which most runs never see."""
        self._find, self._find_scratch = _loaded(find)
        self._locate_bytes = locate
        self._locate: Any = None

    def which(self, data: bytes) -> list[int]:
        """Return which expressions match somewhere in the data, in any order."""
        found: list[int] = []
        if data:
            self._find.scan(data, match_event_handler=lambda index, *_: found.append(index), scratch=self._find_scratch)
        return found

    def spans(self, data: bytes) -> list[tuple[int, int, int]]:
        """Return every match as (expression, start, end), each start once with its longest end, sorted by place."""
        if not self.which(data):
            return []
        if self._locate is None:
            self._locate, self._locate_scratch = _loaded(self._locate_bytes())
        ends: dict[tuple[int, int], int] = {}

        def note(index: int, start: int, end: int, *_: object) -> None:
            ends[start, index] = end  # matches come by growing end

        self._locate.scan(data, match_event_handler=note, scratch=self._locate_scratch)
        return [(index, start, end) for (start, index), end in sorted(ends.items())]


def _loaded(database: bytes) -> tuple[Any, Any]:
    hyperscan = engine()
    try:
        loaded = hyperscan.loadb(database, _HS_MODE_BLOCK)
        return loaded, hyperscan.Scratch(loaded)
    except hyperscan.NoMemoryError:
        raise MemoryError from None
