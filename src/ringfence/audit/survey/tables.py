"""Writes the tables of an audit as Parquet, in bounded memory, each whole or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Self

from ...errors import UsageError
from .columns import FLAG, NUMBER, SECONDS, TABLES, TEXT

if TYPE_CHECKING:
    from .model import Row

_BATCH = 50_000  # rows in memory


def require_pyarrow() -> None:
    """Check that Parquet can be written.

    Raises:
        UsageError: pyarrow isn't installed.
    """
    try:
        import pyarrow.parquet  # noqa: F401 - whether it is there
    except ImportError:
        raise UsageError(
            "an audit writes Parquet, which needs pyarrow.", "Install it: pip install 'ringfence[data]'."
        ) from None


def read_units(folder: str) -> dict[str, Row] | None:
    """Return the rows of the units of the last audit by unit; None where there was none, or its table is damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(
            os.path.join(folder, "units.parquet"), columns=["unit", "findings", "blocking", "outcome"]
        )
    except (OSError, pa.ArrowException):
        return None
    return {row["unit"]: row for row in table.to_pylist()}


class Tables:
    """The tables of an audit; they are renamed into place together when all rows are there."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._open = {name: _Table(name, os.path.join(folder, f".{name}.part")) for name in TABLES}

    def add(self, name: str, row: Row) -> None:
        """Add a row to a table."""
        self._open[name].add(row)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        for name, table in self._open.items():
            table.close()
            if kind is None:
                os.replace(table.path, os.path.join(self._folder, f"{name}.parquet"))
            else:
                os.unlink(table.path)


class _Table:
    """One table that is being written."""

    def __init__(self, name: str, path: str) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        kinds = {TEXT: pa.string(), NUMBER: pa.int64(), FLAG: pa.bool_(), SECONDS: pa.float64()}
        self._columns = [column.name for column in TABLES[name]]
        self._schema = pa.schema([(column.name, kinds[column.kind]) for column in TABLES[name]])
        self.path = path
        self._rows: list[Row] = []
        self._writer: Any = pq.ParquetWriter(path, self._schema, compression="zstd")

    def add(self, row: Row) -> None:
        self._rows.append(row)
        if len(self._rows) >= _BATCH:
            self._write()

    def close(self) -> None:
        self._write()
        self._writer.close()

    def _write(self) -> None:
        import pyarrow as pa

        columns = {name: [row[name] for row in self._rows] for name in self._columns}
        if self._rows:
            self._writer.write_table(pa.table(columns, schema=self._schema))
        self._rows = []
