"""Compiles expressions into Hyperscan's databases, and keeps in the cache what takes long.

A database is named by its expressions and flags alone, so that policies with an equal group share it.
"""

from __future__ import annotations

from .. import cache
from .scanner import load_engine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

# Each group is scanned in other bytes; `markers/kinds.py` has the kinds that add expressions to them.
GROUPS = ("identity", "message", "ref", "path", "content", "note", "environment", "model")

_SLOW = 0.01  # seconds; what compiles faster isn't worth a file
# HS_FLAG_*: the values are part of Hyperscan's ABI (hs_compile.h); importing the names would be slow.
_CASELESS, _DOTALL, _MULTILINE, _SINGLEMATCH, _ALLOWEMPTY, _SOM_LEFTMOST = 1, 2, 4, 8, 16, 256
_FLAGS = {
    "identity": _CASELESS | _MULTILINE,
    "message": _CASELESS | _MULTILINE,
    "ref": _CASELESS,
    "path": _CASELESS | _DOTALL,  # a path may hold line ends
    "content": _CASELESS | _MULTILINE,
    "note": _CASELESS | _DOTALL,
    "environment": _MULTILINE,
    "model": _CASELESS,
    # These aren't markers. `**` and `*` match the empty string, which zones and accounts therefore allow.
    "generator": _CASELESS,
    "magic": 0,
    "spelled": _CASELESS,  # no anchors, and every end is wanted
    "zone": _DOTALL | _ALLOWEMPTY,
    "account": _CASELESS | _DOTALL | _ALLOWEMPTY,
    "sign": _MULTILINE,
}


def compile_group(group: str, expressions: Sequence[str], first: int = 0) -> bytes:
    """Return a serialised database that reports which of a group's expressions match; b"" for no expressions.

    `first` is the number by which the first of them is reported.

    Raises:
        ValueError: An expression is invalid; the arguments are its index and Hyperscan's message.
    """
    return compile_mixed([(group, expression) for expression in expressions], first) if expressions else b""


def compile_mixed(expressions: Sequence[tuple[str, str]], first: int = 0) -> bytes:
    """Return a serialised database that reports which expressions match, each given as (group, expression).

    A group with a star behind its name asks for every end of a match, not for one; `first` is as in `compile_group`.

    Raises:
        ValueError: An expression is invalid; the arguments are its index and Hyperscan's message.
    """
    return _compile_database(
        [text for _, text in expressions],
        [
            _FLAGS[group.rstrip("*")] | (0 if group in ("magic", "spelled") or group[-1] == "*" else _SINGLEMATCH)
            for group, _ in expressions
        ],
        first=first,
    )


def compile_beside(*jobs: Sequence[tuple[str, str]]) -> Callable[[], list[bytes]]:
    """Start compiling databases, each as by `compile_mixed`, and return what waits for them and returns them.

    They are compiled in a thread: Hyperscan lets others run meanwhile. What `compile_mixed` raises is raised there.
    """
    from concurrent.futures import ThreadPoolExecutor

    load_engine()  # here, since two threads that load it at once would see half of it
    pool = ThreadPoolExecutor(max_workers=1)
    started = [pool.submit(compile_mixed, job) for job in jobs]

    def wait() -> list[bytes]:
        pool.shutdown()
        return [job.result() for job in started]

    return wait


def compile_locator(group: str, expression: str) -> bytes:
    """Return a serialised database that reports where the matches of one expression begin.

    Raises:
        ValueError: It is invalid; the arguments are 0 and Hyperscan's message.
    """
    return _compile_database([expression], [_FLAGS[group] | _SOM_LEFTMOST], "locator")


def _compile_database(
    expressions: Sequence[str], flags: Sequence[int], kind: str = "database", first: int = 0
) -> bytes:
    """Return a serialised database, from the cache if it is there; one that takes long to compile is stored.

    `kind` is the ending of its file: there are hundreds of locators, which mustn't drive out what takes seconds.
    """
    from time import monotonic

    listed = b"\0".join(f"{flag} {text}".encode() for flag, text in zip(flags, expressions, strict=True))
    name = f"{cache.build_engine_key([listed, b'%d' % first])}.{kind}"
    if kept := cache.open_sections(name):
        try:
            return kept("database")
        except LookupError:
            pass  # damaged: made anew
    started = monotonic()
    database = _compile_or_explain(expressions, flags, first)
    if monotonic() - started > _SLOW:
        cache.write_sections(name, {"database": database})
    return database


def _compile_or_explain(expressions: Sequence[str], flags: Sequence[int], first: int) -> bytes:
    hyperscan = load_engine()
    try:
        return _serialise_database(hyperscan, expressions, flags, first)
    except hyperscan.error as error:
        for index, (expression, flag) in enumerate(zip(expressions, flags, strict=True)):
            try:
                _serialise_database(hyperscan, [expression], [flag])
            except hyperscan.error as single:
                raise ValueError(index, str(single).rstrip(".")) from None
        raise ValueError(0, f"the patterns together: {error}") from None


def _serialise_database(hyperscan: Any, expressions: Sequence[str], flags: Sequence[int], first: int = 0) -> bytes:
    database = hyperscan.Database()
    database.compile(
        expressions=[expression.encode() for expression in expressions],
        ids=list(range(first, first + len(expressions))),
        flags=list(flags),
    )
    return bytes(hyperscan.dumpb(database))
