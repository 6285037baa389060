"""Finds recorded calls of models in rows: the prompt with its answer is a copy, the prompt alone a hint."""

from __future__ import annotations

from functools import partial

from ...values import replace
from .. import isolation
from ..decoders import Stream
from ..decoders.base import CHUNK
from .ingredient import Ingredient
from .pairs import RowWatcher, fingerprint_pair, fingerprint_prompt, iter_parquet_rows, list_prompts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ...model import Limits
    from .pairs import Row
    from .sources import Source

    Values = dict[int, tuple[int, Source]]  # by the index of the fingerprint: its keyed value, and the source

_MOST = 10_000  # calls that are told of one content


class CallLookup:
    """The calls in the rows of some contents, by the contents' names."""

    def __init__(self, find_values: Callable[[list[int]], Values]) -> None:
        """Take the function that looks fingerprints up."""
        self._find_values = find_values
        self._found: dict[str, list[Ingredient]] = {}

    def watch_rows(self, name: str) -> Callable[[Iterable[bytes]], Iterator[bytes]]:
        """Return what passes the chunks of a content on and looks for calls in its rows."""
        found = self._found.setdefault(name, [])

        def add_calls(rows: list[Row]) -> None:
            if len(found) < _MOST:
                found.extend(self._find_calls(rows))

        return RowWatcher(add_calls).watch

    def read_parquet(self, name: str, stream: Stream, limits: Limits) -> Stream:
        """Look for calls in a Parquet file, in a process of its own; return its bytes once more."""
        file = stream.open_file()
        if isolation.can_isolate():
            try:
                self._found.setdefault(name, []).extend(
                    isolation.call_isolated(partial(self._find_in_parquet, file.name), limits.seconds)
                )
            except isolation.ReaderDiedError:
                pass  # the scan for marks, which reads it too, says so
        return Stream(iter(partial(file.read, CHUNK), b""))

    def iter_found(self) -> Iterator[tuple[str, list[Ingredient]]]:
        """Yield the calls of each content that has any, and one hint for all rows whose prompt alone is known."""
        for name, found in self._found.items():
            hints = [item for item in found if not item.is_copy]
            copies = [item for item in found if item.is_copy]
            if hints:
                copies.append(replace(hints[0], values=frozenset().union(*(item.values for item in hints))))
            if copies:
                yield name, copies

    def _find_in_parquet(self, path: str) -> list[Ingredient]:
        return [item for rows in iter_parquet_rows(path) for item in self._find_calls(rows)][:_MOST]

    def _find_calls(self, rows: list[Row]) -> list[Ingredient]:
        asked = [(line, fields, *prompt) for line, fields in rows for prompt in list_prompts(fields)]
        known = self._find_values([fingerprint_prompt(prompt) for _, _, _, prompt in asked])
        tried = [
            (asked[index][0], name, fingerprint_pair(asked[index][3], text))
            for index in known
            for name, text in asked[index][1].items()
            if name != asked[index][2]
        ]
        pairs = self._find_values([pair for *_, pair in tried])
        lines = {tried[index][0] for index in pairs}
        found = [_build(source, value, *tried[index][:2], is_copy=True) for index, (value, source) in pairs.items()]
        hints = [(*known[index], asked[index][0], asked[index][2]) for index in known if asked[index][0] not in lines]
        if hints:
            value, source, line, field = hints[0]
            values = frozenset(value for value, *_ in hints)
            found.append(replace(_build(source, value, line, field, is_copy=False), values=values))
        return found


def _build(source: Source, value: int, line: int, field: str, *, is_copy: bool) -> Ingredient:
    return Ingredient(source, is_copy, False, line, line, "", field, 0, 0, 1, 0, frozenset((value,)), (0, 0, 0, 1))
