"""Which rows have the values that a column of Arrow's stores once for several rows."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pyarrow.compute as pc


class DictionaryRows:
    """The rows that use each value of a dictionary-encoded column."""

    def __init__(self, indices: Any) -> None:
        self._indices = indices

    def find_first_row(self, index: int) -> int:
        """Return the first row with the value at an index of the dictionary."""
        return int(pc.index(self._indices, index).as_py())

    def count_rows(self, index: int) -> int:
        """Return the number of rows with the value at an index of the dictionary."""
        return self._counts.get(index, 0)

    @cached_property
    def _counts(self) -> dict[int, int]:
        return {item["values"]: item["counts"] for item in pc.value_counts(self._indices).to_pylist()}


class RunRows:
    """The rows of each value of a run-end encoded column."""

    def __init__(self, values: Any) -> None:
        self._first, self._length = values.offset, len(values)
        self._ends = values.run_ends

    def find_first_row(self, index: int) -> int:
        """Return the first row of the run with the value at an index."""
        return self._find_end(index - 1) if index else 0

    def count_rows(self, index: int) -> int:
        """Return the number of rows in the run with the value at an index."""
        return self._find_end(index) - self.find_first_row(index)

    def _find_end(self, index: int) -> int:
        end: int = self._ends[index].as_py() - self._first
        return min(max(end, 0), self._length)
